"""Workbooks: XLSX, ODS and XLS, and the envelope that the last of them is in."""

import datetime as dt
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from tests.corpus.writers import XML, Rows, archive


@dataclass(frozen=True)
class Styled:
    """A cell with a number format."""

    value: float | str | dt.date
    code: str
    shown: str
    """How it looks, which OpenDocument keeps."""
    kind: str = "float"
    """What OpenDocument calls its value."""


def xlsx(sheets: Mapping[str, Rows], merged: Sequence[str] = (), first_column: int = 0) -> bytes:
    """A workbook; dates are numbers with a style, as Excel has them."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packages = "http://schemas.openxmlformats.org/package/2006"
    titles = list(sheets)
    codes = _codes(sheets)
    formats = "".join(
        f'<numFmt numFmtId="{n}" formatCode="{escape(code, _QUOTES)}"/>'
        for n, code in enumerate(codes, 164)
    )
    formats = f'<numFmts count="{len(codes)}">{formats}</numFmts>' if codes else ""
    styles = "".join(f'<xf numFmtId="{n}"/>' for n in range(164, 164 + len(codes)))
    listed = "".join(
        f'<sheet name="{escape(title)}" sheetId="{n}" r:id="rId{n}"/>'
        for n, title in enumerate(titles, 1)
    )
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{rel}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(titles) + 1)
    )
    relations += f'<Relationship Id="rId99" Type="{rel}/styles" Target="styles.xml"/>'
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{types}.worksheet+xml"/>'
        for n in range(1, len(titles) + 1)
    )
    parts = {
        "[Content_Types].xml": f'{XML}<Types xmlns="{packages}/content-types"><Default '
        'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{types}.styles+xml"/>{overrides}</Types>',
        "_rels/.rels": f'{XML}<Relationships xmlns="{packages}/relationships"><Relationship '
        f'Id="rId1" Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{XML}<workbook xmlns="{main}" xmlns:r="{rel}"><sheets>{listed}'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{XML}<Relationships xmlns="{packages}/relationships">'
        f"{relations}</Relationships>",
        "xl/styles.xml": f'{XML}<styleSheet xmlns="{main}">{formats}<fonts count="1">'
        '<font/></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>'
        f'<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="{3 + len(codes)}">'
        '<xf numFmtId="0"/>'
        '<xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="22" applyNumberFormat="1"/>'
        f'{styles}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
        "</cellStyles></styleSheet>",
    }
    for number, rows in enumerate(sheets.values(), 1):
        spans = "".join(f'<mergeCell ref="{span}"/>' for span in merged)
        spans = f'<mergeCells count="{len(merged)}">{spans}</mergeCells>' if merged else ""
        body = "".join(
            f'<row r="{r}">{"".join(_cell(v, r, c + first_column, codes) for c, v in enumerate(row))}</row>'
            for r, row in enumerate(rows, 1)
        )
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'{XML}<worksheet xmlns="{main}"><sheetData>{body}</sheetData>{spans}</worksheet>'
        )
    return archive(parts)


_QUOTES = {'"': "&quot;"}


def _codes(sheets: Mapping[str, Rows]) -> list[str]:
    cells = (cell for rows in sheets.values() for row in rows for cell in row)
    return list(dict.fromkeys(cell.code for cell in cells if isinstance(cell, Styled)))


def _cell(value: Any, row: int, column: int, codes: Sequence[str] = ()) -> str:
    place = f"{_letters(column)}{row}"
    if isinstance(value, Styled):
        style = f'<c r="{place}" s="{3 + codes.index(value.code)}"'
        return _cell(_number(value.value), row, column).replace(f'<c r="{place}"', style, 1)
    if value is None:
        return ""
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, dt.date):
        style = 2 if isinstance(value, dt.datetime) else 1
        return f'<c r="{place}" s="{style}"><v>{_number(value)!r}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}"><v>{value!r}</v></c>'
    text = escape(value, {"\r": "&#13;"})
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _days(moment: dt.datetime) -> float:
    return (moment - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)


def _number(value: float | str | dt.date) -> float | str:
    """The value as Excel keeps it."""
    if not isinstance(value, dt.date):
        return value
    return _days(value if isinstance(value, dt.datetime) else dt.datetime(*value.timetuple()[:3]))


def _letters(column: int) -> str:
    high, low = divmod(column, 26)
    return (_letters(high - 1) if high else "") + chr(65 + low)


def ods(sheets: Mapping[str, Rows]) -> bytes:
    """An OpenDocument spreadsheet; equal neighbours are written once, as LibreOffice does."""
    tables = "".join(
        f'<table:table table:name="{escape(title)}">{"".join(map(_ods_row, rows))}</table:table>'
        for title, rows in sheets.items()
    )
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return archive(
        {
            "mimetype": kind,
            "content.xml": f'{XML}<office:document-content{spaces} office:version="1.2">'
            f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
            "</office:document-content>",
            "META-INF/manifest.xml": f'{XML}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:'
            'opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" '
            f'manifest:media-type="{kind}"/></manifest:manifest>',
        }
    )


def _ods_row(row: Sequence[Any]) -> str:
    cells, index = [], 0
    while index < len(row):
        same = 1
        while index + same < len(row) and row[index + same] == row[index]:
            same += 1
        cells.append(_ods_cell(row[index], same))
        index += same
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def _ods_cell(value: Any, same: int) -> str:
    again = f' table:number-columns-repeated="{same}"' if same > 1 else ""
    if value is None:
        return f"<table:table-cell{again}/>"
    if isinstance(value, Styled):
        return _ods_styled(value, again)
    if isinstance(value, dt.date):
        what = f'office:value-type="date" office:date-value="{value.isoformat()}"'
        return f"<table:table-cell{again} {what}><text:p>{value}</text:p></table:table-cell>"
    if isinstance(value, int | float):
        what = f'office:value-type="float" office:value="{value!r}"'
        return f"<table:table-cell{again} {what}><text:p>{value}</text:p></table:table-cell>"
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in value.split("\n"))
    return f'<table:table-cell{again} office:value-type="string">{lines}</table:table-cell>'


def _ods_styled(cell: Styled, again: str) -> str:
    key = {"date": "date-value", "time": "time-value"}.get(cell.kind, "value")
    what = f'office:value-type="{cell.kind}" office:{key}="{cell.value}"'
    return (
        f"<table:table-cell{again} {what}><text:p>{escape(cell.shown)}</text:p></table:table-cell>"
    )


def xls(sheets: Mapping[str, Rows]) -> bytes:
    """A workbook of Excel 97 (BIFF8): labels and numbers."""
    codes = _codes(sheets)
    formats = b"".join(_biff_format(n, code) for n, code in enumerate(codes, 164))
    formats += b"".join(map(_biff_style, [0, *range(164, 164 + len(codes))] if codes else []))
    bodies = [_biff_sheet(rows, codes) for rows in sheets.values()]
    names = [_record(0x85, bytes(6) + bytes([len(t), 0]) + t.encode("latin-1")) for t in sheets]
    start = len(_bof(5)) + len(formats) + sum(map(len, names)) + 4
    listed = []
    for name, body in zip(names, bodies, strict=True):
        listed.append(name[:4] + struct.pack("<I", start) + name[8:])
        start += len(body)
    stream = _bof(5) + formats + b"".join(listed) + _record(0x0A) + b"".join(bodies)
    return envelope({"Workbook": stream})


def _record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _bof(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def _biff_format(number: int, code: str) -> bytes:
    return _record(0x041E, struct.pack("<HHB", number, len(code), 1) + code.encode("utf-16-le"))


def _biff_style(number: int) -> bytes:
    return _record(0xE0, struct.pack("<HHH14x", 0, number, 1))


def _biff_sheet(rows: Rows, codes: Sequence[str]) -> bytes:
    body = _bof(0x10)
    width = max(map(len, rows), default=0)
    body += _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            style = codes.index(value.code) + 1 if isinstance(value, Styled) else 0
            value = _number(value.value) if isinstance(value, Styled) else value
            place = struct.pack("<HHH", r, c, style)
            if isinstance(value, int | float):
                body += _record(0x0203, place + struct.pack("<d", value))
            elif value:
                text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
                body += _record(0x0204, place + text)
    return body + _record(0x0A)


def envelope(streams: Mapping[str, bytes]) -> bytes:
    """The file within a file (OLE2) in which programs of the nineties kept theirs."""
    sectors: list[bytes] = [b"", b""]  # the allocation table and the folder come first
    chain = [0xFFFFFFFD, 0xFFFFFFFE]
    entries = [_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)]
    for number, (name, content) in enumerate(streams.items(), 1):
        content = content.ljust(4096, b"\0")
        pieces = [content[i : i + 512].ljust(512, b"\0") for i in range(0, len(content), 512)]
        begin = len(sectors)
        chain += [*range(begin + 1, begin + len(pieces)), 0xFFFFFFFE]
        sectors += pieces
        after = number + 1 if number < len(streams) else 0xFFFFFFFF
        entries.append(_entry(name, 2, begin, len(content), right=after))
    entries += [bytes(128)] * (4 - len(entries))
    sectors[0] = struct.pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain)))
    sectors[1] = b"".join(entries)
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    return head + struct.pack("<109I", 0, *[0xFFFFFFFF] * 108) + b"".join(sectors)


def _entry(
    name: str, kind: int, begin: int, size: int, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF
) -> bytes:
    title = (name + "\0").encode("utf-16-le")
    entry = title.ljust(64, b"\0") + struct.pack("<HBB", len(title), kind, 1)
    entry += struct.pack("<III", 0xFFFFFFFF, right, child) + bytes(36)
    return entry + struct.pack("<IQ", begin, size)
