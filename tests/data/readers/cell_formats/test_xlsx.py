"""Cells of workbooks read as they look: number formats in the files themselves."""

import datetime as dt
import itertools
import re
import zipfile
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.corpus import books, writers
from tests.corpus.books import Styled
from tests.helpers.conversion_jobs import converted, table_in
from workbench.data.bulk import read_file
from workbench.data.readers import ReadOptions, Table, read_table
from workbench.data.readers.cell_formats import ods, xls, xlsx, xml_stream

Cell = tuple[Any, str]
_numbers = itertools.count()


def _book(path: Path, columns: dict[str, Cell | Sequence[Cell]], corner: str = "A1") -> Path:
    """A workbook of these columns, whose cells are values with their formats."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    start = sheet[corner]
    for right, (name, cells) in enumerate(columns.items()):
        sheet.cell(start.row, start.column + right, name)
        some = [cells] if isinstance(cells, tuple) else cells
        for down, (value, code) in enumerate(some, 1):  # type: ignore[misc]
            cell = sheet.cell(start.row + down, start.column + right, value)
            cell.number_format = code
    book.save(path)
    return path


@pytest.fixture(params=["at once", "row by row"])
def read(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Path], Table]:
    """Reads a workbook as small ones are read, or as large ones are."""
    if request.param == "at once":
        return read_table
    monkeypatch.setattr(read_file, "SMALL_BYTES", 0)

    def row_by_row(path: Path) -> Table:
        folder = tmp_path / f"job-{next(_numbers)}"
        assert converted(path, folder)["status"] == "succeeded"
        return table_in(folder)

    return row_by_row


def test_a_workbook_is_read_as_it_looks(read: Callable[[Path], Table], tmp_path: Path) -> None:
    columns: dict[str, Cell] = {
        "share": (0.15, "0 %"),
        "amount": (1234.5, "#,##0.00 [$€-407]"),
        "customer": (123, "00000"),
        "price": (3.5, "0.00"),
        "hours": (dt.timedelta(hours=36, minutes=5), "[h]:mm"),
        "day": (dt.date(2024, 3, 5), "dd.mm.yyyy"),
        "month": (dt.date(2024, 3, 5), "mmm yy"),
        "at": (dt.datetime(2024, 3, 5, 14, 30), "d. mmmm yyyy h:mm"),
        "time": (dt.time(8, 15), "h:mm AM/PM"),
        "size": (12345, "0.00E+00"),
        "half": (2.5, "# ?/?"),
        "text": ("a  note", '0;0;0;"T: "@'),
        "yes": (True, "0.00"),
    }

    table = read(_book(tmp_path / "b.xlsx", columns))

    assert table.data.to_pylist() == [
        {
            "share": "15 %",
            "amount": "1.234,50 €",
            "customer": "00123",
            "price": "3.50",
            "hours": "36:05",
            "day": "05.03.2024",
            "month": "Mar 24",
            "at": "5. March 2024 14:30",
            "time": "8:15 AM",
            "size": "1.23E+04",
            "half": "2 1/2",
            "text": "T: a  note",
            "yes": "TRUE",
        }
    ]


def test_dates_that_might_be_misread_or_follow_the_region_stay_iso(
    read: Callable[[Path], Table], tmp_path: Path
) -> None:
    day, moment = dt.date(2024, 3, 5), dt.datetime(2024, 3, 5, 14, 30)
    columns: dict[str, Cell] = {
        "american": (day, "m/d/yyyy"),
        "british": (day, "dd/mm/yyyy"),
        "no year": (day, "d-mmm"),
        "region": (day, "mm-dd-yy"),
        "region, too": (moment, "m/d/yy h:mm"),
        "long": (moment, "[$-F800]dddd, mmmm dd, yyyy"),
        "early": (dt.date(1954, 10, 3), "dd.mm.yy"),
    }

    table = read(_book(tmp_path / "b.xlsx", columns))

    shown = table.data.to_pylist()[0]
    assert list(shown.values()) == [
        *["2024-03-05"] * 4, *["2024-03-05 14:30"] * 2, "1954-10-03",
    ]  # fmt: skip


def test_looks_stand_in_their_cells_wherever_the_table_begins(
    read: Callable[[Path], Table], tmp_path: Path
) -> None:
    cells = [(number, "00000" if number % 2 else "General") for number in range(1, 7)]
    texts = [(f"Mail {number}", "General") for number in range(1, 7)]
    path = _book(tmp_path / "b.xlsx", {"text": texts, "customer": cells}, "D5")
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["D2"] = "Customers of March"
    book.worksheets[0].merge_cells("E6:E7")
    book.save(path)

    table = read(path)

    assert table.row_numbers.to_pylist() == [6, 7, 8, 9, 10, 11]
    assert table.cells("customer") == ["00001", "00001", "00003", "4", "00005", "6"]


def test_a_sheet_of_several_is_looked_at_by_its_name(tmp_path: Path) -> None:
    path = _book(tmp_path / "b.xlsx", {"text": ("a", "General"), "n": (1, "000")})
    book = openpyxl.load_workbook(path)
    other = book.create_sheet("Other & more")
    other.append(["text", "n"])
    other.append(["b", 0.5])
    other["B2"].number_format = "0%"
    book.save(path)

    assert read_table(path).cells("n") == ["001"]
    assert read_table(path, options=ReadOptions(sheet="Other & more")).cells("n") == ["50%"]


def test_days_from_1904_are_those_of_the_calendar(
    read: Callable[[Path], Table], tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.worksheets[0]
    sheet.append(["text", "day", "region"])
    sheet.append(["a", dt.date(2024, 3, 5), dt.date(2024, 3, 5)])
    sheet["B2"].number_format, sheet["C2"].number_format = "dd.mm.yyyy", "mm-dd-yy"
    book.save(tmp_path / "b.xlsx")

    table = read(tmp_path / "b.xlsx")

    assert (table.cells("day"), table.cells("region")) == (["05.03.2024"], ["2024-03-05"])


def test_the_error_of_a_formula_is_an_empty_cell(
    read: Callable[[Path], Table], tmp_path: Path
) -> None:
    path = _book(tmp_path / "b.xlsx", {"text": ("a", "General"), "n": ("#N/A", "0.00")})
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["B2"].data_type = "e"
    book.save(path)

    assert read(path).cells("n") == [None]


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE s [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE s SYSTEM "file:///etc/hostname">',
    ],
)
def test_styles_that_declare_entities_are_not_looked_at(tmp_path: Path, declared: str) -> None:
    path = _with_part(
        _book(tmp_path / "b.xlsx", {"text": ("a", "General"), "n": (1, "000")}),
        "xl/styles.xml",
        lambda styles: (
            styles.replace("?>", "?>" + declared, 1) if "?>" in styles else declared + styles
        ),
    )

    assert read_table(path).cells("n") == ["1"]


def test_a_part_that_is_missing_or_damaged_leaves_the_values(tmp_path: Path) -> None:
    columns = {"text": ("a", "General"), "n": (1, "000")}
    for part, change in (
        ("xl/styles.xml", lambda text: text.replace("</numFmts>", "")),
        ("xl/styles.xml", lambda text: text.replace('numFmtId="164"', 'numFmtId="x"')),
    ):
        path = _with_part(_book(tmp_path / "b.xlsx", columns), part, change)
        looks = xlsx.looks(path)

        assert (looks, list(xlsx.render_cells(path, "Sheet", looks))) == ({}, [])


def test_styles_that_unpack_to_far_too_much_are_not_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _book(tmp_path / "b.xlsx", {"text": ("a", "General"), "n": (1, "000")})
    assert xlsx.looks(path)

    monkeypatch.setattr(xml_stream, "LARGEST_PART", 1000)

    assert xlsx.looks(path) == {}


def test_elements_may_have_a_prefix_and_cells_no_names(tmp_path: Path) -> None:
    path = _book(tmp_path / "b.xlsx", {"text": ("a", "General"), "n": (1, "000")})

    def prefixed(text: str) -> str:
        text = re.sub(r' r="[A-Z]*\d+"', "", text)
        text = text.replace("xmlns=", "xmlns:x=")
        return re.sub(r"<(/?)(\w)", r"<\1x:\2", text)

    path = _with_part(path, "xl/worksheets/sheet1.xml", prefixed)

    assert list(xlsx.render_cells(path, "Sheet", xlsx.looks(path))) == [(1, {1: "001"})]


_ODS = """<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x">
<office:body><office:spreadsheet><table:table table:name="Other"><table:table-row>
<table:table-cell office:value-type="float" office:value="9"><text:p>nine</text:p></table:table-cell>
</table:table-row></table:table><table:table table:name="S">{rows}</table:table>
</office:spreadsheet></office:body></office:document-content>"""


def _ods(folder: Path, rows: str) -> dict[int, dict[int, Any]]:
    path = folder / f"{next(_numbers)}.ods"
    path.write_bytes(writers.archive({"content.xml": _ODS.replace("{rows}", rows)}))
    return dict(itertools.islice(ods.render_cells(path, "S"), 20))


def _cell(text: str, kind: str = "float", more: str = "") -> str:
    return (
        f'<table:table-cell office:value-type="{kind}" {more}><text:p>{text}</text:p>'
        "</table:table-cell>"
    )


def test_texts_of_an_open_document_stand_where_cells_and_rows_are_repeated(tmp_path: Path) -> None:
    rows = (
        '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
        '<table:table-row table:number-rows-repeated="2">'
        '<table:table-cell table:number-columns-repeated="2"/>'
        + _cell("007", more='table:number-columns-repeated="2"')
        + '<table:covered-table-cell table:number-columns-repeated="3"/>'
        + _cell("12,5\u00a0%", "percentage")
        + "</table:table-row>"
        + f"<table:table-row>{_cell('1 234,50 €', 'currency')}</table:table-row>"
    )

    line = {2: "007", 3: "007", 7: "12,5 %"}
    assert _ods(tmp_path, rows) == {2: line, 3: line, 4: {0: "1 234,50 €"}}


def test_of_a_cell_of_an_open_document_its_own_paragraphs_count(tmp_path: Path) -> None:
    comment = "<office:annotation><text:p>See there</text:p></office:annotation>"
    cells = [
        _cell("7").replace("<text:p>", f"{comment}<text:p>"),
        _cell("1<text:span>2<text:s/>3</text:span></text:p><text:p>km"),
        _cell("###"),
        _cell("a", "string"),
        _cell("TRUE", "boolean"),
        _cell("#N/A", "string", 'calcext:value-type="error" xmlns:calcext="c"'),
    ]

    found = _ods(tmp_path, f"<table:table-row>{''.join(cells)}</table:table-row>")

    assert found == {0: {0: "7", 1: "12 3\nkm", 5: ""}}


@pytest.mark.parametrize(
    ("text", "is_shown"),
    [
        ("05.03.2024", True),
        ("05.03.24", True),
        ("5. März 2024", True),
        ("Dienstag", True),
        ("Mrz 24", True),
        ("2024", True),
        ("03/05/2024", False),
        ("05-03-24", False),
        ("5. Mrz", False),
        ("06.03.2024", False),
    ],
)
def test_a_date_of_an_open_document_is_shown_unless_it_may_be_misread(
    tmp_path: Path, text: str, is_shown: bool
) -> None:
    cell = _cell(text, "date", 'office:date-value="2024-03-05"')

    found = _ods(tmp_path, f"<table:table-row>{cell}</table:table-row>")

    assert found == ({0: {0: text}} if is_shown else {})


def test_an_old_workbook_that_is_large_or_odd_keeps_its_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "b.xls"
    path.write_bytes(books.xls({"S": [("text", "n"), ("a b", Styled(7, "000", "007"))]}))
    odd = tmp_path / "odd.xls"
    odd.write_bytes(path.read_bytes().replace(b"\x1e\x04", b"\x1e\xff", 1)[:2000])

    assert list(xls.render_cells(path, "S")) == [(1, {1: "007"})]
    assert list(xls.render_cells(odd, "S")) == []
    monkeypatch.setattr(xls, "LARGEST_BYTES", 100)
    assert list(xls.render_cells(path, "S")) == []


def _with_part(path: Path, part: str, change: Callable[[str], str]) -> Path:
    """The file with another content of a part."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part].decode()).encode()
    path.write_bytes(writers.archive(parts))
    return path


def test_what_stands_behind_the_rows_is_not_part_of_the_last_number(tmp_path: Path) -> None:
    path = _book(tmp_path / "t.xlsx", {"text": [("a", "General")] * 3, "sure": [(0.5, "0%")] * 3})
    printed = "</sheetData><headerFooter><oddHeader>&amp;C&amp;P</oddHeader></headerFooter>"
    path = _with_part(
        path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace("</sheetData>", printed)
    )
    assert read_table(path).cells("sure") == ["50%"] * 3


_QUICK = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_QUICK
@given(
    numbers=st.lists(
        st.tuples(st.floats(-1e9, 1e9), st.integers(0, 4), st.booleans()), min_size=1, max_size=8
    )
)
def test_any_number_is_read_as_its_decimals_say(
    tmp_path: Path, numbers: list[tuple[float, int, bool]]
) -> None:
    cells = [
        (value, ("#,##0" if grouped else "0") + ("." + "0" * places if places else ""))
        for value, places, grouped in numbers
    ]

    table = read_table(_book(tmp_path / f"{next(_numbers)}.xlsx", {"label": cells}),
                       options=ReadOptions(header_row=1))  # fmt: skip

    expected = []
    for value, places, grouped in numbers:
        exact = abs(Decimal(f"{value:.15g}")).quantize(Decimal(10) ** -places, ROUND_HALF_UP)
        sign = "-" if value < 0 else ""
        expected.append(sign + (f"{exact:,f}" if grouped else f"{exact:f}"))
    assert table.cells("label") == expected
