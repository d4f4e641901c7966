"""How far to the right a sheet is in use: behind all of that the new columns go."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from workbench.core.errors import WorkbenchError
from workbench.data.answered.columns import column_of
from workbench.data.answered.excel.parts import Sheet, elements
from workbench.data.answered.excel.row_cells import Cell, cells, last_cell
from workbench.data.answered.package import Package
from workbench.data.answered.sheet_xml import Head, Row, Tail, hidden, pieces

LAST = 16_384
"""The columns that a sheet can have."""
_REF = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d+)(?::\$?([A-Za-z]{1,3})\$?(\d+))?")
_MARKED = re.compile(
    rb"""<(?:[\w.-]+:)?(?:mergeCell|hyperlink)\s[^>]*?\bref\s*=\s*["']([A-Z0-9:]+)["']"""
)
_SPARK = re.compile(
    rb"<(?:[\w.-]+:)?sparkline[\s>](?:(?!</).)*?(?:<(?:[\w.-]+:)?f>[^<]*</[^>]*>\s*)?"
    rb"<(?:[\w.-]+:)?sqref>([^<]+)<",
    re.DOTALL,
)
_ANCHOR = re.compile(
    rb"<(?:[\w.-]+:)?col>\s*(\d+)\s*</(?:[\w.-]+:)?col>\s*<(?:[\w.-]+:)?colOff>\s*(-?\d+)"
)
_ONE_CELL = re.compile(
    rb"""<(?:[\w.-]+:)?oneCellAnchor.*?<(?:[\w.-]+:)?col>\s*(\d+).*?<(?:[\w.-]+:)?ext\s[^>]*?"""
    rb"""\bcx\s*=\s*["'](\d+)""",
    re.DOTALL,
)
_CONTROL = re.compile(
    rb"""<x:ClientData\s+ObjectType\s*=\s*["'](?!Note["'])\w+["'](?:(?!</x:ClientData).)*?"""
    rb"""<x:Anchor>([^<]*)<""",
    re.DOTALL,
)
_USUAL_COLUMN = 609_600
"""English metric units (914,400 an inch) of a column that nobody has changed."""


@dataclass(frozen=True)
class Range:
    """A rectangle of cells, columns and rows from 1, both ends included."""

    left: int
    top: int
    right: int
    bottom: int


def range_of(ref: str) -> Range | None:
    """What "A1:F20" or "$A$1" means; None if it is nothing of the kind."""
    found = _REF.fullmatch(ref)
    if not found:
        return None
    left, top = column_of(found[1]), int(found[2])
    return Range(left, top, column_of(found[3] or found[1]), int(found[4] or found[2]))


@dataclass
class Area:
    """What a first look at a sheet tells."""

    head: Head
    tail: bytes = b""
    header: list[Cell] = field(default_factory=list)
    last: int = 0
    """The last column of a cell that is not empty."""
    rows: int = 0
    """The number of the last row."""
    missing: list[int] = field(default_factory=list)
    """Of the rows that are to be written those that are not there."""


def look(package: Package, sheet: Sheet, header_row: int, wanted: set[int]) -> Area:
    """Read a sheet once.

    Args:
        wanted: the rows that are to be written.

    Raises:
        WorkbenchError: it cannot be read to its end.
    """
    left = set(wanted)
    with package.open(sheet.part) as stream:
        found = pieces(stream, package.path.name)
        head = next(found)
        if not isinstance(head, Head):
            raise TypeError("a sheet begins with its head")
        area = Area(head)
        for piece in found:
            if isinstance(piece, Tail):
                area.tail = piece.raw
            if not isinstance(piece, Row):
                continue
            left.discard(piece.number)
            area.rows = max(area.rows, piece.number)
            area.last = max(area.last, _last_filled(piece, head.prefix, area.last))
            if piece.number == header_row:
                area.header = cells(piece, head.prefix)
    area.missing = sorted(left)
    return area


def _last_filled(row: Row, prefix: bytes, known: int) -> int:
    """The column of the last cell that is not empty; looked for only where it may lie further."""
    last = last_cell(row, prefix)
    if last is None or last.column <= known or last.is_filled:
        return last.column if last else 0
    return max((cell.column for cell in cells(row, prefix) if cell.is_filled), default=0)


def first_free(package: Package, sheet: Sheet, area: Area, count: int) -> int:
    """The first column behind all that is in use.

    Merged cells, drawings and comments that reach to the last column of the sheet do not count.

    Raises:
        WorkbenchError: there is no room for so many columns.
    """
    tables = [_rightmost(package, part, "table") for part in sheet.parts("table")]
    firmly = max(area.last, *tables, 0)
    beside = max(_beside(package, sheet, area), default=0)
    for last in (max(firmly, beside), firmly):
        if last + count <= LAST:
            return last + 1
    raise WorkbenchError(
        f"Sheet '{sheet.name}' of {package.path.name} has no room for {_columns(count)} more: delete "
        "columns at its right end that do not matter."
    )


def _columns(count: int) -> str:
    return "one column" if count == 1 else f"{count} columns"


def _beside(package: Package, sheet: Sheet, area: Area) -> Iterator[int]:
    tail = hidden(area.tail)
    for pattern in (_MARKED, _SPARK):
        yield from (_right(found[1].decode("ascii", "replace")) for found in pattern.finditer(tail))
    yield from _anchors(tail)
    for part in sheet.parts("drawing"):
        yield from _anchors(package.read(part))
    for part in sheet.parts("vmlDrawing"):
        yield from _controls(package.read(part))
    for kind, name in (
        ("comments", "comment"),
        ("threadedComment", "threadedComment"),
        ("pivotTable", "location"),
    ):
        yield from (_rightmost(package, part, name) for part in sheet.parts(kind))


def _right(refs: str) -> int:
    found = [area.right for ref in refs.split() if (area := range_of(ref))]
    return max(found, default=0)


def _rightmost(package: Package, part: str, name: str) -> int:
    found = elements(package, part)
    return max((_right(given.get("ref", "")) for tag, given in found if tag == name), default=0)


def _anchors(content: bytes) -> Iterator[int]:
    """The last columns that lie under drawings, whose anchors count columns from 0."""
    for found in _ANCHOR.finditer(content):
        yield int(found[1]) + (int(found[2]) > 0)
    for found in _ONE_CELL.finditer(content):
        yield int(found[1]) + math.ceil(int(found[2]) / _USUAL_COLUMN) + 1


def _controls(content: bytes) -> Iterator[int]:
    for found in _CONTROL.finditer(content):
        numbers = found[1].decode("ascii", "replace").split(",")
        if len(numbers) == 8 and numbers[4].strip().isdecimal():
            yield int(numbers[4]) + 1
