"""Exports of Label Studio."""

from pathlib import Path
from typing import Any

import pytest

from tests.helpers import two_ways
from workbench.core.errors import WorkbenchError
from workbench.data.columns import guessing
from workbench.data.readers import Table
from workbench.data.readers.shapes import label_studio

TEXT = "Anna took the ferry to Holm."


def _result(kind: str, name: str = "topic", **value: Any) -> dict[str, Any]:
    return {"type": kind, "from_name": name, "to_name": "body", "id": "r", "value": value}


def _task(*annotations: Any, text: str = TEXT, **data: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "data": {"body": text, **data},
        "annotations": [
            each if isinstance(each, dict) else {"id": 2, "result": each, "lead_time": 3.5}
            for each in annotations
        ],
        "predictions": [{"result": [_result("choices", choices=["Guess"])], "score": 0.9}],
    }


def _task_and_roles(table: Table) -> tuple[str, dict[str, str]]:
    task = guessing.guess_task(table).task
    return task, guessing.guess_all_roles(table, task)


def test_what_was_chosen_is_the_category_and_predictions_are_not(tmp_path: Path) -> None:
    tasks = [
        _task([_result("choices", choices=["Travel"])], customer=7),
        _task({"result": [_result("choices", choices=["Price"])], "was_cancelled": True}),
        _task(),
        _task([_result("choices", choices=["Price"])], text="Four crowns."),
    ]
    table = two_ways.of_rows(tmp_path, tasks, "a.json")
    assert _task_and_roles(table) == ("classification", {"text": "body", "label": "topic"})
    assert table.cells("topic") == ["Travel", "Price"]
    assert table.row_numbers.to_pylist() == [1, 4]
    assert table.left_out == {label_studio.CANCELLED: (2,), label_studio.UNFINISHED: (3,)}
    assert table.unused["predictions"] == 4
    assert table.unused["annotations.lead_time"] == 2
    assert "Guess" not in str(table.data.to_pydict())


def test_of_several_annotators_the_truth_and_then_most_count(tmp_path: Path) -> None:
    price, travel = ([_result("choices", choices=[name])] for name in ("Price", "Travel"))
    tasks = [
        _task(price, travel, travel),
        _task(price, travel),
        _task({"result": price, "ground_truth": True}, travel, travel),
    ]
    table = two_ways.of_rows(tmp_path, tasks, "a.json")
    assert table.cells("topic") == ["Travel", "Price"]
    assert table.left_out == {label_studio.DISAGREED: (2,)}
    assert table.unused["annotations (further ones)"] == 2


@pytest.mark.parametrize("kind", ["labels", "hypertextlabels"])
def test_marks_are_fields(tmp_path: Path, kind: str) -> None:
    anna = _result(kind, start=0, end=4, text="Anna", **{kind: ["WHO"]})
    holm = _result(kind, start=23, end=27, text="Holm", **{kind: ["WHERE"]})
    outside = _result(kind, start=90, end=99, **{kind: ["WHO"]})
    tasks = [_task([holm, anna]), _task([outside]), _task([])]
    table = two_ways.of_rows(tmp_path, tasks, "a.json")
    assert _task_and_roles(table) == ("extraction", {"text": "body", "response": "fields"})
    assert table.cells("fields") == ['{"WHO": ["Anna"], "WHERE": ["Holm"]}', "{}"]
    assert sum(map(len, table.left_out.values())) == 1


@pytest.mark.parametrize(
    ("result", "task", "cell"),
    [
        (_result("taxonomy", taxonomy=[["Boats", "Ferry"]]), "classification", "Boats / Ferry"),
        (_result("rating", rating=4), "classification", "4"),
        (_result("textarea", text=["By boat."]), "completion", "By boat."),
        (_result("choices", choices=["a", "b"]), "classification", '["a", "b"]'),
    ],
)
def test_other_controls(tmp_path: Path, result: Any, task: str, cell: str) -> None:
    table = two_ways.of_rows(tmp_path, [_task([result])] * 3, "a.json")
    assert guessing.guess_task(table).task == task
    assert table.cells("topic") == [cell] * 3


def test_a_control_that_is_called_like_the_text_has_a_column_of_its_own(tmp_path: Path) -> None:
    tasks = [_task([_result("choices", name="body", choices=["Travel"])])] * 2
    table = two_ways.of_rows(tmp_path, tasks, "a.json")
    assert table.cells("body") == [TEXT] * 2
    assert table.cells("body (annotation)") == ["Travel"] * 2


def test_annotations_of_pictures_are_no_examples(tmp_path: Path) -> None:
    tasks = [_task([_result("choices", choices=["Cat"])], text="/data/upload/1/cat.png")] * 3
    with pytest.raises(WorkbenchError, match="3 × annotation of a picture"):
        two_ways.of_rows(tmp_path, tasks, "a.json")


def _minimal(**answers: Any) -> dict[str, Any]:
    return {
        "body": TEXT, "id": 1, **answers, "annotator": 1, "annotation_id": 2,
        "created_at": "2025-01-01", "updated_at": "2025-01-01", "lead_time": 2.5,
    }  # fmt: skip


def test_the_minimal_form_has_the_same(tmp_path: Path) -> None:
    marks = [{"start": 0, "end": 4, "text": "Anna", "labels": ["WHO"]}]
    table = two_ways.of_rows(tmp_path, [_minimal(entity=marks), _minimal()], "a.json")
    assert _task_and_roles(table)[0] == "extraction"
    assert table.cells("fields") == ['{"WHO": ["Anna"]}', "{}"]
    assert "lead_time" not in table.columns
    assert table.unused["lead_time"] == 2


def test_several_choices_of_the_minimal_form_are_a_list(tmp_path: Path) -> None:
    rows = [_minimal(topic={"choices": ["a", "b"]}), _minimal(topic="a")]
    table = two_ways.of_rows(tmp_path, rows, "a.json")
    assert table.cells("topic") == ['["a", "b"]', "a"]
    assert _task_and_roles(table) == ("classification", {"text": "body", "label": "topic"})
