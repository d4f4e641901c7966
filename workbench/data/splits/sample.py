"""Sample of a table: the rows that are looked at to say how its exam is best drawn."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from workbench.data.readers.table import Table

LOOKED_AT = 20_000


@dataclass(frozen=True)
class TableSample:
    """Some rows of a table; both parts are whole for one that has few."""

    first: pa.Table
    """The first rows: neighbours belong together."""
    spread: pa.Table
    """Rows from all over, at even distances."""
    together: Callable[[str], pa.Table] | None = None
    """All rows of some values of a column, wherever they stand; None where all rows are here."""

    @property
    def columns(self) -> list[str]:
        """The names of the table's columns."""
        return list(self.first.column_names)


def sample_of(table: Table) -> TableSample:
    """A sample of a table that is in memory."""
    step = step_for(len(table))
    places = pa.array(range(0, len(table), step), pa.int64())
    first, spread = table.data.slice(0, LOOKED_AT), table.data.take(places)
    if step == 1:
        return TableSample(first, spread)
    return TableSample(first, spread, lambda name: of_some_values(table.data, name, step))


def step_for(rows: int) -> int:
    """How far apart the spread rows of a table of so many rows stand."""
    return max(1, -(-rows // LOOKED_AT))


def of_some_values(data: pa.Table, name: str, step: int) -> pa.Table:
    """The rows of about one of `step` values of a column, the same values in any part of a table."""
    cells = data.column(name).combine_chunks().dictionary_encode()
    known = cells.dictionary.to_pylist()
    wanted = [zlib.crc32(cell.strip().casefold().encode()) % step == 0 for cell in known]
    if not known:
        return data.slice(0, 0)
    return data.filter(pc.fill_null(pa.array(wanted).take(cells.indices), False))
