"""Tables and filters of a sheet, made wider where the new columns stand right beside them.

A table (ListObject) whose range, columns and header cells do not agree is called damaged by Excel; and
a filter that ends before the answers would leave them where they are when the rows are sorted.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from workbench.data.answered.columns import letters
from workbench.data.answered.excel.area import Range, range_of
from workbench.data.answered.excel.cells import with_attribute
from workbench.data.answered.excel.parts import Sheet, book_part, elements
from workbench.data.answered.package import Package
from workbench.data.answered.sheet_xml import hidden

_ROOT = re.compile(rb"<(?:[\w.-]+:)?table(?=[\s>])[^>]*>")
_FILTER = re.compile(rb"<(?:[\w.-]+:)?autoFilter(?=[\s/>])[^>]*>")
_COLUMNS = re.compile(rb"<((?:[\w.-]+:)?)tableColumns(?=[\s>])[^>]*>")
_COLUMNS_END = re.compile(rb"</(?:[\w.-]+:)?tableColumns\s*>")
_NAME = re.compile(
    rb"""<(?:[\w.-]+:)?definedName\b(?=[^>]*\sname\s*=\s*["']_xlnm\._FilterDatabase["'])"""
    rb"""(?=[^>]*\slocalSheetId\s*=\s*["'](\d+)["'])[^>]*>([^<]*)<"""
)
_VIEWS = re.compile(rb"<(?:[\w.-]+:)?customSheetViews[\s>]")
_REF = re.compile(rb"""\sref\s*=\s*["']([^"']*)["']""")
_FED = ("queryTable", "xml")


@dataclass(frozen=True)
class Table:
    """A table on the sheet."""

    part: str
    name: str
    range: Range
    has_header: bool
    has_totals: bool
    is_fed: bool
    """Whether a query or a map fills it, which would not know the new columns."""
    columns: tuple[str, ...]
    last_id: int


def tables_of(package: Package, sheet: Sheet) -> list[Table]:
    """The tables of a sheet."""
    found = (_table(package, part) for part in sheet.parts("table"))
    return [table for table in found if table is not None]


def _table(package: Package, part: str) -> Table | None:
    parts = elements(package, part)
    given = next((attributes for name, attributes in parts if name == "table"), {})
    area = range_of(given.get("ref", ""))
    if area is None:
        return None
    columns = [attributes for name, attributes in parts if name == "tableColumn"]
    ids = [int(column["id"]) for column in columns if column.get("id", "").isdecimal()]
    return Table(
        part,
        given.get("displayName") or given.get("name", ""),
        area,
        given.get("headerRowCount", "1") != "0",
        given.get("totalsRowCount", "0") != "0",
        given.get("tableType", "worksheet") in _FED,
        tuple(column.get("name", "") for column in columns),
        max(ids, default=0),
    )


def grows(table: Table, first: int, header_row: int, left: int) -> bool:
    """Whether columns that begin with `first` become columns of the table.

    Args:
        left: the first column with a name; the table must have it, or it is another one.
    """
    names = table.range.top == header_row if table.has_header else not header_row
    return (
        names and table.range.left <= left and table.range.right == first - 1 and not table.is_fed
    )


def grown(content: bytes, table: Table, titles: Sequence[str]) -> bytes:
    """The table's part with further columns."""
    right = table.range.right + len(titles)
    content = _refitted(content, _ROOT, table.range.right, right)
    content = _refitted(content, _FILTER, table.range.right, right)
    opening = _COLUMNS.search(content)
    closing = _COLUMNS_END.search(content)
    if not opening or not closing:
        return content
    new = b"".join(
        b'<%btableColumn id="%d" name="%b"/>' % (opening[1], number, _quoted(title))
        for number, title in enumerate(titles, table.last_id + 1)
    )
    count = b"%d" % (len(table.columns) + len(titles))
    return (
        content[: opening.start()]
        + with_attribute(opening[0], b"count", count)
        + content[opening.end() : closing.start()]
        + new
        + content[closing.start() :]
    )


def _quoted(title: str) -> bytes:
    return escape(title, {'"': "&quot;"}).encode("ascii", "xmlcharrefreplace")


def _refitted(content: bytes, tag: re.Pattern[bytes], before: int, right: int) -> bytes:
    """With a wider range in the first such tag, if it ends in the column `before`."""
    found = _own(content, tag)
    area = _range_in(found)
    if not found or not area or area.right != before:
        return content
    new = with_attribute(found[0], b"ref", ref_of(replace(area, right=right)))
    return content[: found.start()] + new + content[found.end() :]


def ref_of(area: Range) -> bytes:
    """A range as XML has it: A1:F20."""
    left, right = letters(area.left), letters(area.right)
    return f"{left}{area.top}:{right}{area.bottom}".encode()


def filter_of(tail: bytes) -> Range | None:
    """The range of the sheet's own filter."""
    return _range_in(_own(tail, _FILTER))


def _own(content: bytes, tag: re.Pattern[bytes]) -> re.Match[bytes] | None:
    """The first such tag that is not one of a person's own views of the sheet."""
    views = _VIEWS.search(content)
    return tag.search(hidden(content), 0, views.start() if views else len(content))


def _range_in(tag: re.Match[bytes] | None) -> Range | None:
    ref = _REF.search(tag[0]) if tag else None
    return range_of(ref[1].decode("ascii", "replace")) if ref else None


def with_wider_filter(tail: bytes, before: int, right: int) -> bytes:
    """What stands behind the rows, the filter reaching to the column `right`."""
    return _refitted(tail, _FILTER, before, right)


def with_wider_name(
    package: Package, sheet: Sheet, before: int, right: int
) -> tuple[str, bytes] | None:
    """The list of sheets, with the hidden name by which Excel knows the filter's range."""
    part = book_part(package)
    content = package.read(part)
    for found in _NAME.finditer(content):
        end = re.search(rb":\$%b\$\d+$" % letters(before).encode(), found[2])
        if int(found[1]) == sheet.index and end:
            place = found.start(2) + end.start() + 2
            rest = content[place + len(letters(before)) :]
            return part, content[:place] + letters(right).encode() + rest
    return None
