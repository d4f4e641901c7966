"""Nothing but the new columns changes in workbooks full of what libraries lose."""

import re
import struct
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from tests.helpers import patched, rich_books
from tests.helpers.conversion_jobs import converted, table_in
from workbench.data.answered.columns import AnswerColumn, column_of
from workbench.data.answered.write import write_answers
from workbench.data.bulk import read_file
from workbench.data.readers import ReadOptions, read_table

SHEETS = {
    "openpyxl": "Anfragen & mehr",
    "XlsxWriter": "Tickets",
    "XlsxWriter with macros": "Tickets",
}
MAY_CHANGE = re.compile(r"xl/(worksheets/sheet\d+|styles|tables/table\d+|workbook)\.xml")


@pytest.mark.parametrize("writer", rich_books.BOOKS)
def test_nothing_else_changes(tmp_path: Path, writer: str) -> None:
    name, make = rich_books.BOOKS[writer]
    path, out = make(tmp_path / name), tmp_path / f"out{Path(name).suffix}"
    table = read_table(path, options=ReadOptions(sheet=SHEETS.get(writer, "")))
    numbers = table.row_numbers.to_pylist()
    columns = [
        AnswerColumn("Answer", {n: f"about {n}" for n in numbers}),
        AnswerColumn("How sure", dict.fromkeys(numbers, 0.25), is_share=True),
    ]
    written = write_answers(path, out, kind=table.kind, options=table.options, columns=columns)
    changed = patched.changed_parts(path, out)
    assert all(MAY_CHANGE.fullmatch(part) for part in changed)
    (sheet,) = [part for part in changed if "sheets" in part]
    old, new = patched.part(path, sheet), patched.part(out, sheet)
    first = column_of(written.first_column)
    assert patched.without_new(new, first) == patched.without_new(old, first)
    assert patched.widths(new, first, 2) == patched.widths(old, first, 2)
    for part in changed:
        etree.fromstring(patched.part(out, part))
    again = read_table(out, table.name, written.options)
    assert again.row_numbers.to_pylist() == numbers
    assert [again.cells(name) for name in table.columns] == [table.cells(n) for n in table.columns]
    answered = [answer for answer in again.cells(written.titles[0]) if answer]
    assert answered == [f"about {n}" for n in numbers][: written.rows]


@pytest.mark.parametrize("writer", ["openpyxl", "by hand, as an export"])
def test_a_file_that_is_read_as_a_large_one_takes_its_answers(
    tmp_path: Path, writer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another reader counts its rows."""
    monkeypatch.setattr(read_file, "SMALL_BYTES", 0)
    name, make = rich_books.BOOKS[writer]
    path, out = make(tmp_path / name), tmp_path / f"out{Path(name).suffix}"
    assert converted(path, tmp_path / "one")["status"] == "succeeded"
    table = table_in(tmp_path / "one")
    numbers = table.row_numbers.to_pylist()
    columns = [AnswerColumn("Answer", {n: f"about {n}" for n in numbers})]
    written = write_answers(path, out, kind=table.kind, options=table.options, columns=columns)
    assert converted(out, tmp_path / "two", **written.options.as_dict())["status"] == "succeeded"
    again = table_in(tmp_path / "two")
    assert again.row_numbers.to_pylist() == numbers
    assert [again.cells(n) for n in table.columns] == [table.cells(n) for n in table.columns]
    assert again.cells("Answer") == [f"about {n}" for n in numbers]


def test_what_stands_before_an_archive_stays(tmp_path: Path) -> None:
    path, out = rich_books.by_a_stream(tmp_path / "e.xlsx"), tmp_path / "out.xlsx"
    path.write_bytes(b"what stands before the archive" + path.read_bytes())
    columns = [AnswerColumn("Answer", {2: "a"})]
    options = ReadOptions(sheet="Daten", header_row=1)
    write_answers(path, out, kind="xlsx", options=options, columns=columns)
    assert out.read_bytes().startswith(b"what stands before the archive")
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        assert {info.date_time for info in archive.infolist()} == {(2021, 3, 4, 5, 6, 8)}


def test_sizes_stand_before_what_was_changed(tmp_path: Path) -> None:
    """A stream has them behind it, and says so; programs that read one believe it."""
    path, out = rich_books.by_a_stream(tmp_path / "e.xlsx"), tmp_path / "out.xlsx"
    columns = [AnswerColumn("Answer", {2: "a"})]
    options = ReadOptions(sheet="Daten", header_row=1)
    write_answers(path, out, kind="xlsx", options=options, columns=columns)
    with zipfile.ZipFile(out) as archive, out.open("rb") as stream:
        about = archive.getinfo("xl/worksheets/sheet1.xml")
        stream.seek(about.header_offset)
        flags, _, _, crc, packed, size = struct.unpack_from("<HH4sIII", stream.read(30), 6)
    assert (flags & 8, about.flag_bits & 8) == (0, 0)
    assert (crc, packed, size) == (about.CRC, about.compress_size, about.file_size)


def test_the_table_of_a_writer_grows_and_its_totals_stay(tmp_path: Path) -> None:
    path, out = rich_books.by_xlsxwriter(tmp_path / "b.xlsx"), tmp_path / "out.xlsx"
    table = read_table(path, options=ReadOptions(sheet="Tickets"))
    columns = [AnswerColumn("Answer", dict.fromkeys(table.row_numbers.to_pylist(), "x"))]
    written = write_answers(path, out, kind="xlsx", options=table.options, columns=columns)
    assert written.notes == ("Row 42 holds the totals of a table and got no answer.",)
    assert b'ref="A1:D42"' in patched.part(out, "xl/tables/table1.xml")
    assert b'ref="A1:D41"' in patched.part(out, "xl/tables/table1.xml")
