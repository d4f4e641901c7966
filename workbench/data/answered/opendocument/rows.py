"""The rows of an OpenDocument sheet with new cells; where rows repeat, they are cut apart."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from workbench.data.answered.columns import AnswerColumn, Tally, Value
from workbench.data.answered.opendocument.cells import OdsCell, cells_of, count_of, made, repeated
from workbench.data.answered.sheet_xml import Row

_END = re.compile(rb"""\stable:end-cell-address\s*=\s*["'][^"']*?\.?\$?([A-Z]{1,3})\$?\d+["']""")


@dataclass
class OdsCells:
    """Writes the answers of each row, dressed like the row's cell in the column of reference."""

    columns: Sequence[AnswerColumn]
    titles: Sequence[str]
    first: int
    header_row: int
    header: Sequence[OdsCell]
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        filled = [cell.last for cell in self.header if cell.is_filled]
        self._reference = max(filled, default=self.first - 1)
        self._names = names_of(self.header)

    def rows(self, row: Row, begin: int) -> Iterator[bytes]:
        """A row, or several that say the same, the first of which has the number `begin`."""
        count = count_of(row.tag)
        cells: list[OdsCell] | None = None
        place = begin
        for number in self._answered(begin, begin + count):
            if number > place:
                yield repeated(row.raw, number - place, b"rows")
            cells = cells_of(row.body) if cells is None else cells
            yield self._row(row, number, cells)
            place = number + 1
        if place == begin and self._is_header(row):
            yield self._row(row, self.header_row, cells_of(row.body))
            place += 1
        if place < begin + count:
            same = place == begin
            yield row.raw if same else repeated(row.raw, begin + count - place, b"rows")

    def _answered(self, begin: int, end: int) -> list[int]:
        """The rows of these that get anything."""
        rows = range(begin, end)
        if len(rows) > 1000:  # as behind the last one: look at what there is
            known = {n for c in self.columns for n in c.values if begin <= n < end}
            rows_left = sorted(known | ({self.header_row} & set(rows)))
        else:
            rows_left = list(rows)
        return [n for n in rows_left if any(value is not None for value in self._values(n))]

    def _values(self, number: int) -> Sequence[Value]:
        if number == self.header_row:
            return self.titles
        if number < self.header_row:
            return ()
        return [column.values.get(number) for column in self.columns]

    def _is_header(self, row: Row) -> bool:
        """Whether the row says the column names again."""
        if not self.header_row or not self._names or count_of(row.tag) > 1:
            return False
        return bool(row.body) and names_of(cells_of(row.body)) == self._names

    def _row(self, row: Row, number: int, cells: Sequence[OdsCell]) -> bytes:
        is_title = number == self.header_row
        self.tally.rows += not is_title
        style = next((c.style for c in cells if c.column <= self._reference <= c.last), b"")
        new = [
            made(value, style, column.is_share and not is_title, self.tally)
            for value, column in zip(self._values(number), self.columns, strict=True)
        ]
        tag = repeated(row.tag, 1, b"rows")
        if tag.endswith(b"/>"):
            tag = tag[:-2].rstrip() + b">"
        end = row.end or b"</table:table-row>"
        return tag + self._among(row, cells, new) + end

    def _among(self, row: Row, cells: Sequence[OdsCell], new: Sequence[bytes]) -> bytes:
        """The cells with the new ones in their columns."""
        behind = self.first + len(new)
        end = max((cell.column + cell.count for cell in cells), default=1)
        before = [c.part(1, self.first) for c in cells if c.column < self.first]
        after = [c.part(behind, end) for c in cells if c.column + c.count > behind]
        kept = b"".join(c.written for c in before)
        if end < self.first:
            kept += repeated(b"<table:table-cell/>", self.first - end, b"columns")
        cells_new = b"".join(cell or b"<table:table-cell/>" for cell in new)
        rest = row.body[sum(len(c.written) for c in cells) :]
        return kept + cells_new + b"".join(c.written for c in after) + rest


def names_of(cells: Sequence[OdsCell]) -> list[tuple[int, str]]:
    """The cells of a header that say something."""
    return [(cell.column, cell.text) for cell in cells if cell.is_filled]


def last_used(body: bytes, known: int) -> int:
    """The last column of a row that is not empty, or is part of merged cells.

    Args:
        known: a column up to which other rows are in use; it is not told whether this one is.
    """
    if not any(mark in body for mark in _MANIFOLD):
        cells = body.count(b"<table:table-cell") + body.count(b"<table:covered-table-cell")
        if cells <= known:
            return known
    return max((c.last for c in cells_of(body) if c.is_filled or c.spans > 1), default=0)


_MANIFOLD = (b"-repeated", b"-spanned", b"<!", b"<?")


def drawn_to(xml: bytes) -> Iterator[bytes]:
    """The letters of the last columns that lie under drawings."""
    return (found[1] for found in _END.finditer(xml))
