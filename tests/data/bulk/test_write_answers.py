"""Answers put into the user's file by a job; a table of its own where the file has no room."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from tests.helpers.conversion_jobs import do


def answered(path: Path, rows: int = 12) -> dict[str, Any]:
    """The result of the job that puts a category into each row."""
    folder = path.parent / "job"
    answers = path.parent / "answers.parquet"
    told = {"row_id": list(range(1, rows + 1)), "output": [f"kind {n % 3}" for n in range(rows)]}
    pq.write_table(pa.table(told), answers)
    spec = {
        "kind": "write-answers",
        "answers": [str(answers)],
        "key": "k",
        "task": "classification",
        "source": str(path),
        "name": path.name,
        "answer_title": "Answer",
    }
    return do(folder, spec)


def test_a_list_of_objects_gets_keys(tmp_path: Path) -> None:
    path = tmp_path / "in.json"
    path.write_text(json.dumps([{"text": f"text {n}"} for n in range(12)]))
    result = answered(path)
    assert result["patched"] is True
    new = json.loads((tmp_path / "job" / result["file"]).read_text())
    assert new[1] == {"text": "text 1", "Answer": "kind 1"}


def test_a_file_of_another_form_comes_as_a_table_and_says_why(tmp_path: Path) -> None:
    path = tmp_path / "in.json"
    path.write_text(json.dumps({"rows": [{"text": f"text {n}"} for n in range(12)]}))
    result = answered(path)
    assert result["status"] == "succeeded"
    assert result["patched"] is False
    assert result["notes"] == [
        "Answers cannot be put into in.json: it is no list of objects, one for each row."
    ]
    sheet = openpyxl.load_workbook(tmp_path / "job" / result["file"]).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]] == ["text 0", "kind 0"]
