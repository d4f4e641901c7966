"""Answers in Excel workbooks: new cells, and all else byte for byte."""

import re
import warnings
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from tests.helpers import patched, raw_books
from tests.helpers.raw_books import book, data, rows, sheet_of, text
from workbench.core.errors import WorkbenchError
from workbench.data.answered import sheet_xml
from workbench.data.answered.columns import AnswerColumn, Written, column_of
from workbench.data.answered.write import write_answers
from workbench.data.readers import ReadOptions, Table, read_table

SHEET = "xl/worksheets/sheet1.xml"


def columns_for(table: Table) -> list[AnswerColumn]:
    numbers = table.row_numbers.to_pylist()
    return [
        AnswerColumn("Answer", {n: f"about {n}" for n in numbers}),
        AnswerColumn("How sure", dict.fromkeys(numbers, 0.25), is_share=True),
    ]


def answer(
    path: Path,
    *,
    options: ReadOptions | None = None,
    columns: Sequence[AnswerColumn] | None = None,
    others: Sequence[str] = (),
) -> tuple[Path, Written, bytes]:
    """Answer a workbook, and see that nothing but the new cells is new.

    Args:
        others: parts that may change beside the sheet and the styles.
    """
    table = read_table(path, options=options)
    columns = columns_for(table) if columns is None else columns
    out = path.with_name(f"out{path.suffix}")
    written = write_answers(path, out, kind=table.kind, options=table.options, columns=columns)
    changed = patched.changed_parts(path, out)
    assert set(changed) <= {SHEET, "xl/styles.xml", *others}
    old, new = patched.part(path, SHEET), patched.part(out, SHEET)
    first = column_of(written.first_column)
    assert patched.without_new(new, first) == patched.without_new(old, first)
    assert patched.widths(new, first, len(columns)) == patched.widths(old, first, len(columns))
    again = read_table(out, table.name, written.options)
    assert again.row_numbers.to_pylist() == table.row_numbers.to_pylist()
    for name in table.columns:
        assert again.cells(name) == table.cells(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        openpyxl.load_workbook(out)
    return out, written, new


def said(path: Path, written: Written) -> list[list[str | None]]:
    table = read_table(path, options=written.options)
    return [table.cells(title) for title in written.titles]


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


def written_rows(out: Path, written: Written) -> list[int]:
    numbers: list[int] = read_table(out, options=written.options).row_numbers.to_pylist()
    return numbers


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


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("a & b <c> ]]>", '<c r="C2" t="inlineStr"><is><t>a &amp; b &lt;c&gt; ]]&gt;</t></is></c>'),
        (" edge", '<c r="C2" t="inlineStr"><is><t xml:space="preserve"> edge</t></is></c>'),
        ("a\x0bb\x00", '<c r="C2" t="inlineStr"><is><t>a_x000B_b_x0000_</t></is></c>'),
        ("_x0041_", '<c r="C2" t="inlineStr"><is><t>_x005F_x0041_</t></is></c>'),
        ("\ud800", '<c r="C2" t="inlineStr"><is><t>\ufffd\ufffd\ufffd</t></is></c>'),
        (True, '<c r="C2" t="b"><v>1</v></c>'),
        (3, '<c r="C2"><v>3</v></c>'),
        (0.1, '<c r="C2"><v>0.1</v></c>'),
        (None, ""),
        ("", ""),
        (float("nan"), ""),
    ],
)
def test_what_an_answer_becomes(tmp_path: Path, value: str | float | None, cell: str) -> None:
    columns = [AnswerColumn("Answer", {2: value})]
    _, _, new = answer(book(tmp_path / "b.xlsx", sheet_of(data())), columns=columns)
    begin = new.index(b'<row r="2"')
    row = new[begin : new.index(b"</row>", begin)].decode()
    assert row.partition("<t>c</t></is></c>")[2] == cell


def test_texts_come_back_as_they_were(tmp_path: Path) -> None:
    texts = ["a\x0bb", "_x0041_", " a ", "two\nlines", "=1+1", "😀 & <b>", "-", "ä" * 9]
    columns = [AnswerColumn("Answer", dict(enumerate(texts, 2)))]
    path = book(tmp_path / "b.xlsx", sheet_of(data()))
    out, written, _ = answer(path, columns=columns)
    assert said(out, written)[0][: len(texts)] == texts


def test_a_text_that_is_too_long_is_cut_and_told(tmp_path: Path) -> None:
    columns = [AnswerColumn("Answer", {2: "x" * 40_000, 3: "😀" * 20_000, 4: "y" * 32_767})]
    out, written, _ = answer(book(tmp_path / "b.xlsx", sheet_of(data())), columns=columns)
    one, two, three = said(out, written)[0][:3]
    assert one == "x" * 32_763 + " […]"
    assert two is not None
    assert len(two.encode("utf-16-le")) // 2 in (32_766, 32_767)
    assert three == "y" * 32_767
    assert written.notes == (
        "2 texts had more characters than a cell can hold and were cut there; a mark at the end "
        "says so.",
    )


def test_titles_differ_from_those_of_shared_and_rich_texts(tmp_path: Path) -> None:
    shared = (
        f'<sst xmlns="{raw_books.MAIN}"><si><t>other</t></si><si><r><t>Ans</t></r><r><t>wer</t></r>'
        '<rPh sb="0" eb="1"><t>no</t></rPh></si></sst>'
    )
    sheet = sheet_of(data().replace(text("B1", "label"), '<c r="B1" t="s"><v>1</v></c>'))
    path = book(tmp_path / "b.xlsx", sheet, shared=shared)
    _, written, _ = answer(path)
    assert written.titles == ("Answer (2)", "How sure")


def test_the_new_cells_look_like_their_neighbours(tmp_path: Path) -> None:
    sheet = sheet_of(
        data(style=' s="1"').replace(text("B1", "label"), text("B1", "label", ' s="2"'))
    )
    long = AnswerColumn("Answer", dict.fromkeys(range(2, 12), "word " * 30))
    sure = AnswerColumn("sure", dict.fromkeys(range(2, 12), 0.5), is_share=True)
    out, _, new = answer(book(tmp_path / "b.xlsx", sheet), columns=[long, sure])
    assert b'<c r="C1" s="2" t="inlineStr">' in new
    made = openpyxl.load_workbook(out).active
    assert made is not None
    assert made["C2"].number_format == "General"
    assert made["C2"].alignment.wrap_text
    assert made["D2"].number_format == "0%"
    assert made["B2"].number_format == "mm-dd-yy"
    assert not made["C2"].protection.locked
    styles = patched.part(out, "xl/styles.xml").decode()
    known = raw_books.STYLES.partition("</cellXfs>")
    new_styles = styles.removesuffix(known[1] + known[2])
    assert new_styles.startswith(known[0].replace('cellXfs count="3"', 'cellXfs count="5"'))


def test_a_text_that_looks_like_a_formula_stays_text_when_it_is_edited(tmp_path: Path) -> None:
    columns = [AnswerColumn("Answer", {2: "=1+1", 3: "plain"})]
    out, _, _ = answer(book(tmp_path / "b.xlsx", sheet_of(data())), columns=columns)
    sheet = openpyxl.load_workbook(out).active
    assert sheet is not None
    assert [sheet[place].quotePrefix for place in ("C2", "C3")] == [True, False]
    assert sheet["C2"].data_type != "f" or patched.part(out, SHEET).count(b"<f>") == 0


def test_styles_in_two_forms_are_left_alone(tmp_path: Path) -> None:
    styles = raw_books.STYLES.replace(
        "</cellXfs>",
        '<mc:AlternateContent xmlns:mc="urn:mc"><mc:Fallback><xf/></mc:Fallback>'
        "</mc:AlternateContent></cellXfs>",
    )
    path = book(tmp_path / "b.xlsx", sheet_of(data(style=' s="1"')), styles=styles)
    out, _, new = answer(path)
    assert patched.changed_parts(path, out) == [SHEET]
    assert b'<c r="C2" s="1" t="inlineStr">' in new
    assert b'<c r="D2"><v>0.25</v></c>' in new


@pytest.mark.parametrize(
    ("cols", "expected"),
    [
        ("", "<cols>{C}{D}</cols>"),
        (
            '<cols><col min="1" max="2" width="9"/></cols>',
            '<cols><col min="1" max="2" width="9"/>{C}{D}</cols>',
        ),
        (
            '<cols><col min="2" max="16384" width="0" hidden="1" style="1"/></cols>',
            '<cols><col min="2" max="2" width="0" hidden="1" style="1"/>{C1}{D1}'
            '<col min="5" max="16384" width="0" hidden="1" style="1"/></cols>',
        ),
        (
            '<cols>\n<col min="4" max="4" width="5"/>\n<col min="6" max="7" width="5"/>\n</cols>',
            '<cols>\n{C}{D}\n<col min="6" max="7" width="5"/>\n</cols>',
        ),
    ],
)
def test_widths_never_speak_of_a_column_twice(tmp_path: Path, cols: str, expected: str) -> None:
    _, _, new = answer(book(tmp_path / "b.xlsx", sheet_of(data(), cols)))
    for name, number in (("C", 3), ("D", 4)):
        for dress, style in (("", ""), ("1", ' style="1"')):
            width = 12 if name == "C" else 14
            tag = f'<col min="{number}" max="{number}" width="{width}"{style} customWidth="1"/>'
            expected = expected.replace(f"{{{name}{dress}}}", tag)
    begin, end = new.index(b"<cols>"), new.index(b"</cols>") + 7
    assert new[begin:end].decode() == expected


TABLE = (
    '<table xmlns="{}" id="1" name="T" displayName="T" ref="A1:B{}"{}><autoFilter ref="A1:B11"/>'
    '<tableColumns count="2"><tableColumn id="3" name="text"/><tableColumn id="7" name="label"/>'
    "</tableColumns></table>"
)


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


DRAWING = (
    '<xdr:wsDr xmlns:xdr="urn:x"><xdr:twoCellAnchor><xdr:from><xdr:col>3</xdr:col><xdr:colOff>0'
    "</xdr:colOff></xdr:from><xdr:to><xdr:col>9</xdr:col><xdr:colOff>{}</xdr:colOff></xdr:to>"
    "</xdr:twoCellAnchor></xdr:wsDr>"
)
VML = (
    '<xml xmlns:x="urn:x"><x:ClientData ObjectType="{}"><x:Anchor> 1, 15, 0, 2, 11, 15, 3, 4'
    "</x:Anchor></x:ClientData></xml>"
)
BUSY = {
    "a merged title": (
        "",
        '<mergeCells count="1"><mergeCell ref="A20:F20"/></mergeCells>',
        {},
        "G",
    ),
    "a picture": ("", "", {"xl/drawings/d.xml": ("drawing", DRAWING.format(99))}, "K"),
    "a chart that ends at an edge": (
        "",
        "",
        {"xl/drawings/d.xml": ("drawing", DRAWING.format(0))},
        "J",
    ),
    "a button": ("", "", {"xl/drawings/v.vml": ("vmlDrawing", VML.format("Button"))}, "M"),
    "the box of a comment": (
        "",
        "",
        {"xl/drawings/v.vml": ("vmlDrawing", VML.format("Note"))},
        "C",
    ),
    "a comment": (
        "",
        "",
        {
            "xl/comments1.xml": (
                "comments",
                f'<comments xmlns="{raw_books.MAIN}"><authors/><commentList><comment ref="E4" '
                'authorId="0"><text/></comment></commentList></comments>',
            )
        },
        "F",
    ),
    "a pivot table": (
        "",
        "",
        {"xl/pivotTables/p.xml": ("pivotTable", '<p><location ref="F3:H9"/></p>')},
        "I",
    ),
    "another table": (
        "",
        "",
        {
            "xl/tables/table1.xml": (
                "table",
                TABLE.format(raw_books.MAIN, 11, "").replace("A1:B11", "E1:G5"),
            )
        },
        "H",
    ),
    "sparklines": (
        "",
        '<extLst><ext uri="{A}" xmlns:x14="urn:a" xmlns:xm="urn:b"><x14:sparkline><xm:f>A1:B2</xm:f>'
        "<xm:sqref>E2</xm:sqref></x14:sparkline></ext></extLst>",
        {},
        "F",
    ),
    "empty cells with a look": ('<row r="30"><c r="H30" s="2"/></row>', "", {}, "C"),
    "a remark": (f'<row r="30">{text("H30", "see above")}</row>', "", {}, "I"),
}


@pytest.mark.parametrize(("row", "behind", "beside", "expected"), BUSY.values(), ids=BUSY.keys())
def test_new_columns_stand_behind_all_that_is_in_use(
    tmp_path: Path, row: str, behind: str, beside: dict[str, tuple[str, str]], expected: str
) -> None:
    sheet = sheet_of(data().replace("</sheetData>", row + "</sheetData>"), behind=behind)
    path = book(tmp_path / "b.xlsx", sheet, beside=beside)
    out, options = tmp_path / "out.xlsx", ReadOptions(header_row=1, sheet="Daten")
    columns = [AnswerColumn("Answer", {2: "a"}), AnswerColumn("How sure", {2: 0.5})]
    written = write_answers(path, out, kind="xlsx", options=options, columns=columns)
    assert written.first_column == expected
    assert set(patched.changed_parts(path, out)) <= {SHEET, "xl/styles.xml"}


def test_empty_cells_where_answers_go_are_filled(tmp_path: Path) -> None:
    styled = "".join(f'<c r="{letter}2" s="2"/>' for letter in "CDEF")
    begin = data().index('<row r="2"')
    sheet = data()[:begin] + data()[begin:].replace("</row>", styled + "</row>", 1)
    _, written, new = answer(book(tmp_path / "b.xlsx", sheet_of(sheet)))
    assert written.first_column == "C"
    begin = new.index(b'<row r="2"')
    row = new[begin : new.index(b"</row>", begin)]
    assert re.findall(rb'r="([A-Z]2)"', row) == [b"A2", b"B2", b"C2", b"D2", b"E2", b"F2"]


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
