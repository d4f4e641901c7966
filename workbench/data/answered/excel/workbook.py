"""Answers in an Excel workbook (.xlsx, .xlsm and their templates): its package patched.

Of the sheet's part the new cells are put behind the others of their rows; what has to follow is
changed in as few bytes as it takes (how far the sheet reaches, the widths of the new columns, a table
or a filter that ends right beside them, styles that are not there yet). All other parts are copied.
"""

import contextlib
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.core.words import joined
from workbench.data.answered.columns import (
    AnswerColumn,
    Tally,
    Written,
    answered_rows,
    letters,
    unique_titles,
)
from workbench.data.answered.excel.area import Area, Range, first_free, look
from workbench.data.answered.excel.head import (
    style_of_column,
    width_of,
    with_wider_area,
    with_widths,
)
from workbench.data.answered.excel.parts import Sheet, find_sheet, is_signed, part_of_book
from workbench.data.answered.excel.rows import NewCells
from workbench.data.answered.excel.styles import Styles
from workbench.data.answered.excel.tables import (
    Table,
    filter_of,
    grown,
    grows,
    tables_of,
    with_wider_filter,
    with_wider_name,
)
from workbench.data.answered.excel.texts import texts_of
from workbench.data.answered.package import Package
from workbench.data.answered.sheet_xml import Head, Row, Tail, pieces
from workbench.data.readers.table import ReadOptions

_PROTECTED = re.compile(rb"""<(?:[\w.-]+:)?sheetProtection\s[^>]*?\bsheet\s*=\s*["'](?:1|true)""")
_HELD = 8 << 20
"""Bytes of a changed part that are held in memory."""


def write(
    source: Path, out: Path, options: ReadOptions, columns: Sequence[AnswerColumn]
) -> Written:
    """The workbook with new columns on one of its sheets.

    Raises:
        WorkbenchError: it is damaged or locked, or the sheet has no room for them.
    """
    with Package(source) as package:
        patch = _patch(package, options, columns)
        with contextlib.ExitStack() as held:
            changes = {}
            for part, content in patch.parts():
                file = held.enter_context(tempfile.SpooledTemporaryFile(_HELD, dir=str(out.parent)))
                changes[part] = package.pack(part, content, file)
            package.write(out, changes)
        tally = patch.cells.tally
        tally.more += patch.notes()
    resolved = ReadOptions(header_row=options.header_row, sheet=patch.sheet.name)
    first = letters(patch.cells.first)
    return Written(tuple(patch.cells.titles), first, tally.rows, resolved, tally.notes())


def _patch(package: Package, options: ReadOptions, columns: Sequence[AnswerColumn]) -> "_Patch":
    sheet, header_row = find_sheet(package, options.sheet), options.header_row or 0
    wanted = answered_rows(columns) | ({header_row} if header_row else set())
    area = look(package, sheet, header_row, wanted)
    first = first_free(package, sheet, area, len(columns))
    tables = tables_of(package, sheet)
    left = _left(area)
    growing = next((table for table in tables if grows(table, first, header_row, left)), None)
    taken = [*texts_of(package, area.header), *(growing.columns if growing else ())]
    totals = {growing.range.bottom} if growing and growing.has_totals else set()
    part = part_of_book(package, "styles")
    cells = NewCells(
        area.head,
        columns,
        unique_titles(columns, taken),
        first,
        header_row,
        area.header,
        style_of_column(area.head.before, first - 1),
        Styles(package.read(part) if part else b""),
        frozenset(totals),
        Tally(),
    )
    return _Patch(package, sheet, area, cells, tables, growing)


def _left(area: Area) -> int:
    """The first column with a name; that of the sheet if none has one."""
    return min((cell.column for cell in area.header if cell.is_filled), default=1)


@dataclass
class _Patch:
    """What becomes of a workbook."""

    package: Package
    sheet: Sheet
    area: Area
    cells: NewCells
    tables: list[Table]
    growing: Table | None
    """The table that the new columns become part of."""

    @property
    def _last(self) -> int:
        return self.cells.first + len(self.cells.columns) - 1

    @property
    def _filter_grows(self) -> bool:
        found = filter_of(self.area.tail)
        if found is None or found.left > _left(self.area):
            return False
        return (found.right, found.top) == (self.cells.first - 1, self.cells.header_row)

    def parts(self) -> Iterator[tuple[str, Iterable[bytes]]]:
        """The parts that change, with their new bytes; the styles are known behind the sheet."""
        yield self.sheet.part, self._sheet()
        part = part_of_book(self.package, "styles")
        if part and (content := self.cells.styles.content) is not None:
            yield part, [content]
        if self.growing:
            old = self.package.read(self.growing.part)
            yield self.growing.part, [grown(old, self.growing, self.cells.titles)]
        if self._filter_grows:
            before = self.cells.first - 1
            named = with_wider_name(self.package, self.sheet, before, self._last)
            if named:
                yield named[0], [named[1]]

    def _sheet(self) -> Iterator[bytes]:
        missing = iter([*self.area.missing, _BEHIND_ALL])
        waiting = next(missing)
        with self.package.open(self.sheet.part) as stream:
            for piece in pieces(stream, self.package.path.name):
                if isinstance(piece, Head):
                    yield self._head(piece)
                    continue
                number = piece.number if isinstance(piece, Row) else 0
                number = _BEHIND_ALL if isinstance(piece, Tail) else number
                while waiting < number:
                    yield self.cells.missing(waiting)
                    waiting = next(missing)
                if isinstance(piece, Row):
                    yield self.cells.row(piece)
                else:
                    yield self._tail(piece.raw) if isinstance(piece, Tail) else piece.raw

    def _head(self, head: Head) -> bytes:
        rows = [row for column in self.cells.columns for row in column.values]
        top = self.cells.header_row or min(rows, default=1)
        bottom = max([*rows, self.area.rows, top])
        new = Range(self.cells.first, top, self._last, bottom)
        both = zip(self.cells.titles, self.cells.columns, strict=True)
        widths = [width_of(title, column) for title, column in both]
        before = with_wider_area(head.before, new)
        before = with_widths(before, head.prefix, self.cells.first, widths)
        return before + (head.tag[:-2].rstrip() + b">" if head.is_empty else head.tag)

    def _tail(self, tail: bytes) -> bytes:
        if self._filter_grows:
            tail = with_wider_filter(tail, self.cells.first - 1, self._last)
        if self.area.head.is_empty:
            return b"</%bsheetData>" % self.area.head.prefix + tail
        return tail

    def notes(self) -> list[str]:
        """Sentences on what the user has to know."""
        return [*self._on_sorting(), *self._on_guards()]

    def _on_sorting(self) -> Iterator[str]:
        row = self.cells.header_row
        beside = [
            f"table '{table.name}'"
            for table in self.tables
            if table.range.top == row and table is not self.growing
        ]
        found = filter_of(self.area.tail)
        if found and found.top == row and not self._filter_grows:
            beside.append("the filter")
        if beside:
            yield (
                f"The new columns are not part of {joined(beside)} on sheet '{self.sheet.name}': "
                "sort all columns together there, or the answers stay where they are."
            )

    def _on_guards(self) -> Iterator[str]:
        if is_signed(self.package):
            yield "The workbook was signed; its signature is void, as after any change: sign it again."
        if _PROTECTED.search(self.area.tail):
            yield (
                f"Sheet '{self.sheet.name}' is protected, and the answers with it: lift the "
                "protection in your spreadsheet program to change them."
            )
        if not self.cells.header_row:
            yield "The table has no row with column names, so the new columns have none either."
        if self.cells.without:
            yield (f"Row {min(self.cells.without)} holds the totals of a table and got no answer.")


_BEHIND_ALL = 1 << 31
"""More than the number of any row."""
