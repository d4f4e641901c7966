"""The rows of a sheet with new cells behind the others."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from workbench.core.cells import is_formula
from workbench.data.answered.columns import AnswerColumn, Tally, Value, letters
from workbench.data.answered.excel import cells as written
from workbench.data.answered.excel.head import is_long
from workbench.data.answered.excel.row_cells import Cell, cells, last_cell
from workbench.data.answered.excel.styles import Dress, Styles
from workbench.data.answered.sheet_xml import Head, Row

_SPANS = re.compile(rb"""(\sspans\s*=\s*["'][^"']*?)(\d+)(?=["'])""")
_STYLE = re.compile(rb"""\ss\s*=\s*["'](\d+)["']""")


@dataclass
class NewCells:
    """Writes the answers of each row, dressed like the row's cell in the column of reference."""

    head: Head
    columns: Sequence[AnswerColumn]
    titles: Sequence[str]
    first: int
    """The first new column."""
    header_row: int
    header: Sequence[Cell]
    column_style: int
    """What cells of the column of reference look like where a row does not say it."""
    styles: Styles
    without: frozenset[int] = frozenset()
    """Rows that get no answers: totals."""
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        filled = [cell.column for cell in self.header if cell.is_filled]
        self._reference = max(filled, default=self.first - 1)
        self._letters = letters(self._reference).encode()
        self._names = [letters(self.first + at) for at in range(len(self.columns))]
        self._long = [is_long(column) for column in self.columns]
        self._header = [_said(cell) for cell in self.header if cell.is_filled]

    def row(self, row: Row) -> bytes:
        """The row with what belongs into it."""
        values = self._values(row)
        if not any(value is not None for value in values):
            return row.raw
        style = self._style(row)
        made = {
            self.first + at: self._cell(at, row.number, value, style, row.number == self.header_row)
            for at, value in enumerate(values)
        }
        made = {column: cell for column, cell in made.items() if cell}
        return self._with(row, made) if made else row.raw

    def missing(self, number: int) -> bytes:
        """A row that the sheet does not have."""
        prefix = self.head.prefix
        tag, end = b'<%brow r="%d">' % (prefix, number), b"</%brow>" % prefix
        made = self.row(Row(number, tag, b"", end))
        return made if made != tag + end else b""

    def _values(self, row: Row) -> Sequence[Value]:
        if row.number == self.header_row:
            return self.titles
        if row.number in self.without or row.number < self.header_row:
            return ()
        values = [column.values.get(row.number) for column in self.columns]
        if any(value is not None for value in values):
            self.tally.rows += 1
        elif self._repeats_header(row):
            return self.titles
        return values

    def _repeats_header(self, row: Row) -> bool:
        """Whether the row says the column names again, as below a break of pages."""
        if not self._header or not row.body or not self.header_row:
            return False
        return self._header == [
            _said(cell) for cell in cells(row, self.head.prefix) if cell.is_filled
        ]

    def _style(self, row: Row) -> int:
        """The style of the row's cell in the column of reference."""
        place = row.body.find(b'r="%b%d"' % (self._letters, row.number))
        if place >= 0 and b"<!" not in row.body:
            begin, end = row.body.rfind(b"<", 0, place), row.body.find(b">", place)
            found = _STYLE.search(row.body, begin, end)
            return int(found[1]) if found else 0
        for cell in cells(row, self.head.prefix):
            if cell.column == self._reference:
                return cell.style
        return row.style or self.column_style

    def _cell(self, at: int, number: int, value: Value, style: int, is_title: bool) -> bytes:
        if not is_title:
            style = self.styles.like(style, self._dress(at, value))
        place = f"{self._names[at]}{number}"
        return written.cell(self.head.prefix, place, style, value, self.head.encoding, self.tally)

    def _dress(self, at: int, value: Value) -> Dress:
        if isinstance(value, str):
            return Dress(wraps=self._long[at], stays_text=is_formula(value))
        is_number = value is not None and not isinstance(value, bool)
        return Dress(is_share=self.columns[at].is_share and is_number)

    def _with(self, row: Row, made: dict[int, bytes]) -> bytes:
        prefix = self.head.prefix
        tag, end = self._opened(row.tag), row.end or b"</%brow>" % prefix
        last = last_cell(row, prefix)
        new = b"".join(made.values())
        if last is not None and last.column >= self.first:
            return tag + _among(row, cells(row, prefix), made) + end
        if b"extLst" not in row.body or last is None:
            return tag + row.body + new + end
        return tag + row.body[: last.end] + new + row.body[last.end :] + end

    def _opened(self, tag: bytes) -> bytes:
        """The row's tag, not closing itself, with the columns that it spans."""
        if tag.endswith(b"/>"):
            tag = tag[:-2].rstrip() + b">"
        return _SPANS.sub(self._spanned, tag, count=1)

    def _spanned(self, found: re.Match[bytes]) -> bytes:
        return found[1] + b"%d" % max(int(found[2]), self.first + len(self.columns) - 1)


def _said(cell: Cell) -> tuple[int, bytes, bytes]:
    return cell.column, cell.kind, cell.content


def _among(row: Row, there: Sequence[Cell], made: dict[int, bytes]) -> bytes:
    """The cells with new ones in the places of empty ones, whose look they had to take."""
    parts, place = [], 0
    waiting = dict(made)
    for cell in there:
        before = [column for column in waiting if column < cell.column]
        parts += [row.body[place : cell.begin], *(waiting.pop(column) for column in before)]
        parts.append(waiting.pop(cell.column, row.body[cell.begin : cell.end]))
        place = cell.end
    behind = b"".join(waiting.values())
    return b"".join([*parts, behind, row.body[place:]])
