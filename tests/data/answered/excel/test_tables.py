"""Tables and filters in Excel workbooks, as they grow with the answers."""

from pathlib import Path

import openpyxl
import pytest

from tests.data.answered.excel.answering import TABLE, answer
from tests.helpers import patched, raw_books
from tests.helpers.raw_books import book, data, sheet_of
from workbench.data.answered.columns import AnswerColumn
from workbench.data.readers import ReadOptions


def _table(bottom: int = 11, more: str = "") -> dict[str, tuple[str, str]]:
    return {"xl/tables/table1.xml": ("table", TABLE.format(raw_books.MAIN, bottom, more))}


def test_a_table_grows_with_its_header(tmp_path: Path) -> None:
    part = "xl/tables/table1.xml"
    path = book(tmp_path / "b.xlsx", sheet_of(data()), beside=_table())
    out, written, _ = answer(path, others=[part])
    new = patched.part(out, part).decode()
    expected = (
        TABLE.format(raw_books.MAIN, 11, "")
        .replace("A1:B11", "A1:D11")
        .replace('count="2"', 'count="4"')
        .replace(
            "</tableColumns>",
            '<tableColumn id="8" name="Answer"/><tableColumn id="9" name="How sure"/></tableColumns>',
        )
    )
    assert new == expected
    assert written.notes == ()


def test_titles_of_a_table_differ_from_its_columns(tmp_path: Path) -> None:
    named = '<tableParts count="1"><tablePart r:id="rId1"/></tableParts>'
    columns = [AnswerColumn('LABEL <"&">', {2: "a"}), AnswerColumn("Text", {2: "b"})]
    path = book(tmp_path / "b.xlsx", sheet_of(data(), behind=named), beside=_table())
    out, written, _ = answer(path, columns=columns, others=["xl/tables/table1.xml"])
    assert written.titles == ('LABEL <"&">', "Text (2)")
    sheet = openpyxl.load_workbook(out).active
    assert sheet is not None
    names = [column.name for column in sheet.tables["T"].tableColumns]
    assert names == ["text", "label", *written.titles]


def test_the_row_of_totals_gets_no_answer(tmp_path: Path) -> None:
    path = book(tmp_path / "b.xlsx", sheet_of(data()), beside=_table(more=' totalsRowCount="1"'))
    _, written, new = answer(path, others=["xl/tables/table1.xml"])
    assert b'r="C11"' not in new
    assert written.notes == ("Row 11 holds the totals of a table and got no answer.",)


def test_a_title_is_no_longer_than_a_table_takes(tmp_path: Path) -> None:
    columns = [AnswerColumn("very " * 99, {2: "a"}), AnswerColumn("very " * 98, {2: "b"})]
    path = book(tmp_path / "b.xlsx", sheet_of(data()), beside=_table())
    _, written, _ = answer(path, columns=columns, others=["xl/tables/table1.xml"])
    assert [len(title) for title in written.titles] == [199, 203]


@pytest.mark.parametrize(
    ("more", "beside"),
    [
        (' tableType="queryTable"', ""),
        ("", '<mergeCells count="1"><mergeCell ref="A20:D20"/></mergeCells>'),
    ],
    ids=["fed by a query", "something in between"],
)
def test_a_table_that_cannot_grow_is_left_alone_and_told(
    tmp_path: Path, more: str, beside: str
) -> None:
    path = book(tmp_path / "b.xlsx", sheet_of(data(), behind=beside), beside=_table(more=more))
    _, written, _ = answer(path)
    assert written.notes == (
        "The new columns are not part of table 'T' on sheet 'Daten': sort all columns together "
        "there, or the answers stay where they are.",
    )


def test_the_filter_reaches_over_the_answers(tmp_path: Path) -> None:
    """Else rows would be sorted, and their answers left where they are."""
    names = (
        '<definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">'
        'x!$A$1:$B$11</definedName><definedName name="_xlnm.Print_Area" localSheetId="1">'
        "Daten!$A$1:$B$11</definedName><definedName hidden='1' localSheetId='1' "
        "name='_xlnm._FilterDatabase'>Daten!$A$1:$B$11</definedName></definedNames>"
    )
    path = book(
        tmp_path / "b.xlsx",
        sheet_of(data(), behind='<autoFilter ref="A1:B11"/>'),
        others=["x"],
        in_book=names,
    )
    out, written, new = answer(path, options=ReadOptions(sheet="Daten"), others=["xl/workbook.xml"])
    assert b'<autoFilter ref="A1:D11"/>' in new
    old_book, new_book = (patched.part(p, "xl/workbook.xml").decode() for p in (path, out))
    assert new_book == old_book.replace(
        "'_xlnm._FilterDatabase'>Daten!$A$1:$B$11", "'_xlnm._FilterDatabase'>Daten!$A$1:$D$11"
    )
    assert written.notes == ()
