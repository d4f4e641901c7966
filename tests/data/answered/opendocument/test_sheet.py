"""Answers in OpenDocument spreadsheets: new cells, and all else byte for byte."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.corpus import writers
from tests.corpus.writers import XML
from tests.helpers import patched
from workbench.core.errors import WorkbenchError
from workbench.data.answered.columns import AnswerColumn, Written
from workbench.data.answered.write import write_answers
from workbench.data.readers import ReadOptions, read_table

_NAMES = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "style", "draw")
)
MIME = "application/vnd.oasis.opendocument.spreadsheet"


def content(rows: str, *, name: str = "Daten", columns: str = "", behind: str = "") -> str:
    columns = columns or '<table:table-column table:number-columns-repeated="16384"/>'
    first = '<table:table table:name="Erste"><table:table-row><table:table-cell/></table:table-row>'
    return (
        f"{XML}<office:document-content{_NAMES}><office:body><office:spreadsheet>{first}"
        f'</table:table><table:table table:style-name="ta1" table:name="{name}">{columns}{rows}'
        f"</table:table>{behind}</office:spreadsheet></office:body></office:document-content>"
    )


def book(path: Path, xml: str, more: dict[str, str] | None = None) -> Path:
    parts: dict[str, str | bytes] = {
        "mimetype": MIME,
        "Configurations2/": "",
        "content.xml": xml,
        "styles.xml": f"{XML}<office:document-styles{_NAMES}/>",
        "META-INF/manifest.xml": f"{XML}<manifest/>",
    }
    path.write_bytes(writers.archive(parts | dict(more or {})))
    return path


def cell(text: str, more: str = "") -> str:
    return f'<table:table-cell office:value-type="string"{more}><text:p>{text}</text:p></table:table-cell>'


def row(*cells: str, more: str = "") -> str:
    return f"<table:table-row{more}>{''.join(cells)}</table:table-row>"


def new(text: str, style: str = "") -> str:
    dress = f' table:style-name="{style}"' if style else ""
    return (
        f'<table:table-cell{dress} office:value-type="string"><text:p>{text}</text:p>'
        "</table:table-cell>"
    )


def answer(
    path: Path, columns: Sequence[AnswerColumn] | None = None, header_row: int | None = None
) -> tuple[Path, Written, str]:
    """Answer a spreadsheet, and see that only its content changed, and reads as before."""
    table = read_table(path, options=ReadOptions(sheet="Daten", header_row=header_row))
    numbers = table.row_numbers.to_pylist()
    columns = columns or [AnswerColumn("Answer", {n: f"about {n}" for n in numbers})]
    out = path.with_name("out.ods")
    written = write_answers(path, out, kind=table.kind, options=table.options, columns=columns)
    assert patched.changed_parts(path, out) == ["content.xml"]
    again = read_table(out, table.name, written.options)
    assert again.row_numbers.to_pylist() == numbers
    for name in table.columns:
        assert again.cells(name) == table.cells(name)
    for title, column in zip(written.titles, columns, strict=True):
        if all(isinstance(value, str) for value in column.values.values()):
            assert again.cells(title) == [column.values.get(n) for n in numbers]
    return out, written, patched.part(out, "content.xml").decode()


FILLER = '<table:table-cell table:number-columns-repeated="16382"/>'
HEADER = row(cell("text"), cell("label", ' table:style-name="ce9"'), FILLER)
ROWS = HEADER + "".join(
    row(cell(f"text {n}"), cell("abc"[n % 3], ' table:style-name="ce1"'), FILLER)
    for n in range(2, 12)
)
END = row(
    '<table:table-cell table:number-columns-repeated="16384"/>',
    more=' table:number-rows-repeated="1048565"',
)
SHORTER = '<table:table-cell table:number-columns-repeated="16381"/>'


def test_new_cells_take_the_place_of_the_filler(tmp_path: Path) -> None:
    path = book(tmp_path / "b.ods", content(ROWS + END))
    _, written, xml = answer(path)
    expected = content(ROWS + END)
    expected = expected.replace(FILLER, new("Answer", "ce9") + SHORTER, 1)
    for number in range(2, 12):
        expected = expected.replace(FILLER, new(f"about {number}", "ce1") + SHORTER, 1)
    assert xml == expected
    assert (written.titles, written.first_column, written.rows) == (("Answer",), "C", 10)


def test_blanks_and_comments_between_cells_stay(tmp_path: Path) -> None:
    gap = "\n  <!-- a <table:table-cell/> -->\n "
    airy = ROWS.replace("><table:table-cell", f">{gap}<table:table-cell")
    airy = airy.replace("</table:table-row>", "\n</table:table-row>\n")
    path, out = book(tmp_path / "b.ods", content(airy)), tmp_path / "out.ods"
    columns = [AnswerColumn("Answer", {n: f"about {n}" for n in range(2, 12)})]
    options = ReadOptions(sheet="Daten", header_row=1)
    write_answers(path, out, kind="xlsx", options=options, columns=columns)
    xml = patched.part(out, "content.xml").decode()
    for number in range(2, 12):
        xml = xml.replace(new(f"about {number}", "ce1") + SHORTER, gap + FILLER)
    assert xml.replace(new("Answer", "ce9") + SHORTER, gap + FILLER) == content(airy)


def test_repeated_rows_are_cut_apart_where_answers_differ(tmp_path: Path) -> None:
    same = row(cell("same"), cell("x"), more=' table:number-rows-repeated="5"')
    rows = HEADER + "".join(row(cell(f"t {n}"), cell("y")) for n in range(2, 10)) + same
    path = book(tmp_path / "b.ods", content(rows))
    columns = [AnswerColumn("Answer", {11: "one", 13: "two"})]
    _, _, xml = answer(path, columns)
    once = row(cell("same"), cell("x"))
    assert xml.partition(row(cell("t 9"), cell("y")))[2].partition("</table:table>")[0] == (
        once
        + row(cell("same"), cell("x"), new("one"))
        + once
        + row(cell("same"), cell("x"), new("two"))
        + once
    )


def test_rows_in_groups_and_headers_and_cells_that_repeat(tmp_path: Path) -> None:
    twice = '<table:table-cell table:number-columns-repeated="2" office:value-type="float" '
    twice += 'office:value="7"><text:p>7</text:p></table:table-cell>'
    rows = f"<table:table-header-rows>{row(cell('text'), cell('a'), cell('b'))}"
    rows += "</table:table-header-rows><table:table-row-group>"
    rows += "".join(row(cell(f"text {n}"), twice) for n in range(2, 12))
    rows += "</table:table-row-group>" + row(
        '<table:covered-table-cell table:number-columns-repeated="2"/>'
    )
    path = book(tmp_path / "b.ods", content(rows))
    _, written, xml = answer(path)
    assert written.first_column == "D"
    assert row(cell("text 2"), twice, new("about 2")) in xml


def test_rows_that_are_too_short_are_filled_up(tmp_path: Path) -> None:
    rows = HEADER + "".join(row(cell(f"text {n}")) for n in range(2, 12))
    _, _, xml = answer(book(tmp_path / "b.ods", content(rows)))
    assert row(cell("text 2"), "<table:table-cell/>", new("about 2")) in xml


def test_texts_come_back_as_they_were(tmp_path: Path) -> None:
    texts = ["two\nlines", "a  b   c", " edge ", '<&">', "😀", "=1+1", "-", "", "x"]
    columns = [AnswerColumn("Answer", {n: text or "y" for n, text in enumerate(texts, 2)})]
    _, _, xml = answer(book(tmp_path / "b.ods", content(ROWS)), columns)
    assert new("two</text:p><text:p>lines", "ce1") in xml
    assert 'a <text:s text:c="1"/>b <text:s text:c="2"/>c' in xml


def test_values_that_are_no_texts(tmp_path: Path) -> None:
    columns = [
        AnswerColumn("sure", {2: 0.25, 3: 0.5}, is_share=True),
        AnswerColumn("number", {2: 3, 3: 1.5}),
        AnswerColumn("check", {2: True, 3: False}),
    ]
    out, written, xml = answer(book(tmp_path / "b.ods", content(ROWS)), columns)
    assert 'office:value-type="percentage" office:value="0.25"><text:p>25%' in xml
    assert 'office:value-type="boolean" office:boolean-value="true"' in xml
    table = read_table(out, options=written.options)
    assert [table.cells(title)[:2] for title in written.titles] == [
        ["25%", "50%"],
        ["3", "1.5"],
        ["TRUE", "FALSE"],
    ]


def test_what_the_file_cannot_hold_is_told(tmp_path: Path) -> None:
    columns = [AnswerColumn("Answer", {2: "a\x0bb", 3: "x" * 40_000})]
    path = book(tmp_path / "b.ods", content(ROWS))
    out = tmp_path / "out.ods"
    options = ReadOptions(sheet="Daten", header_row=1)
    written = write_answers(path, out, kind="xlsx", options=options, columns=columns)
    assert new("a b", "ce1") in patched.part(out, "content.xml").decode()
    assert [note.partition(" ")[0] for note in written.notes] == ["1", "In"]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (
            '<table:table-column table:number-columns-repeated="2"/>',
            '<table:table-column table:number-columns-repeated="2"/><table:table-column/>',
        ),
        (
            '<table:table-column table:visibility="collapse" table:number-columns-repeated="9"/>',
            '<table:table-column table:visibility="collapse" table:number-columns-repeated="2"/>'
            "<table:table-column/>"
            '<table:table-column table:visibility="collapse" table:number-columns-repeated="6"/>',
        ),
    ],
    ids=["too few", "hidden"],
)
def test_the_new_columns_are_there_to_see(tmp_path: Path, columns: str, expected: str) -> None:
    _, _, xml = answer(book(tmp_path / "b.ods", content(ROWS, columns=columns)))
    begin = xml.index("<table:table-column")
    assert xml[begin : xml.index("<table:table-row", begin)] == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("Daten.A1:Daten.B11", "Daten.A1:Daten.C11"),
        ("$Daten.$A$1:.$B$11", "$Daten.$A$1:.$C$11"),
        (
            "&apos;Daten&apos;.A1:&apos;Daten&apos;.B11",
            "&apos;Daten&apos;.A1:&apos;Daten&apos;.C11",
        ),
        ("Erste.A1:Erste.B11", "Erste.A1:Erste.B11"),
        ("Daten.A2:Daten.B11", "Daten.A2:Daten.B11"),
        ("Daten.A1:Daten.A11", "Daten.A1:Daten.A11"),
    ],
)
def test_a_filter_beside_the_answers_reaches_over_them(
    tmp_path: Path, address: str, expected: str
) -> None:
    ranges = (
        '<table:database-ranges><table:database-range table:name="f" '
        'table:target-range-address="{}" table:display-filter-buttons="true"/>'
        "</table:database-ranges>"
    )
    path = book(tmp_path / "b.ods", content(ROWS, behind=ranges.format(address)))
    _, _, xml = answer(path)
    assert xml.endswith(
        ranges.format(expected) + "</office:spreadsheet></office:body></office:document-content>"
    )


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ('<draw:frame table:end-cell-address="Daten.F9"/>', "G"),
        ('<draw:frame table:end-cell-address="&apos;Da.ten&apos;.$AA$9"/>', "AB"),
        ("<office:annotation><text:p>note</text:p></office:annotation>", "E"),
    ],
    ids=["a picture", "a chart", "a comment"],
)
def test_new_columns_stand_behind_all_that_is_in_use(
    tmp_path: Path, more: str, expected: str
) -> None:
    busy = f"<table:table-cell>{more}</table:table-cell>"
    rows = ROWS.replace(FILLER, "<table:table-cell/>" + busy, 1)
    path, out = book(tmp_path / "b.ods", content(rows)), tmp_path / "out.ods"
    columns = [AnswerColumn("Answer", {2: "a"})]
    options = ReadOptions(sheet="Daten", header_row=1)
    written = write_answers(path, out, kind="xlsx", options=options, columns=columns)
    assert written.first_column == expected


def test_column_names_that_come_again_get_the_titles_again(tmp_path: Path) -> None:
    rows = ROWS + HEADER + row(cell("text 13"), cell("b"))
    _, _, xml = answer(book(tmp_path / "b.ods", content(rows)))
    assert xml.count(new("Answer", "ce9")) == 2


def test_locks_and_a_signature_are_told(tmp_path: Path) -> None:
    locked = {"META-INF/manifest.xml": "<manifest:encryption-data/>"}
    path, options = book(tmp_path / "b.ods", content(ROWS), locked), ReadOptions(sheet="Daten")
    columns = [AnswerColumn("Answer", {2: "a"})]
    with pytest.raises(WorkbenchError, match="protected by a password"):
        write_answers(path, tmp_path / "o.ods", kind="xlsx", options=options, columns=columns)
    closed = content(ROWS).replace(
        'table:name="Daten"', 'table:name="Daten" table:protected="true"'
    )
    _, written, _ = answer(book(tmp_path / "b.ods", closed))
    assert written.notes[0].startswith("Sheet 'Daten' is protected")
    signed = {"META-INF/documentsignatures.xml": "<s/>"}
    _, written, _ = answer(book(tmp_path / "b.ods", content(ROWS), signed))
    assert "signature is void" in written.notes[0]
