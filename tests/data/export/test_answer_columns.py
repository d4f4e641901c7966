"""From answers to the columns of the user's file, for every kind of task."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.data.answered.columns import AnswerColumn
from workbench.data.export.answer_columns import (
    answer_columns,
    field_titles,
    field_values,
    title_of,
)


def answers(path: Path, *rows: dict[str, Any]) -> list[Path]:
    numbered = [{"row_id": 2 + place, **row} for place, row in enumerate(rows)]
    pq.write_table(pa.Table.from_pylist(numbered), path)
    return [path]


def told(columns: list[AnswerColumn]) -> dict[str, dict[int, Any]]:
    return {column.title: dict(column.values) for column in columns}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "answers.parquet"


def test_categories_come_with_their_sureness_and_what_to_check(path: Path) -> None:
    found = answers(
        path,
        {"output": "A", "probability": 0.91234567, "none_of_these": False},
        {"output": "B", "probability": 0.5, "none_of_these": False},
        {"output": "B", "probability": 0.99, "none_of_these": True},
    )
    columns = answer_columns(found, "classification", title="Topic (answer)", threshold=0.8)
    assert told(columns) == {
        "Topic (answer)": {2: "A", 3: "B", 4: "B"},
        "How sure": {2: 0.9123, 3: 0.5, 4: 0.99},
        "Please check": {2: "no", 3: "yes", 4: "yes"},
        "None of these": {2: "no", 3: "no", 4: "yes"},
    }
    assert [column.is_share for column in columns] == [False, True, False, False]
    without = told(answer_columns(found, "classification"))
    assert "Please check" not in without


def test_programs_read_the_names_that_they_know(path: Path) -> None:
    row = {"output": "A", "probability": 0.5, "none_of_these": True}
    columns = answer_columns(
        answers(path, row),
        "classification",
        title="Topic (answer)",
        threshold=0.8,
        for_programs=True,
    )
    assert told(columns) == {
        "answer": {2: "A"},
        "probability": {2: 0.5},
        "please_check": {2: "true"},
        "none_of_these": {2: "true"},
    }


def test_texts_come_with_what_nobody_told_the_model(path: Path) -> None:
    found = answers(
        path, {"output": "It is 5 €.", "invented": "5 €"}, {"output": "Yes.", "invented": ""}
    )
    assert told(answer_columns(found, "completion")) == {
        "Answer of the model": {2: "It is 5 €.", 3: "Yes."},
        "Not in your examples": {2: "5 €", 3: None},
    }


def test_each_field_has_a_column_and_what_is_no_answer_one_of_its_own(path: Path) -> None:
    found = answers(
        path,
        {"output": '{"name": "Ann", "total": 12.5, "address": {"street": "Lane 1"}, "paid": true}'},
        {"output": '{"name": null, "items": [{"what": "mug", "number": 2}], "tags": ["a", "b"]}'},
        {"output": "I cannot read this."},
    )
    columns = told(answer_columns(found, "extraction"))
    assert columns["name (answer)"] == {2: "Ann", 3: None, 4: None}
    assert columns["total (answer)"] == {2: 12.5, 3: None, 4: None}
    assert columns["address · street (answer)"][2] == "Lane 1"
    assert columns["paid (answer)"][2] == "yes"
    assert columns["items (answer)"][3] == '[{"what": "mug", "number": 2}]'
    assert columns["tags (answer)"][3] == "a\nb"
    assert columns["Answer of the model"] == {4: "I cannot read this."}
    assert columns["Please check"] == {4: "yes"}


def test_what_had_no_room_and_what_was_read_in_parts_is_said(path: Path) -> None:
    found = answers(
        path,
        {"output": '{"name": "Ann"}', "cut": ["total", "name"], "parts": 1},
        {"output": '{"name": "Bo"}', "cut": [], "parts": 3},
    )
    columns = told(answer_columns(found, "extraction"))
    assert columns["Cut off (too long)"] == {2: "total, name"}
    assert columns["Read in parts"] == {3: 3}


def test_only_fields_that_were_learned_have_columns(path: Path) -> None:
    found = answers(path, {"output": '{"name": "Ann", "mood": "good"}'})
    assert list(told(answer_columns(found, "extraction", fields=["name", "total"]))) == [
        "name (answer)",
        "total (answer)",
    ]


def test_fields_are_told_by_their_titles() -> None:
    some = ['{"a": 1, "b": {"c": 2}}', "no object", '{"a": 1, "d": 3}']
    assert field_titles(some) == ["a", "d", "b · c"]
    assert field_values("[1, 2]") is None
    assert field_values("not JSON") is None


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("category", "category (answer)"),
        ("  Topic \n of it ", "Topic of it (answer)"),
        ("", "Answer of the model"),
        ("{a} and {b}", "Answer of the model"),
    ],
)
def test_the_column_is_called_as_the_learned_one(source: str, title: str) -> None:
    assert title_of(source) == title
