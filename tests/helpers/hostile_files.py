"""Small files that are made to harm who reads them, each with what has to be said of it."""

import gzip
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from tests.corpus import writers

ROWS = [("question", "kind")] + [
    (f"Number {n}: is there a table for {n % 9} tonight?", ("Booking", "Menu")[n % 2])
    for n in range(30)
]
_MEMORY = "needs more memory than is set aside for reading it"
_SHEET = "xl/worksheets/sheet1.xml"
_CELL = '<row r="{0}"><c r="{1}{0}" t="inlineStr"><is><t>far</t></is></c></row></sheetData>'
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_DEEP = 3000


@dataclass(frozen=True)
class Hostile:
    """A file: its name, its content, and words of the sentence that it costs; "" if it is read."""

    name: str
    make: Callable[[], bytes]
    words: str = ""


def write_all(folder: Path) -> list[Path]:
    """All of them, in a folder."""
    paths = []
    for hostile in FILES:
        paths.append(folder / hostile.name)
        paths[-1].write_bytes(hostile.make())
    return paths


def _workbook(part: str, before: str, after: str) -> bytes:
    """A usual workbook with one text in one of its parts replaced."""
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    with zipfile.ZipFile(stream) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    text = bytes(parts[part]).decode() if isinstance(parts[part], bytes) else ""
    assert before in text
    return writers.archive({**parts, part: text.replace(before, after)})


def _with_row(row: int, column: str) -> bytes:
    return _workbook(_SHEET, "</sheetData>", _CELL.format(row, column))


def _with_entity() -> bytes:
    return _workbook(_SHEET, "Number 7: is", "&own; is")


def _long_string() -> bytes:
    """A text of a megabyte that stands in thousands of cells, and once in the file."""
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(40, 4500))
    content = _workbook(_SHEET, "</sheetData>", f"{rows}</sheetData>")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    shared = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    parts["xl/sharedStrings.xml"] = (
        f'<sst xmlns="{space}" count="1"><si><t>{"long " * 200_000}</t></si></sst>'
    )
    for part, end, more in (
        (
            "xl/_rels/workbook.xml.rels",
            "</Relationships>",
            f'<Relationship Id="texts" Type="{shared}" Target="sharedStrings.xml"/>',
        ),
        (
            "[Content_Types].xml",
            "</Types>",
            f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/>',
        ),
    ):
        parts[part] = bytes(parts[part]).decode().replace(end, more + end)  # type: ignore[arg-type]
    return writers.archive(parts)


def _open_document(cell: str) -> bytes:
    """A spreadsheet of OpenDocument, whose last row holds a cell of ours."""
    rows = "".join(_row(*map(_paragraph, row)) for row in ROWS) + _row(cell, _paragraph("Menu"))
    content = (
        f'<office:document-content xmlns:office="{_OFFICE}" xmlns:table="{_TABLE}" '
        f'xmlns:text="{_TEXT}"><office:body><office:spreadsheet><table:table table:name="Week">'
        f"{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    listed = (
        f'<m:manifest xmlns:m="{manifest}"><m:file-entry m:full-path="/" m:media-type="{kind}"/>'
        "</m:manifest>"
    )
    return writers.archive(
        {"mimetype": kind, "META-INF/manifest.xml": listed, "content.xml": content}
    )


def _row(*cells: str) -> str:
    begin = '<table:table-cell office:value-type="string">'
    found = "".join(f"{begin}{cell}</table:table-cell>" for cell in cells)
    return f"<table:table-row>{found}</table:table-row>"


def _paragraph(text: str) -> str:
    return f"<text:p>{text}</text:p>"


def _json_lines(value: str) -> bytes:
    line = '{{"question": "Is table {} free?", "kind": {}}}\n'
    return "".join(line.format(number, value) for number in range(30)).encode()


def _deep_mail() -> bytes:
    head = "From: ann@bistro.example\nTo: bob@bistro.example\nSubject: Table\n"
    parts = [f'Content-Type: multipart/mixed; boundary="in{n}"\n\n--in{n}\n' for n in range(_DEEP)]
    return f"{head}{''.join(parts)}\nFor two, please.\n".encode()


def _growing_document() -> bytes:
    """Entities of entities: nine times ten times as long at each step."""
    steps = "".join(f'<!ENTITY s{n} "{f"&s{n - 1};" * 10}">' for n in range(1, 10))
    declared = f'<!DOCTYPE w:document [<!ENTITY s0 "tables ">{steps}]>'
    content = writers.docx(["Is there a table?", "GROWS"])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    text = bytes(parts["word/document.xml"]).decode()  # type: ignore[arg-type]
    start = text.index("<w:document")
    parts["word/document.xml"] = text[:start] + declared + text[start:].replace("GROWS", "&s9;")
    return writers.archive(parts)


def _csv(*more: tuple[str, str]) -> bytes:
    return "".join(f"{question},{kind}\n" for question, kind in [*ROWS, *more]).encode()


PICTURE = "![menu](http:&#47;&#47;pictures.example&#47;menu.png) :material_home: $x^2$.csv"
FILES = (
    Hostile("far cell.xlsx", lambda: _with_row(1_048_576, "XFD"), _MEMORY),
    Hostile("endless row number.xlsx", lambda: _with_row(77_000_000_000, "A"), _MEMORY),
    Hostile("own entity.xlsx", _with_entity, "refers to '&own;', an entity of its own"),
    Hostile("one text in many cells.xlsx", _long_string, _MEMORY),
    Hostile("blanks.ods", lambda: _open_document('<text:p><text:s text:c="1500000000"/></text:p>'),
            _MEMORY),
    Hostile("endless number.jsonl", lambda: _json_lines("8" * 5000),
            "Line 1 of endless number.jsonl holds a number of more than 4,300 digits"),
    Hostile("deep.json", lambda: b"[" * _DEEP + b"]" * _DEEP, "is nested too deep to be read"),
    Hostile("deep.eml", _deep_mail, "parts of it lie within each other, too deep to follow"),
    Hostile("grows.docx", _growing_document, "grows.docx"),
    Hostile("nul.csv", lambda: _csv(("Is \0there\0 one?", "Me\0nu"))),
    Hostile("nothing but nul.csv", lambda: bytes(100_000), "is empty"),
    Hostile("torn.csv.gz", lambda: gzip.compress(_csv())[:-30], "torn.csv"),
    Hostile(PICTURE, _csv),
)  # fmt: skip
