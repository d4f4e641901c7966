"""Fields that were pulled out: each right, missing or wrong, counted by hand."""

import json

import pytest

from workbench.evaluation.scoring.by_task.fields import each_field, extraction
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
