"""Answers in Excel workbooks: new cells, and all else byte for byte."""

import re
from pathlib import Path

import openpyxl
import pytest

from tests.data.answered.excel.answering import SHEET, answer, said, written_rows
from tests.helpers import patched, raw_books
from tests.helpers.raw_books import book, data, rows, sheet_of, text
from workbench.core.errors import WorkbenchError
from workbench.data.answered import sheet_xml
from workbench.data.answered.columns import AnswerColumn
from workbench.data.answered.write import write_answers
from workbench.data.readers import ReadOptions


def test_answers_stand_behind_the_last_column(tmp_path: Path) -> None:
    path = book(tmp_path / "b.xlsx", sheet_of(data()))
    out, written, new = answer(path)
    assert written.titles == ("Answer", "How sure")
    assert (written.first_column, written.rows, written.notes) == ("C", 10, ())
    answers = [f"about {n}" for n in range(2, 12)]
    assert said(out, written) == [answers, ["25%"] * 10]
    assert b'<row r="2" spans="1:4">' in new
    assert b'<c r="C2" t="inlineStr"><is><t>about 2</t></is></c>' in new


@pytest.mark.parametrize(
    "prefixed", ["", "x:"], ids=["as Excel writes names", "as the Open XML SDK writes names"]
)
@pytest.mark.parametrize("namespace", [raw_books.MAIN, raw_books.STRICT])
def test_names_of_elements_may_have_a_prefix_and_be_strict(
    tmp_path: Path, prefixed: str, namespace: str
) -> None:
    sheet = sheet_of(data(), '<dimension ref="A1:B11"/>', namespace=namespace)
    if prefixed:
        sheet = re.sub(r"<(/?)(?=[a-z])", r"<\1x:", sheet).replace("xmlns=", "xmlns:x=")
    out, written, new = answer(book(tmp_path / "b.xlsx", sheet))
    assert said(out, written)[0][-1] == "about 11"
    assert f'<{prefixed}dimension ref="A1:D11"'.encode() in new
    assert f'<{prefixed}c r="C2"'.encode() in new


ODD_ROWS = {
    "no places": re.sub(r' (r|spans)="[^"]*"', "", data()),
    "places of rows only": re.sub(r'(<c) r="[^"]*"', r"\1", data()),
    "blanks and breaks": data().replace("><", ">\n  <").replace("<c r=", "<c\n\tr="),
    "comments": data().replace('<row r="3"', '<!-- </row></sheetData><row r="99"> --><row r="3"'),
    "comments in rows": data().replace("</row>", '<!-- </row><c r="Z9"><v>1</v></c> --></row>'),
    "sections of characters": data().replace(
        "<t>text 4</t>", "<t><![CDATA[</row><c r='Z9'><v>4</v></c>]]></t>"
    ),
    "instructions": data().replace('<row r="5"', "<?target <row> ?><row r='5'"),
    "rows that close themselves": data()
    .replace('<row r="5"', '<row r="4" ht="20" customHeight="1"/><row r="5"', 1)
    .replace(rows(3)[rows(3).rindex("<row") :], ""),
    "other attributes": data()
    .replace(' spans="1:2">', ' spans="1:2" x14ac:dyDescent="0.25" xmlns:x14ac="urn:a">')
    .replace("</row>", '<extLst><ext uri="{A}"><r/></ext></extLst></row>', 3),
    "single quotes and signs in attributes": data().replace(
        '<row r="3" spans="1:2">', "<row spans='1:2' r='3' note=\"a > b\">"
    ),
    "far to the right": data().replace("</row>", '<c r="AA1" s="2"/></row>', 1),
}


@pytest.mark.parametrize("odd", ODD_ROWS.values(), ids=ODD_ROWS.keys())
def test_rows_may_be_written_oddly(tmp_path: Path, odd: str) -> None:
    out, written, _ = answer(book(tmp_path / "b.xlsx", sheet_of(odd)))
    answers, sure = said(out, written)
    assert [a for a in answers if a] == [f"about {n}" for n in written_rows(out, written)]
    assert set(sure) == {"25%"}


def test_rows_that_are_not_there_are_made_in_their_places(tmp_path: Path) -> None:
    few = data().replace(rows(4)[rows(4).rindex("<row") :], "")
    path = book(tmp_path / "b.xlsx", sheet_of(few))
    columns = [AnswerColumn("Answer", {n: f"about {n}" for n in (2, 5, 11, 14)})]
    out, options = tmp_path / "out.xlsx", ReadOptions(sheet="Daten", header_row=1)
    write_answers(path, out, kind="xlsx", options=options, columns=columns)
    new = patched.part(out, SHEET)
    assert patched.without_new(new, 3) == patched.without_new(patched.part(path, SHEET), 3)
    assert re.findall(rb'<row r="(\d+)"', new) == [b"%d" % n for n in (*range(1, 12), 14)]
    assert b'<row r="5"><c r="C5" t="inlineStr"><is><t>about 5</t></is></c></row>' in new


def test_an_empty_sheet_gets_rows(tmp_path: Path) -> None:
    path, out = book(tmp_path / "b.xlsx", sheet_of("<sheetData/>")), tmp_path / "out.xlsx"
    columns = [AnswerColumn("Answer", {2: "a"})]
    options = ReadOptions(sheet="Daten", header_row=1)
    write_answers(path, out, kind="xlsx", options=options, columns=columns)
    sheet = openpyxl.load_workbook(out).active
    assert sheet is not None
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [["Answer"], ["a"]]


@pytest.mark.parametrize("name", ["Daten & mehr", "it's 'so'", "Ünï ☃", 'say "x"', "a<b"])
@pytest.mark.parametrize("target", ["worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml"])
def test_the_sheet_is_found_by_its_name_behind_others(
    tmp_path: Path, name: str, target: str
) -> None:
    path = book(tmp_path / "b.xlsx", sheet_of(data()), name=name, others=["x", "y"], target=target)
    out, written, _ = answer(path, options=ReadOptions(sheet=name))
    assert written.options.sheet == name
    assert said(out, written)[0][0] == "about 2"


def test_a_sheet_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    path = book(tmp_path / "b.xlsx", sheet_of(data()))
    with pytest.raises(WorkbenchError, match="has no sheet 'Nope'"):
        write_answers(
            path,
            tmp_path / "out.xlsx",
            kind="xlsx",
            options=ReadOptions(sheet="Nope", header_row=1),
            columns=[AnswerColumn("a", {2: "x"})],
        )
    assert not list(tmp_path.glob("*out*"))


def test_column_names_that_come_again_get_the_titles_again(tmp_path: Path) -> None:
    again = (
        rows(0, top=7)
        if False
        else f'<row r="13">{text("A13", "text")}{text("B13", "label")}</row>'
    )
    more = f'<row r="14">{text("A14", "text 14")}{text("B14", "c")}</row>'
    path = book(
        tmp_path / "b.xlsx", sheet_of(data().replace("</sheetData>", again + more + "</sheetData>"))
    )
    out, written, new = answer(path)
    assert b'<c r="C13" t="inlineStr"><is><t>Answer</t></is></c>' in new
    assert said(out, written)[0][-1] == "about 14"


def test_a_signature_and_a_protection_are_told(tmp_path: Path) -> None:
    sheet = sheet_of(data(), behind='<sheetProtection sheet="1" objects="1"/>')
    path = book(tmp_path / "b.xlsx", sheet, more={"_xmlsignatures/sig1.xml": "<s/>"})
    _, written, _ = answer(path)
    assert [note.partition(";")[0] for note in written.notes] == [
        "The workbook was signed",
        "Sheet 'Daten' is protected, and the answers with it: lift the protection in your "
        "spreadsheet program to change them.",
    ]


def test_a_sheet_without_room_is_a_sentence(tmp_path: Path) -> None:
    sheet = sheet_of(
        data().replace("</sheetData>", f'<row r="30">{text("XFD30", "x")}</row></sheetData>')
    )
    path = book(tmp_path / "b.xlsx", sheet)
    with pytest.raises(WorkbenchError, match="no room for one column more"):
        write_answers(
            path,
            tmp_path / "out.xlsx",
            kind="xlsx",
            options=ReadOptions(sheet="Daten", header_row=1),
            columns=[AnswerColumn("a", {2: "x"})],
        )


def test_a_title_over_the_whole_sheet_leaves_room(tmp_path: Path) -> None:
    merged = '<mergeCells count="1"><mergeCell ref="A20:XFD20"/></mergeCells>'
    _, written, _ = answer(book(tmp_path / "b.xlsx", sheet_of(data(), behind=merged)))
    assert written.first_column == "C"


def test_a_part_in_latin_1_stays_so(tmp_path: Path) -> None:
    sheet = sheet_of(data()).replace('encoding="UTF-8"', 'encoding="ISO-8859-1"')
    path = book(tmp_path / "b.xlsx", sheet)
    columns = [AnswerColumn("Größe →", {2: "ä → 😀"})]
    out, _, new = answer(path, columns=columns)
    assert b"&#228; &#8594; &#128512;" in new
    made = openpyxl.load_workbook(out).active
    assert made is not None
    assert (made["C1"].value, made["C2"].value) == ("Größe →", "ä → 😀")


@pytest.mark.parametrize("chunk", [1, 7, 64])
def test_a_file_may_be_read_in_pieces_of_any_size(
    tmp_path: Path, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet_xml, "_CHUNK", chunk)
    odd = ODD_ROWS["comments in rows"].replace("<t>text 4</t>", "<t><![CDATA[</row>]]></t>")
    out, written, _ = answer(book(tmp_path / "b.xlsx", sheet_of(odd)))
    assert said(out, written)[0] == [f"about {n}" for n in range(2, 12)]
