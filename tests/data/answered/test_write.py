"""Which files take answers, and what is said of those that do not."""

from pathlib import Path

import pytest

from tests.corpus import books, writers
from tests.helpers import raw_books
from workbench.core.errors import WorkbenchError
from workbench.data.answered.columns import AnswerColumn
from workbench.data.answered.write import why_not, write_answers
from workbench.data.readers import ReadOptions

ROWS = [["text", "label"], *[[f"text {n}", "a"] for n in range(12)]]


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("b.xls", "xlsx", "an old workbook (.xls)"),
        ("b.xlsb", "xlsx", "a binary workbook (.xlsb)"),
        ("b.yaml", "yaml", "a file of kind 'YAML'"),
        ("b.zip", "packed", "a file of kind 'several files'"),
    ],
)
def test_what_cannot_be_patched_is_said(tmp_path: Path, name: str, kind: str, said: str) -> None:
    path, out = tmp_path / name, tmp_path / "out"
    packed = {"xl/workbook.bin": b"x"} if name.endswith("xlsb") else {"t.csv": b"x"}
    is_old = name.endswith("xls")
    path.write_bytes(books.xls({"S": ROWS}) if is_old else writers.archive(packed))
    assert why_not(path, kind).startswith(f"Answers cannot be put into {said} itself")
    columns = [AnswerColumn("a", {2: "x"})]
    with pytest.raises(WorkbenchError, match="they come as a workbook"):
        write_answers(path, out, kind=kind, options=ReadOptions(), columns=columns)
    assert not out.exists()


@pytest.mark.parametrize("name", ["b.xlsx", "b.ods", "b.csv", "b.jsonl", "b.json", "b.parquet"])
def test_what_can_be_patched(tmp_path: Path, name: str) -> None:
    path, kind = tmp_path / name, name.partition(".")[2]
    if kind == "xlsx":
        raw_books.book(path, raw_books.sheet_of(raw_books.data()))
    else:
        path.write_bytes(books.ods({"S": ROWS}) if kind == "ods" else b"text")
    assert why_not(path, "xlsx" if kind == "ods" else kind) == ""


def test_a_file_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    path = raw_books.book(tmp_path / "b.xlsx", raw_books.sheet_of("<sheetData><row r='1'>"))
    columns = [AnswerColumn("a", {2: "x"})]
    options = ReadOptions(sheet="Daten", header_row=1)
    with pytest.raises(WorkbenchError, match="breaks off"):
        write_answers(path, tmp_path / "o.xlsx", kind="xlsx", options=options, columns=columns)
    assert [entry.name for entry in tmp_path.iterdir()] == ["b.xlsx"]


@pytest.mark.parametrize(("name", "kind"), [("b.csv", "csv"), ("b.jsonl", "jsonl")])
def test_answers_to_rows_that_are_not_there_are_refused(
    tmp_path: Path, name: str, kind: str
) -> None:
    path = tmp_path / name
    path.write_text("text,label\na,b\n" if kind == "csv" else '{"a": 1}\n{"a": 2}\n')
    columns = [AnswerColumn("a", {2: "x", 99: "y"})]
    options = ReadOptions("utf-8", ",", "quoted", 1)
    with pytest.raises(WorkbenchError, match="has no row 99"):
        write_answers(path, tmp_path / "o", kind=kind, options=options, columns=columns)
