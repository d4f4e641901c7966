"""Fields that were pulled out: each right, missing or wrong, counted by hand."""

import json

import pytest

from workbench.evaluation.scoring.by_task.fields import Field, each_field, extraction
from workbench.evaluation.scoring.intervals import wilson_interval

WANTED = [
    json.dumps({"name": "Ada  Byron", "total": 5, "date": ""}),
    json.dumps({"name": "Bo", "total": 7}),
    json.dumps({"name": "Cy", "tags": ["x", "y"]}),
]
GIVEN = [
    json.dumps({"total": 5.0, "name": "Ada Byron", "date": "today"}),
    json.dumps({"name": "bo", "total": None}),
    "I cannot tell.",
]


def test_each_field_is_right_missing_or_wrong() -> None:
    found = {field.name: field for field in each_field(WANTED, GIVEN)}
    assert list(found) == ["tags", "name", "total"], "the weakest first"
    name = found["name"]
    assert (name.wanted, name.right.value, name.missing, name.wrong) == pytest.approx(
        (3, 1 / 3, 1 / 3, 1 / 3)
    )
    assert (name.right.low, name.right.high) == pytest.approx(wilson_interval(1, 3))
    total = found["total"]
    assert (total.wanted, total.right.value, total.missing) == (2, 0.5, 0.5)
    assert (found["tags"].missing, found["tags"].too_much) == (1.0, 0)


def test_all_fields_together_count_each_wanted_one() -> None:
    found = extraction(WANTED, GIVEN)
    assert found.right.value == pytest.approx(2 / 6)
    assert found.missing.value == pytest.approx(3 / 6)
    assert found.wrong.value == pytest.approx(1 / 6)
    assert found.too_much.value == pytest.approx(1 / 6)
    assert found.readable.value == pytest.approx(2 / 3)
    assert found.right.low <= found.right.value <= found.right.high


def test_a_flag_is_no_number_and_a_list_is_no_object() -> None:
    (flag,) = each_field(['{"paid": true}'] * 2, ['{"paid": 1}', "[1]"])
    assert (flag.right.value, flag.wrong, flag.missing) == (0.0, 0.5, 0.5)
    assert extraction(['{"a": 1}'], ["[" * 5000]).readable.value == 0.0


def _one(wanted: object, given: object, others: int = 0) -> Field:
    """The only field, in an exam whose other answers are right."""
    pairs = [(wanted, given)] + [(wanted, wanted)] * others
    told = [[json.dumps({"a": value}) for value in side] for side in zip(*pairs, strict=True)]
    (found,) = each_field(*told)
    return found


@pytest.mark.parametrize(
    ("wanted", "given", "right"),
    [
        ("1,234.50", "1234.5", True),
        ("RM9.00", "9", True),
        ("9.00", "9.01", False),
        (9, "9.0", True),
        ("$9", "€9", False),
        ("25/12/2018", "2018-12-25", True),
        ("25 DEC 2018", "25.12.18", True),
        ("25/12/2018", "26/12/2018", False),
        (["b", " a"], ["a", "b"], True),
        (["a", "a"], ["a", "b"], False),
        (["a"], "a", False),
        ("Ada", "ada", False),
        (" Ada  B", "Ada B", True),
    ],
)
def test_what_counts_as_right_is_the_value(wanted: object, given: object, right: bool) -> None:
    assert _one(wanted, given).right.value == float(right)


def test_texts_are_near_or_far_and_nothing_is_far() -> None:
    assert _one("Ada Byron", "Ada Byrom").right.value == 0
    near, far = _one("Ada Byron", "Ada Byrom").near, _one("Ada Byron", "xx").near
    assert near is not None
    assert far is not None
    assert 0.5 < near.value < 1
    assert far.value == 0
    nothing = _one("Ada Byron", None)
    assert nothing.near is not None
    assert nothing.near.value == 0
    assert (nothing.missing, nothing.wrong) == (1.0, 0.0)
    assert _one("9.00", "8.00").near is None


def test_missing_wrong_and_too_much_are_told_apart() -> None:
    wanted = ['{"a": "x", "b": null}', '{"a": "x", "b": "y"}', '{"a": "x"}', '{"a": "x", "b": ""}']
    given = ['{"a": "z", "b": "y"}', '{"a": ""}', '{"b": []}', '{"a": "x", "b": "q"}']
    found = {field.name: field for field in each_field(wanted, given)}
    assert (found["a"].wrong, found["a"].missing, found["a"].right.value) == (0.25, 0.5, 0.25)
    assert (found["b"].wanted, found["b"].missing, found["b"].too_much) == (1, 1.0, 2)


def test_fields_of_groups_are_told_each() -> None:
    wanted, given = '{"buyer": {"name": "A", "age": 4}}', '{"buyer": {"name": "A", "age": 5}}'
    found = {field.name: field for field in each_field([wanted], [given])}
    assert [found[f"buyer · {name}"].right.value for name in ("name", "age")] == [1.0, 0.0]
    assert json.dumps([field.as_dict() for field in found.values()])
