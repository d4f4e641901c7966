"""Fields as they are typed."""

import json
from typing import Any

import pytest

from workbench.core.errors import WorkbenchError
from workbench.core.fields.field import DATE, NUMBER, ONE_OF, TEXT, YES_NO
from workbench.core.fields.typed import parsed, with_told

ANSWERS = [
    json.dumps({"total": n, "how": ["cash", "card"][n % 2], "tags": ["a"], "buyer": {"name": "x"}})
    for n in range(24)
]


@pytest.mark.parametrize(
    ("text", "kind", "is_list"),
    [
        ("a=text", TEXT, False),
        ("a=Number", NUMBER, False),
        ("a=date", DATE, False),
        ("a=yes-no", YES_NO, False),
        ("a=one-of:x|y", ONE_OF, False),
        ("a=one of a list:x|y", ONE_OF, False),
        ("a=text:x|y", ONE_OF, False),
        ("a=list", TEXT, True),
        ("a=list:x|y", ONE_OF, True),
        ("a=list-of-numbers", NUMBER, True),
        ("a=list of these:x|y", ONE_OF, True),
    ],
)
def test_a_kind_is_read(text: str, kind: str, is_list: bool) -> None:
    field = parsed(text)
    assert (field.name, field.kind, field.is_list, field.is_set) == ("a", kind, is_list, True)


@pytest.mark.parametrize("text", ["a", "=text", "a=colour", "a="])
def test_another_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(WorkbenchError, match=r"list-of-text"):
        parsed(text)


def test_what_is_said_is_put_over_the_guess() -> None:
    told = [parsed("how=one-of:cash|card|check"), parsed("total=text")]
    found = with_told(ANSWERS, told, {"buyer · name": "Who pays."}, {"total": True})
    own = {field.name: field for field in found}
    assert own["how"].choices == ("cash", "card", "check")
    assert (own["total"].kind, own["total"].may_be_missing) == (TEXT, True)
    assert own["buyer"].fields[0].help == "Who pays."


def test_values_to_choose_from_are_written_as_the_answers_write_them() -> None:
    numbers = "|".join(map(str, range(24)))
    assert with_told(ANSWERS, [parsed(f"total=one-of:{numbers}")])[0].choices[:2] == (0, 1)
    assert set(with_told(ANSWERS, [parsed("how=one-of")])[1].choices) == {"cash", "card"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nope=text", "no field 'nope'"),
        ("how=one-of:cash", 'answer 2 has "card"'),
        ("tags=text", "'tags' is no list as you say"),
        ("how=list", "'how' is a list as you say"),
    ],
)
def test_an_answer_that_says_otherwise_is_named(text: str, said: Any) -> None:
    with pytest.raises(WorkbenchError, match=said):
        with_told(ANSWERS, [parsed(text)])
