"""Rows of cells to a table: where the header is, how wide it is, which rows do not fit."""

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from workbench.errors import WorkbenchError
from workbench.readers.table import check_width, column_names
from workbench.words import plural

_HEAD = 60
_BATCH = 20_000
_NUMBER = re.compile(r"[-+]?[\d.,:/%€$£ -]*\d[\d.,:/%€$£ -]*")
_USUAL_NAMES = (
    "text label category categories intent class prompt response question answer reply input "
    "output instruction messages conversations subject body email message id name date title "
    "summary document sentence review sentiment tag topic utterance completion system content "
    "description comment frage antwort kategorie betreff nachricht"
)
_USUAL = frozenset(_USUAL_NAMES.split())
MAX_RAGGED_SHARE = 0.01


@dataclass
class Grid:
    """The cells of a table, named and rectangular."""

    data: pa.Table
    row_numbers: pa.Int64Array
    header_row: int
    ragged: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def to_grid(rows: Iterable[Sequence[str]], header_row: int | None, name: str) -> Grid:
    """Name and square up `rows`, the first of which is row 1; wholly empty rows are passed over.

    Raises:
        WorkbenchError: there is nothing in them, the header is elsewhere, they are too wide, or
            too many rows have more cells than the header.
    """
    numbered = enumerate(rows, 1)
    head = list(itertools.islice(numbered, max(_HEAD, (header_row or 0) + 1)))
    header_row = find_header([row for _, row in head]) if header_row is None else header_row
    names, width = _names(head, header_row, name)
    builder = _Builder(width)
    for number, row in itertools.chain(head, numbered):
        if number > header_row:
            builder.add(number, row)
    grid = builder.finish(names, header_row)
    _check(grid, width, builder.example, name)
    return grid


def find_header(rows: Sequence[Sequence[str]]) -> int:
    """The number of the row that holds the column names, or 0 if there is none.

    Lines above it that fill fewer than half of the columns (a title, a date) are passed over.
    A row names columns if its cells are short, different, not numbers, and do not come again
    below it; a single column needs a usual name, since a first sentence looks like any other.
    """
    filled = [sum(1 for cell in row if cell.strip()) for row in rows]
    usual = _mode([count for count in filled if count])
    for index, count in enumerate(filled):
        if count and count * 2 >= usual and (count > 1 or usual == 1):
            return index + 1 if _names_columns(rows[index], rows[index + 1 :]) else 0
    return 0


def _names_columns(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    cells = [cell.strip() for cell in row if cell.strip()]
    words = [set(re.findall(r"[a-zäöüßéè]+", cell.lower())) for cell in cells]
    if any(_NUMBER.fullmatch(cell) for cell in cells):
        return False
    if len(cells) == 1 and len(row) == 1:
        return cells[0].lower() in _USUAL
    if any(len(cell) > 80 or cell.endswith((".", "!", "?")) for cell in cells):
        return False
    if any(found & _USUAL and len(found) <= 3 for found in words):
        return True
    return len(set(cells)) == len(cells) and not any(
        _comes_again(row, index, below) for index in range(len(row))
    )


def _comes_again(row: Sequence[str], index: int, below: Sequence[Sequence[str]]) -> bool:
    cell = row[index].strip().lower()
    return bool(cell) and any(
        index < len(other) and other[index].strip().lower() == cell for other in below
    )


def _mode(counts: list[int]) -> int:
    return Counter(counts).most_common(1)[0][0] if counts else 0


def _names(
    head: list[tuple[int, Sequence[str]]], header_row: int, name: str
) -> tuple[list[str], int]:
    """The column names and the number of columns that a row may fill."""
    rows = dict(head)
    if not any(cell.strip() for row in rows.values() for cell in row):
        raise WorkbenchError(f"{name} is empty: choose a file with at least ten rows of examples.")
    if header_row and header_row not in rows:
        raise WorkbenchError(
            f"{name} has no row {header_row}, which should hold the column names: "
            "choose another row, or 0 if there are no names."
        )
    header = list(rows[header_row]) if header_row else []
    body = [_filled_width(row) for number, row in head if number > header_row]
    width = _filled_width(header) or _mode([count for count in body if count])
    width = max(width, _unnamed(header, body))
    check_width(width, name)
    return column_names((header + [""] * width)[:width]), width


def _unnamed(header: Sequence[str], body: list[int]) -> int:
    """The header's own width where cells below its empty end are in use as a rule."""
    wide = [count for count in body if count > _filled_width(header)]
    return min(len(header), max(wide)) if len(wide) * 2 > len(body) > 0 else 0


def _filled_width(row: Sequence[str]) -> int:
    return next((i for i in range(len(row), 0, -1) if row[i - 1].strip()), 0)


class _Builder:
    """Gathers rows in batches, so that a long file never stands in memory as Python objects."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.schema = pa.schema([(str(i), pa.large_string()) for i in range(width)])
        self.rows: list[Sequence[str]] = []
        self.batches: list[pa.RecordBatch] = []
        self.numbers: list[int] = []
        self.ragged: list[int] = []
        self.example: tuple[int, int] = (0, 0)

    def add(self, number: int, row: Sequence[str]) -> None:
        if len(row) != self.width:
            if not any(cell.strip() for cell in row):
                return
            if any(cell.strip() for cell in row[self.width :]):
                self.example = self.example if self.ragged else (number, len(row))
                self.ragged.append(number)
                return
            row = [*row[: self.width], *[""] * (self.width - len(row))]
        elif not any(row) or not any(cell.strip() for cell in row):
            return
        self.numbers.append(number)
        self.rows.append(row)
        if len(self.rows) >= _BATCH:
            self._flush()

    def finish(self, names: list[str], header_row: int) -> Grid:
        self._flush()
        table = pa.Table.from_batches(self.batches, self.schema).rename_columns(names)
        columns = [_empty_to_null(column) for column in table.columns]
        return Grid(
            pa.table(dict(zip(names, columns, strict=True))),
            pa.array(self.numbers, pa.int64()),
            header_row,
            self.ragged,
        )

    def _flush(self) -> None:
        if self.rows:
            columns = [pa.array(cells, pa.large_string()) for cells in zip(*self.rows, strict=True)]
            self.batches.append(pa.RecordBatch.from_arrays(columns, schema=self.schema))
            self.rows = []


def _empty_to_null(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.large_string()), column)


def _check(grid: Grid, width: int, example: tuple[int, int], name: str) -> None:
    if len(grid.ragged) > MAX_RAGGED_SHARE * (grid.data.num_rows + len(grid.ragged)):
        number, cells = example
        others = len(grid.ragged) - 1
        also = f" (and {plural(others, 'other row')} too many as well)" if others else ""
        raise WorkbenchError(
            f"Row {number} of {name} has {plural(cells, 'cell')} where the table has "
            f"{plural(width, 'column')}{also}: put text that contains the separator between double quotes, "
            "or choose another separator."
        )
    if not grid.data.num_rows:
        raise WorkbenchError(
            f"{name} has column names but no rows below them: add at least ten rows of examples."
        )
