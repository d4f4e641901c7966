"""A table with its answers as a file of its own: a workbook where a sheet can hold it, else CSV."""

import csv
from pathlib import Path

import openpyxl
import pytest

from tests.helpers.conversion_jobs import converted
from workbench.core.progress import silent
from workbench.data.answered.columns import AnswerColumn
from workbench.data.export import answered_table
from workbench.data.export.answered_table import write_table

COLUMNS = [AnswerColumn("text", {2: "=1+1", 4: "yes"}), AnswerColumn("How sure", {2: 0.5})]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    source = tmp_path / "t.csv"
    source.write_text("text,n\n=cmd(),1\nb,2\nc,3\n")
    assert converted(source, tmp_path / "job")["rows"] == 3
    return tmp_path / "job"


def test_the_answers_stand_behind_the_rows_that_they_are_of(table: Path, tmp_path: Path) -> None:
    path, titles, rows = write_table(table, tmp_path, COLUMNS, silent)
    assert (path.name, titles, rows) == ("answered.xlsx", ("text (2)", "How sure"), 2)
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["text", "n", "text (2)", "How sure"],
        ["=cmd()", "1", "=1+1", 0.5],
        ["b", "2", None, None],
        ["c", "3", "yes", None],
    ]
    assert sheet["A2"].data_type == sheet["C2"].data_type == "s"


@pytest.mark.parametrize("limit", ["MAX_ROWS", "MAX_CHARS"])
def test_what_no_sheet_can_hold_is_a_harmless_text_table(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(answered_table, limit, 3)
    path, _, _ = write_table(table, tmp_path, COLUMNS, silent)
    assert path.name == "answered.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[1] == ["'=cmd()", "1", "'=1+1", "0.5"]
