"""Workbooks with all that people lose when a library loads and saves them, by several writers."""

import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import openpyxl
import xlsxwriter
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from tests.corpus import writers
from tests.helpers import raw_books

HEADER = ("text", "label", "amount")
TEXTS = [f"Where is order {n}, please? It was due in week {n % 5}." for n in range(1, 41)]
ROWS = [(text, "abc"[n % 3], n * 1.5) for n, text in enumerate(TEXTS)]
_MS = "http://schemas.microsoft.com/office"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def picture() -> BytesIO:
    """A small PNG."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"".join(b"\0" + b"\x40\x80\xc0" * 4 for _ in range(4))))
    return BytesIO(b"\x89PNG\r\n\x1a\n" + head + pixels + chunk(b"IEND", b""))


def by_openpyxl(path: Path) -> Path:
    """Two sheets, a chart, a picture, formats by condition, merged cells, comments, formulas."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Anfragen & mehr"
    sheet.append(["Export of May", None, None])
    sheet.merge_cells("A1:C1")
    sheet.append(HEADER)
    for row in ROWS:
        sheet.append(row)
    for cell in sheet[2]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDDDDD")
    for number in range(3, 43):
        sheet.cell(number, 3).number_format = "#,##0.00 €"
    sheet["A3"].comment = Comment("Ask again", "Ann")
    sheet.conditional_formatting.add(
        "C3:C42", ColorScaleRule("min", None, "FF0000", None, None, None, "max", None, "00FF00")
    )
    choices = DataValidation(type="list", formula1='"a,b,c"')
    choices.add("B3:B42")
    sheet.add_data_validation(choices)
    sheet.freeze_panes = "A3"
    sheet.column_dimensions["A"].width = 55
    sheet.auto_filter.ref = "A2:C42"
    sheet.print_area = "A1:C42"
    other = book.create_sheet("Summen")
    other.append(["sum", "=SUM('Anfragen & mehr'!C3:C42)"])
    book.defined_names["Amounts"] = DefinedName("Amounts", attr_text="'Anfragen & mehr'!$C$3:$C$42")
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=3, min_row=2, max_row=42), titles_from_data=True)
    other.add_chart(chart, "D2")
    other.add_image(Image(picture()), "A5")
    other.sheet_state = "visible"
    book.save(path)
    return path


def by_xlsxwriter(path: Path) -> Path:
    """A table with totals on the second sheet, a chart and a picture beside it, macros."""
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("Titel").write(0, 0, "Report")
    sheet = book.add_worksheet("Tickets")
    bold = book.add_format({"bold": True, "bg_color": "#FFEEAA"})
    money = book.add_format({"num_format": "0.00", "locked": False})
    for number, row in enumerate(ROWS, 1):
        sheet.write_row(number, 0, row)
    sheet.add_table(
        0,
        0,
        len(ROWS) + 1,
        2,
        {
            "name": "Tickets",
            "total_row": True,
            "columns": [
                {"header": "text", "header_format": bold, "total_string": "Total"},
                {"header": "label"},
                {"header": "amount", "total_function": "sum", "format": money},
            ],
            "data": ROWS,
        },
    )
    sheet.conditional_format(1, 2, 40, 2, {"type": "data_bar"})
    sheet.data_validation(1, 1, 40, 1, {"validate": "list", "source": ["a", "b", "c"]})
    sheet.write_comment("B2", "see order")
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 0, 60)
    sheet.set_column(5, 7, 8, None, {"level": 1, "hidden": True})
    charts = book.add_worksheet("Charts")
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=Tickets!$C$2:$C$41"})
    charts.insert_chart("B2", chart)
    charts.insert_image("J2", "p.png", {"image_data": picture()})
    charts.add_sparkline("A1", {"range": "Tickets!C2:C41"})
    charts.insert_textbox("B20", "a box with text")
    if path.suffix == ".xlsm":
        book.add_vba_project(BytesIO(b"\xd0\xcf\x11\xe0 a macro"), is_stream=True)
    book.close()
    return path


def by_hand(path: Path) -> Path:
    """What no library here writes: a pivot table with its slicer, SmartArt, embedded files, threads."""
    main, rel = raw_books.MAIN, raw_books.REL
    sheet = raw_books.sheet_of(
        raw_books.data(40),
        '<dimension ref="A1:B41"/>',
        '<pageMargins left="0.7" right="0.7" top="0.7" bottom="0.7" header="0.3" footer="0.3"/>',
    )
    items = "<items count='1'><item t='default'/></items>"
    fields = f'<pivotField axis="axisRow">{items}</pivotField><pivotField dataField="1"/>'
    beside = {
        "xl/pivotTables/pivotTable1.xml": (
            "pivotTable",
            f'<pivotTableDefinition xmlns="{main}" name="P" cacheId="1" dataCaption="Values">'
            '<location ref="E3:F5" firstHeaderRow="1" firstDataRow="1" firstDataCol="1"/>'
            f'<pivotFields count="2">{fields}</pivotFields></pivotTableDefinition>',
        ),
        "xl/threadedComments/threadedComment1.xml": (
            "threadedComment",
            f'<ThreadedComments xmlns="{_MS}/spreadsheetml/2018/threadedcomments">'
            '<threadedComment ref="A2" dT="2024-05-01T10:00:00.00" personId="{A}" id="{B}">'
            "<text>really?</text></threadedComment></ThreadedComments>",
        ),
        "xl/comments1.xml": (
            "comments",
            f'<comments xmlns="{main}"><authors><author>tc={{B}}</author></authors><commentList>'
            '<comment ref="A2" authorId="0"><text><t>[Threaded comment] really?</t></text>'
            "</comment></commentList></comments>",
        ),
        "xl/slicers/slicer1.xml": (
            "slicer",
            f'<slicers xmlns="{_MS}/spreadsheetml/2009/9/main"><slicer name="S" cache="C"/>'
            "</slicers>",
        ),
    }
    more = {
        "xl/pivotCache/pivotCacheDefinition1.xml": f'<pivotCacheDefinition xmlns="{main}" '
        f'xmlns:r="{rel}" refreshOnLoad="1"><cacheSource type="worksheet"><worksheetSource '
        'ref="A1:B41" sheet="Daten"/></cacheSource><cacheFields count="2"><cacheField name="text"/>'
        '<cacheField name="label"/></cacheFields></pivotCacheDefinition>',
        "xl/slicerCaches/slicerCache1.xml": "<slicerCacheDefinition/>",
        "xl/diagrams/data1.xml": "<dgm:dataModel xmlns:dgm='urn:d'/>",
        "xl/diagrams/layout1.xml": "<dgm:layoutDef xmlns:dgm='urn:d'/>",
        "xl/embeddings/oleObject1.bin": bytes(range(256)) * 9,
        "xl/embeddings/Microsoft_Word_Document.docx": b"PK\x03\x04 a document",
        "xl/persons/person.xml": "<personList/>",
        "xl/calcChain.xml": f'<calcChain xmlns="{main}"/>',
        "xl/externalLinks/externalLink1.xml": f'<externalLink xmlns="{main}"/>',
        "xl/ctrlProps/ctrlProp1.xml": "<formControlPr/>",
        "xl/printerSettings/printerSettings1.bin": bytes(64),
        "customXml/item1.xml": "<label value='internal'/>",
        "docProps/app.xml": "<Properties/>",
    }
    return raw_books.book(path, sheet, beside=beside, more=more)


def by_a_stream(path: Path) -> Path:
    """As programs write that cannot go back in their output: sizes behind the data, 64 bits."""
    source = raw_books.book(path.with_name("plain.xlsx"), raw_books.sheet_of(raw_books.data(40)))

    class OneWay(BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: int) -> int:
            raise OSError("one way")

        def tell(self) -> int:
            raise OSError("one way")

    target = OneWay()
    with (
        zipfile.ZipFile(source) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            with new.open(zipfile.ZipInfo(name, (2021, 3, 4, 5, 6, 8)), "w", force_zip64=True) as s:
                s.write(old.read(name))
    path.write_bytes(target.getvalue())
    return path


def by_an_export(path: Path) -> Path:
    """As business software writes: names with a prefix, no places, one line, nothing else."""
    rows = "".join(
        f'<x:row><x:c t="inlineStr"><x:is><x:t>{text}</x:t></x:is></x:c><x:c t="str"><x:v>{label}'
        f"</x:v></x:c><x:c><x:v>{amount}</x:v></x:c></x:row>"
        for text, label, amount in ROWS
    )
    header = "".join(f'<x:c t="str"><x:v>{name}</x:v></x:c>' for name in HEADER)
    sheet = (
        f'{writers.XML}<x:worksheet xmlns:x="{raw_books.MAIN}"><x:sheetData><x:row>{header}</x:row>'
        f"{rows}</x:sheetData></x:worksheet>"
    )
    return raw_books.book(path, sheet, name="Export 1")


BOOKS: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "openpyxl": ("a.xlsx", by_openpyxl),
    "XlsxWriter": ("b.xlsx", by_xlsxwriter),
    "XlsxWriter with macros": ("c.xlsm", by_xlsxwriter),
    "by hand, pivot and slicer": ("d.xlsx", by_hand),
    "by hand, as a stream": ("e.xlsx", by_a_stream),
    "by hand, as an export": ("f.xlsx", by_an_export),
}
"""By who writes it: the file's name, and how it is made."""
