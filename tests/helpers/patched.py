"""Whether a packed office file that was patched is the old one but for what was put in."""

import re
import struct
import zipfile
from pathlib import Path

_CELL = re.compile(
    rb"""<((?:[\w.-]+:)?)c(?=\s)[^>]*?\sr="([A-Z]+)\d+"[^>]*?(?:/>|>.*?</\1c\s*>)""", re.DOTALL
)
_COLS = re.compile(rb"<((?:[\w.-]+:)?)cols(?:\s[^>]*)?>.*?</\1cols\s*>", re.DOTALL)
_COL = re.compile(rb"""<(?:[\w.-]+:)?col\s([^>]*?)\s*/?>""")
_NEW_ROW = re.compile(rb'<(?:[\w.-]+:)?row r="\d+"></(?:[\w.-]+:)?row>')
_EMPTY_ROW = re.compile(rb"(<((?:[\w.-]+:)?)row(?:\s[^>]*?)?)\s*(?:/>|></\2row\s*>)")
_EMPTY_DATA = re.compile(rb"<((?:[\w.-]+:)?)sheetData(?:\s*/>|></\1sheetData>)")
_VARYING = (
    re.compile(rb"""(<(?:[\w.-]+:)?row\b[^>]*?\sspans=)["'][^"']*["']"""),
    re.compile(rb"""(<(?:[\w.-]+:)?dimension\s[^>]*?ref=)["'][^"']*["']"""),
    re.compile(rb"""(<(?:[\w.-]+:)?autoFilter\s[^>]*?ref=)["'][^"']*["']"""),
)


def entries(path: Path) -> dict[str, bytes]:
    """Each entry's own bytes, packed as they lie, with all that the directory says but its place."""
    found = {}
    with zipfile.ZipFile(path) as archive, path.open("rb") as stream:
        for info in archive.infolist():
            stream.seek(info.header_offset)
            head = stream.read(30)
            sizes = struct.unpack_from("<HH", head, 26)
            body = stream.read(sum(sizes) + info.compress_size)
            about = (
                info.date_time,
                info.compress_type,
                info.flag_bits,
                info.external_attr,
                info.create_system,
                info.comment,
                info.CRC,
                info.file_size,
            )
            found[info.filename] = head + body + repr(about).encode()
    return found


def changed_parts(before: Path, after: Path) -> list[str]:
    """The parts that are not byte for byte what they were; all come in the same order."""
    old, new = entries(before), entries(after)
    assert list(old) == list(new)
    with zipfile.ZipFile(after) as archive:
        assert archive.testzip() is None
    return [name for name in old if old[name] != new[name]]


def column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def without_new(sheet: bytes, first: int) -> bytes:
    """A sheet's XML without cells and widths of columns from `first` on, and without what varies."""

    def drop(found: re.Match[bytes]) -> bytes:
        return b"" if column(found[2]) >= first else found[0]

    sheet = _CELL.sub(drop, sheet)
    sheet = _NEW_ROW.sub(b"", _EMPTY_ROW.sub(rb"\1></row>", _COLS.sub(b"", sheet)))
    sheet = _EMPTY_DATA.sub(b"<sheetData/>", sheet)
    for pattern in _VARYING:
        sheet = pattern.sub(rb'\1""', sheet)
    return sheet


def widths(sheet: bytes, first: int, count: int) -> dict[int, dict[bytes, bytes]]:
    """What a sheet's XML says of each column but the new ones."""
    found = {}
    for match in _COL.finditer(listed[0] if (listed := _COLS.search(sheet)) else b""):
        given = dict(re.findall(rb"""([\w:]+)\s*=\s*["']([^"']*)["']""", match[1]))
        for number in range(int(given.pop(b"min")), int(given.pop(b"max")) + 1):
            if not first <= number < first + count:
                assert number not in found, "two tags speak of one column"
                found[number] = given
    return found


def part(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)
