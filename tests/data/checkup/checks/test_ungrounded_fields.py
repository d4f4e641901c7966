import json
from typing import Any

import pytest

from workbench.core.tasks import TASKS
from workbench.data.checkup.checks import ungrounded_fields
from workbench.data.checkup.rows import Rows

NAMES = ("Ada", "Ben", "Cleo", "Dora", "Emil", "Fay", "Gus", "Hal", "Ida", "Jo", "Kit", "Liv")


def _bills(**fields: Any) -> Rows:
    """Twelve bills; what a field holds may be made of the bill's number and its customer's name."""
    texts, answers = [], []
    for number, name in enumerate(NAMES):
        texts.append(
            f"Bill R-{700 + number} of {number + 1:02d}.03.2025 for {name} Berg: 2 lamps, 1.{number + 234},50 EUR"
        )
        filled = {key: value(number, name) for key, value in fields.items()}
        answers.append(json.dumps(filled))
    values = {"text": texts, "response": answers}
    splits = ["train"] * len(texts)
    return Rows(TASKS["extraction"], list(range(2, len(texts) + 2)), splits, values)


@pytest.mark.parametrize(
    "value",
    [
        lambda number, name: f"r {700 + number}",
        lambda number, name: f"2025-03-{number + 1:02d}",
        lambda number, name: f"March {number + 1}, 2025",
        lambda number, name: 1234.5 + number,
        lambda number, name: f"EUR {1234 + number}.5",
        lambda number, name: {"of": [{"first": name.upper()}]},
        lambda number, name: f"Mrs. {name}  BERG",
        lambda number, name: f"K/{700 + number}",
        lambda number, name: number,
        lambda number, name: ("paid", "open")[number % 2],
        lambda number, name: None if number else "a note that stands nowhere",
        lambda number, name: True,
    ],
)
def test_what_texts_say_in_their_own_way_or_need_not_say_is_no_finding(value: Any) -> None:
    assert ungrounded_fields.check(_bills(field=value)) is None


def test_fields_that_the_texts_do_not_say_are_named_with_a_row() -> None:
    found = ungrounded_fields.check(
        _bills(
            number=lambda number, name: f"R-{700 + number}",
            customer=lambda number, name: {"phone": f"0171 {88_000 + number}"},
        )
    )

    assert found is not None
    assert found.title == "1 field that the texts hardly ever say"
    assert "'customer · phone' should hold is not in the text of 12 of 12 rows" in found.text
    assert "row 2 does not say '0171 88000'" in found.text
    assert {flagged.note for flagged in found.flagged_rows} == {"customer · phone"}
    assert [flagged.row_id for flagged in found.flagged_rows] == list(range(2, 14))


def test_answers_without_fields_are_left_alone() -> None:
    rows = _bills()
    rows.values["response"][:] = ["no JSON", "[]", "{}"] * 4
    assert ungrounded_fields.check(rows) is None
