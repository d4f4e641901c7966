"""Rows of cells to a table: where the header is, how wide it is, which rows do not fit."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from workbench.core.errors import WorkbenchError
from workbench.core.words import plural
from workbench.data.readers.table import (
    MAX_COLUMNS,
    TOO_MANY_CELLS,
    Sink,
    check_width,
    column_names,
)
from workbench.data.readers.tables.below import Ahead, Row, another, describe
from workbench.data.readers.tables.header import find_header, mode

_HEAD = 60
_BATCH = 20_000
_BATCH_CHARACTERS = 8_000_000
MAX_RAGGED_SHARE = 0.01
_SEPARATED = (
    "put text that contains the separator between double quotes, or choose another separator."
)
_UNNAMED = (
    "there is something beside the table. Give the column a name, or empty those cells, and choose "
    "the file again; or choose another sheet or another row with the column names."
)
_RAGGED_IN_VAIN = 20_000
"""With so many rows too long, a file that is mostly so is not read to its end."""


@dataclass
class Grid:
    """The cells of a table, named and rectangular."""

    data: pa.Table
    """Without rows where a sink has taken them."""
    row_numbers: pa.Int64Array
    header_row: int
    ragged: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def left_out(self) -> dict[str, tuple[int, ...]]:
        """The ragged rows, as a table has them."""
        return {TOO_MANY_CELLS: tuple(self.ragged)} if self.ragged else {}


def to_grid(
    rows: Iterable[Sequence[str]],
    header_row: int | None,
    name: str,
    sink: Sink | None = None,
    *,
    is_sheet: bool = False,
) -> Grid:
    """Name and square up `rows`, the first of which is row 1; wholly empty rows are passed over.

    A row that says the column names again is left out, and a sheet's table ends where another one
    begins below a gap; notes say so. With a sink the rows go there, and only their names and faults
    come back.

    Raises:
        WorkbenchError: there is nothing in them, the header is elsewhere, they are too wide, or
            too many rows have more cells than the header.
    """
    numbered = enumerate(_narrow(rows, name), 1)
    head = list(itertools.islice(numbered, max(_HEAD, (header_row or 0) + 1)))
    header_row = find_header([row for _, row in head]) if header_row is None else header_row
    names, width = _names(head, header_row, name)
    builder = _Builder(names, width, sink, name)
    below = itertools.chain(head[header_row:], numbered)
    rest = Ahead(below) if is_sheet else below
    notes = _fill(builder, rest, dict(head).get(header_row, ()))
    grid = builder.finish(header_row, notes)
    builder.check(is_sheet)
    return grid


def _fill(builder: "_Builder", rows: Ahead | Iterator[Row], header: Sequence[str]) -> list[str]:
    """Add the rows of the table that `header` names; sentences on what was not added."""
    names = [cell.strip() for cell in header if cell.strip()]
    repeated: list[int] = []
    ahead, can_repeat = rows if isinstance(rows, Ahead) else None, len(names) > 1
    for number, row in rows:
        if can_repeat and row == header:
            repeated.append(number)
            continue
        if ahead is not None and builder.gap and names and any(row):
            other = another((number, row), ahead.peek(), builder.rows, names)
            if other:
                return describe(repeated, other)
        builder.add(number, row)
    return describe(repeated)


def _narrow(rows: Iterable[Sequence[str]], name: str) -> Iterator[Sequence[str]]:
    """The rows, none of which is so wide that a few of them would fill the memory."""
    for row in rows:
        if len(row) > MAX_COLUMNS:
            check_width(_filled_width(row), name)
            row = row[:MAX_COLUMNS]
        yield row


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
    width = _filled_width(header) or mode([count for count in body if count])
    width = max(width, _width_in_use(header, body))
    check_width(width, name)
    return column_names((header + [""] * width)[:width]), width


def _width_in_use(header: Sequence[str], body: list[int]) -> int:
    """The header's own width where cells below its empty end are in use as a rule."""
    wide = [count for count in body if count > _filled_width(header)]
    return min(len(header), max(wide)) if len(wide) * 2 > len(body) > 0 else 0


def _filled_width(row: Sequence[str]) -> int:
    return next((i for i in range(len(row), 0, -1) if row[i - 1].strip()), 0)


class _Builder:
    """Gathers rows in batches, so that a long file never stands in memory as Python objects."""

    def __init__(self, names: list[str], width: int, sink: Sink | None, name: str) -> None:
        self.names, self.width, self.name = names, width, name
        self.schema = pa.schema([(str(i), pa.large_string()) for i in range(width)])
        self.memory = _Memory()
        self.sink = sink or self.memory
        self.sink.begin(names)
        self.rows: list[Sequence[str]] = []
        self.numbers: list[int] = []
        self.characters = self.count = 0
        self.ragged: list[int] = []
        self.gap = False
        """Whether the last row was empty, below others that were not."""
        self.example: tuple[int, int] = (0, 0)

    def add(self, number: int, row: Sequence[str]) -> None:
        if len(row) != self.width:
            if not any(map(str.strip, row)):
                self.gap = self.count > 0
                return
            self.gap = False
            if any(map(str.strip, row[self.width :])):
                self._too_long(number, row)
                return
            row = [*row[: self.width], *[""] * (self.width - len(row))]
        elif not any(map(str.strip, row)):
            self.gap = self.count > 0
            return
        self.gap = False
        self.numbers.append(number)
        self.rows.append(row)
        self.count += 1
        self.characters += sum(map(len, row))
        if len(self.rows) >= _BATCH or self.characters >= _BATCH_CHARACTERS:
            self._flush()

    def _too_long(self, number: int, row: Sequence[str]) -> None:
        self.example = self.example if self.ragged else (number, len(row))
        self.ragged.append(number)
        if len(self.ragged) > max(_RAGGED_IN_VAIN, self.count):
            self.check()

    def finish(self, header_row: int, notes: list[str]) -> Grid:
        self._flush()
        data, numbers = self.memory.table(self.names, self.schema)
        return Grid(data, numbers, header_row, self.ragged, notes)

    def check(self, is_sheet: bool = False) -> None:
        """Refuse a table that many rows do not fit, or that has none."""
        if len(self.ragged) > MAX_RAGGED_SHARE * (self.count + len(self.ragged)):
            number, cells = self.example
            others = len(self.ragged) - 1
            also = f" (and {plural(others, 'other row')} too many as well)" if others else ""
            raise WorkbenchError(
                f"Row {number} of {self.name} has {plural(cells, 'cell')} where the table has "
                f"{plural(self.width, 'column')}{also}: " + (_UNNAMED if is_sheet else _SEPARATED)
            )
        if not self.count:
            raise WorkbenchError(
                f"{self.name} has column names but no rows below them: add at least ten rows of "
                "examples."
            )

    def _flush(self) -> None:
        if self.rows:
            columns = [
                _empty_to_null(pa.array(cells, pa.large_string()))
                for cells in zip(*self.rows, strict=True)
            ]
            batch = pa.RecordBatch.from_arrays(columns, schema=self.schema)
            self.sink.add(batch, self.numbers)
            self.rows, self.numbers, self.characters = [], [], 0


class _Memory:
    """The sink that keeps everything."""

    def __init__(self) -> None:
        self.batches: list[pa.RecordBatch] = []
        self.numbers: list[int] = []

    def reading(self, position: Callable[[], int]) -> None:
        pass

    def begin(self, names: list[str]) -> None:
        self.batches, self.numbers = [], []

    def add(self, batch: pa.RecordBatch, numbers: Sequence[int]) -> None:
        self.batches.append(batch)
        self.numbers.extend(numbers)

    def table(self, names: list[str], schema: pa.Schema) -> tuple[pa.Table, pa.Int64Array]:
        data = pa.Table.from_batches(self.batches, schema).rename_columns(names)
        return data, pa.array(self.numbers, pa.int64())


def _empty_to_null(column: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.large_string()), column)
