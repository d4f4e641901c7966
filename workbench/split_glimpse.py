"""What is looked at of a table to say how its exam is best drawn: some of its rows."""

from dataclasses import dataclass

import pyarrow as pa

from workbench.readers.table import Table

LOOKED_AT = 20_000


@dataclass(frozen=True)
class Glimpse:
    """Some rows of a table; both parts are whole for one that has few."""

    first: pa.Table
    """The first rows: neighbours belong together."""
    spread: pa.Table
    """Rows from all over, at even distances."""

    @property
    def columns(self) -> list[str]:
        """The names of the table's columns."""
        return list(self.first.column_names)


def glimpse_of(table: Table) -> Glimpse:
    """A glimpse of a table that is in memory."""
    places = pa.array(range(0, len(table), step_for(len(table))), pa.int64())
    return Glimpse(table.data.slice(0, LOOKED_AT), table.data.take(places))


def step_for(rows: int) -> int:
    """How far apart the spread rows of a table of so many rows stand."""
    return max(1, -(-rows // LOOKED_AT))
