"""Records that are not what the others are cost themselves, never the file."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.data.readers.shapes import test_intents, test_label_studio, test_platforms
from tests.helpers import two_ways
from workbench.data.readers import shapes

TASK = test_label_studio._task([test_label_studio._result("choices", choices=["Travel"])])
ODD: list[Any] = [
    {"data": {"body": "x"}, "annotations": [{"result": [{"type": "choices", "value": 5}]}]},
    {"data": None, "annotations": [{"result": []}]},
    {"annotations": {"result": 1}},
]


@pytest.mark.parametrize("odd", ODD)
def test_a_record_of_another_form_is_left_out_by_name(tmp_path: Path, odd: Any) -> None:
    table = two_ways.of_rows(tmp_path, [TASK] * 250 + [odd], "a.json")
    assert len(table) == 250
    (numbers,) = table.left_out.values()
    assert numbers == (251,)


def test_what_is_no_object_is_left_out_by_name(tmp_path: Path) -> None:
    table = two_ways.of_rows(tmp_path, [TASK] * 3 + ["nothing"])
    assert table.left_out == {"not an object with named values like the others": (4,)}


@pytest.mark.parametrize("value", [None, 0, "x", [], {}, [[]], [{}], {"a": []}])
def test_no_recogniser_is_harmed_by_other_values_under_its_keys(value: Any) -> None:
    known = [TASK, *test_platforms.MARKED.values(), *test_platforms.CHOSEN.values()]
    for record in [each for each in known if isinstance(each, dict)]:
        for key in record:
            shape = shapes.recognise([{**record, key: value}] * 3)
            assert shape is None or shape.take({**record, key: value}) is not None


@pytest.mark.parametrize("value", [None, 0, "x", [], {}, [[]], [{}], {"a": []}])
def test_no_opener_is_harmed_either(value: Any) -> None:
    for document in [each for each in test_intents.FILES.values() if isinstance(each, dict)]:
        for key in document:
            opened = shapes.open_document({**document, key: value})
            assert opened is None or json.dumps(list(opened.records))
