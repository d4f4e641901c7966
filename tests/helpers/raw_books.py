"""Workbooks written by hand, as programs write them that nobody here can run."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

from tests.corpus import writers
from tests.corpus.writers import XML

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHARED = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPE}.sharedStrings+xml"/>'
STYLES = (
    f'{XML}<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill><patternFill/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0"/>'
    '</cellStyleXfs><cellXfs count="3"><xf numFmtId="0" xfId="0"/><xf numFmtId="14" fontId="0" '
    'xfId="0"><protection locked="0"/></xf><xf numFmtId="0" xfId="0" fillId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
Beside = Mapping[str, tuple[str, str]]
"""What hangs on the sheet: its part → the last word of its relation's type, and its content."""


def book(
    path: Path,
    sheet: str,
    *,
    name: str = "Daten",
    others: Sequence[str] = (),
    beside: Beside | None = None,
    more: Mapping[str, str | bytes] | None = None,
    in_book: str = "",
    styles: str = STYLES,
    shared: str = "",
    target: str = "worksheets/sheet1.xml",
) -> Path:
    """A workbook with this sheet behind `others`.

    Args:
        sheet: XML of the sheet's part.
        others: names of hidden sheets before it.
        more: further parts, as they are.
        shared: the list of texts that cells share.
        in_book: what stands behind the list of sheets.
        target: how the workbook names the sheet's part.
    """
    listed = "".join(
        f'<sheet name={quoteattr(other)} sheetId="{at}" state="hidden" r:id="rId{at}"/>'
        for at, other in enumerate(others, 10)
    )
    related = "".join(
        _relation(f"rId{at}", "worksheet", f"worksheets/other{at}.xml")
        for at in range(10, 10 + len(others))
    )
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'{XML}<Types xmlns="{_PACKAGE}/content-types"><Default '
        f'Extension="xml" ContentType="{_TYPE}.worksheet+xml"/><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override '
        f'PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/><Override '
        f'PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{_SHARED * bool(shared)}</Types>',
        "_rels/.rels": _relations(_relation("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets>{listed}<sheet '
        f'name={quoteattr(name)} sheetId="1" r:id="rId1"/></sheets>{in_book}</workbook>',
        "xl/_rels/workbook.xml.rels": _relations(
            _relation("rId1", "worksheet", target)
            + _relation("rId2", "styles", "styles.xml")
            + _relation("rId3", "sharedStrings", "sharedStrings.xml") * bool(shared)
            + related
        ),
        "xl/worksheets/sheet1.xml": sheet,
        "xl/styles.xml": styles,
    }
    for at in range(10, 10 + len(others)):
        parts[f"xl/worksheets/other{at}.xml"] = sheet_of("<sheetData/>")
    parts |= _hanging(beside or {}) | ({"xl/sharedStrings.xml": shared} if shared else {})
    path.write_bytes(writers.archive(parts | dict(more or {})))
    return path


def _hanging(beside: Beside) -> dict[str, str | bytes]:
    if not beside:
        return {}
    listed = "".join(
        _relation(f"rId{at}", kind, f"/{part}")
        for at, (part, (kind, _)) in enumerate(beside.items(), 1)
    )
    found: dict[str, str | bytes] = {part: content for part, (_, content) in beside.items()}
    return found | {"xl/worksheets/_rels/sheet1.xml.rels": _relations(listed)}


def _relations(listed: str) -> str:
    return f'{XML}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _relation(name: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{name}" Type="{REL}/{kind}" Target="{target}"/>'


def sheet_of(data: str, before: str = "", behind: str = "", namespace: str = MAIN) -> str:
    """A sheet's part."""
    return f'{XML}<worksheet xmlns="{namespace}" xmlns:r="{REL}">{before}{data}{behind}</worksheet>'


def text(place: str, content: str, more: str = "") -> str:
    return f'<c r="{place}"{more} t="inlineStr"><is><t>{content}</t></is></c>'


def rows(count: int = 10, top: int = 1, style: str = "") -> str:
    """A header and so many rows below it, of two columns, as a spreadsheet program writes them."""
    first = f'<row r="{top}" spans="1:2">{text(f"A{top}", "text")}{text(f"B{top}", "label")}</row>'
    return first + "".join(
        f'<row r="{row}" spans="1:2">{text(f"A{row}", f"text {row}")}'
        f"{text(f'B{row}', 'abc'[row % 3], style)}</row>"
        for row in range(top + 1, top + 1 + count)
    )


def data(count: int = 10, top: int = 1, style: str = "") -> str:
    return f"<sheetData>{rows(count, top, style)}</sheetData>"
