"""Answers to the parts of a text become one."""

import json
from typing import Any

from workbench.core.fields.field import GROUP, Field
from workbench.core.fields.joining import joined_answer

FIELDS = (
    Field("who"),
    Field("total"),
    Field("tags", is_list=True),
    Field("buyer", GROUP, fields=(Field("name"), Field("town"))),
)


def _joined(*parts: dict[str, Any], sure: Any = ()) -> tuple[Any, dict[str, int]]:
    answers = [json.dumps(part) for part in parts]
    answer, of_part = joined_answer(FIELDS, answers, sure or [{} for _ in parts])
    return json.loads(answer), of_part


def test_what_the_model_was_surest_of_counts() -> None:
    parts = ({"who": "A", "total": None}, {"who": "B", "total": "9"})
    assert _joined(*parts, sure=[{"who": 0.4}, {"who": 0.9}])[0] == {"who": "B", "total": "9"}
    assert _joined(*parts, sure=[{"who": 0.9}, {"who": 0.4}]) == (
        {"who": "A", "total": "9"},
        {"who": 0, "total": 1},
    )


def test_of_equals_the_first_counts() -> None:
    assert _joined({"who": "A"}, {"who": "B"})[0] == {"who": "A"}


def test_lists_are_united() -> None:
    assert _joined({"tags": ["a", "b"]}, {"tags": ["b", "c"]})[0] == {"tags": ["a", "b", "c"]}


def test_a_group_is_filled_from_the_others() -> None:
    first, second = {"buyer": {"name": "N", "town": ""}}, {"buyer": {"name": "M", "town": "T"}}
    assert _joined(first, second)[0] == {"buyer": {"name": "N", "town": "T"}}


def test_what_no_part_says_stays_unsaid() -> None:
    assert _joined({"who": None}, {})[0] == {"who": None}
    assert joined_answer(FIELDS, ["no json"], [{}])[0] == "{}"
