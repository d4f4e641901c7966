"""Exports of Argilla."""

from pathlib import Path
from typing import Any

import pytest

from tests.helpers import two_ways
from workbench.data.columns import guessing
from workbench.data.readers.shapes import argilla

TEXT = "Anna took the ferry to Holm."


def _record(*values: Any, status: str = "submitted", version: int = 2) -> dict[str, Any]:
    guess = {"topic": {"value": "Guess", "score": 0.9}}
    record: dict[str, Any] = {"fields": {"body": TEXT}, "suggestions": guess, "metadata": {"a": 1}}
    if version == 2:
        responses: Any = {"topic": [{"value": v, "status": status, "user_id": "u"} for v in values]}
    else:
        responses = [{"values": {"topic": {"value": v}}, "status": status} for v in values]
    return {**record, "responses": responses}


@pytest.mark.parametrize("version", [1, 2])
def test_only_submitted_responses_count(tmp_path: Path, version: int) -> None:
    rows = [
        _record("Travel", version=version),
        _record("Price", status="draft", version=version),
        _record("Price", status="discarded", version=version),
        _record(version=version),
        _record("Price", "Travel", version=version),
        _record("Price", "Travel", "Price", version=version),
    ]
    table = two_ways.of_rows(tmp_path, rows)
    assert table.cells("topic") == ["Travel", "Price"]
    assert table.left_out == {
        argilla.UNANSWERED: (2, 4),
        argilla.DISCARDED: (3,),
        argilla.DISAGREED: (5,),
    }
    assert table.unused == {"suggestions": 6, "metadata": 6}
    assert guessing.guess_task(table).task == "classification"
    roles = guessing.guess_all_roles(table, "classification")
    assert roles == {"text": "body", "label": "topic"}


def test_marks_are_fields(tmp_path: Path) -> None:
    marks = [{"start": 0, "end": 4, "label": "WHO"}]
    table = two_ways.of_rows(tmp_path, [_record(marks)] * 3)
    assert table.cells("fields") == ['{"WHO": ["Anna"]}'] * 3
    assert guessing.guess_task(table).task == "extraction"


def test_older_records_are_read_by_their_annotation(tmp_path: Path) -> None:
    old = {"text": TEXT, "prediction": [{"label": "Guess", "score": 1}], "annotation_agent": "u"}
    rows = [
        {**old, "annotation": "Travel", "status": "Validated"},
        {**old, "annotation": None, "status": "Default"},
        {**old, "annotation": "Price", "status": "Discarded"},
    ]
    table = two_ways.of_rows(tmp_path, rows)
    assert table.cells("annotation") == ["Travel"]
    assert table.left_out == {argilla.UNANSWERED: (2,), argilla.DISCARDED: (3,)}
