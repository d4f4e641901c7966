"""Texts with marked places, in the forms in which programs write them."""

from pathlib import Path
from typing import Any

import pytest

from tests.helpers import two_ways
from workbench.data.columns import guessing
from workbench.data.readers.shapes import marked

TEXT = "Anna took the ferry to Holm."
FIELDS = '{"WHO": ["Anna"], "WHERE": ["Holm"]}'
PLACES = [(23, 27, "WHERE"), (0, 4, "WHO")]

FORMS = {
    "doccano": ("label", [[start, end, name] for start, end, name in PLACES]),
    "doccano labels": ("labels", [[start, end, name] for start, end, name in PLACES]),
    "texts for numbers": ("entities", [[str(start), str(end), name] for start, end, name in PLACES]),
    "offsets": (
        "entities",
        [{"id": 1, "label": n, "start_offset": s, "end_offset": e} for s, e, n in PLACES],
    ),
    "spaCy and Prodigy": ("spans", [{"start": s, "end": e, "label": n} for s, e, n in PLACES]),
    "LightTag": ("annotations", [{"start": s, "end": e, "tag": n, "value": "x"} for s, e, n in PLACES]),
    "CLU": ("entities", [{"category": n, "offset": s, "length": e - s} for s, e, n in PLACES]),
    "name first": ("entities", [[n, s, e] for s, e, n in PLACES]),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_marks_are_fields_to_pull_out(tmp_path: Path, form: str) -> None:
    key, marks = FORMS[form]
    rows = [{"id": 1, "text": TEXT, key: marks}, {"id": 2, "text": "Nobody came.", key: []}]
    table = two_ways.of_rows(tmp_path, rows)
    assert table.cells("fields") == [FIELDS, "{}"]
    assert table.cells("id") == ["1", "2"]
    assert guessing.guess_task(table).task == "extraction"
    assert guessing.guess_all_roles(table, "extraction") == {"text": "text", "response": "fields"}


def test_a_mark_outside_its_text_is_left_out_by_name(tmp_path: Path) -> None:
    good = {"text": TEXT, "label": [[0, 4, "WHO"]]}
    rows = [good] * 12 + [{"text": TEXT, "label": [[40, 44, "WHO"]]}, {"text": "", "label": []}]
    table = two_ways.of_rows(tmp_path, rows)
    assert table.left_out == {marked.OUTSIDE: (13,), "empty text": (14,)}


def test_relations_and_comments_are_said_to_be_unused(tmp_path: Path) -> None:
    row = {"text": TEXT, "entities": [[0, 4, "WHO"]], "relations": [{"id": 1}], "Comments": ["x"]}
    table = two_ways.of_rows(tmp_path, [row] * 3)
    assert table.unused == {"relations": 3, "Comments": 3}
    assert table.columns == ["text", "fields"]


@pytest.mark.parametrize(
    "value", [["a", "b"], [1, 2, 3], [[1, 2]], [{"role": "user", "content": "x"}], "a", [[0, 900, "x"]]]
)  # fmt: skip
def test_other_lists_are_no_marks(value: Any) -> None:
    assert marked.recognise([{"text": TEXT, "labels": value}], "") is None
