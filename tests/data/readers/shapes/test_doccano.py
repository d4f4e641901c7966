"""Older exports of doccano."""

from pathlib import Path

from tests.helpers import two_ways
from workbench.data.columns import guessing
from workbench.data.readers.shapes import doccano


def _row(*annotations: dict[str, object]) -> dict[str, object]:
    return {"id": 1, "text": "When does it sail?", "annotations": [*annotations], "meta": {}}


def test_categories_have_their_numbers_which_is_said(tmp_path: Path) -> None:
    rows = [_row({"label": 2, "user": 1}), _row(), _row({"label": 3, "user": 1})]
    table = two_ways.of_rows(tmp_path, rows)
    assert guessing.guess_task(table).task == "classification"
    assert table.cells("label") == ["2", "3"]
    assert table.left_out == {doccano.UNANNOTATED: (2,)}
    assert "has the numbers of the categories" in " ".join(table.notes)


def test_written_texts_are_answers(tmp_path: Path) -> None:
    rows = [_row({"text": "At nine.", "user": 1}, {"text": "At 9.", "user": 2})] * 2
    table = two_ways.of_rows(tmp_path, rows)
    roles = guessing.guess_all_roles(table, guessing.guess_task(table).task)
    assert roles == {"prompt": "text", "response": "answer"}
    assert table.cells("answer") == ["At nine."] * 2
    assert table.unused == {"id": 2, "annotations (further ones)": 2}
