"""Rows that are made from something that is no table: documents, mails, chats."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from workbench.core.errors import WorkbenchError
from workbench.data.readers.table import Meant, ReadOptions, Sink, Table, without_surrogates

_BATCH = 500
Row = Sequence[str | None]


class Part(NamedTuple):
    """One file of those that are read together."""

    path: Path
    name: str


@dataclass
class Listing:
    """Rows, numbered from 1, that can be gone through once."""

    name: str
    kind: str
    columns: list[str]
    rows: Iterator[Row]
    options: ReadOptions = field(default_factory=ReadOptions)
    people: tuple[str, ...] = ()
    """Who may be the one that answers, the likeliest first."""
    notes: list[str] = field(default_factory=list)
    """Complete when all rows have been gone through."""
    unused: Mapping[str, int] = field(default_factory=dict)
    """As a `Table` has it."""
    meant: Meant | None = None

    def table(self) -> Table:
        """All of it.

        Raises:
            WorkbenchError: there is nothing in it.
        """
        batches = [batch for batch, _ in self._batches()]
        schema = pa.schema([(column, pa.large_string()) for column in self.columns])
        data = pa.Table.from_batches(batches, schema)
        return self._table(data, pa.array(range(1, data.num_rows + 1), pa.int64()))

    def into(self, sink: Sink) -> Table:
        """The table without its rows, which go to the sink.

        Raises:
            WorkbenchError: there is nothing in it.
        """
        sink.begin(self.columns)
        for batch, numbers in self._batches():
            sink.add(batch, numbers)
        return self._table(pa.table({}), pa.array([], pa.int64()))

    def _batches(self) -> Iterator[tuple[pa.RecordBatch, range]]:
        done = 0
        while lot := list(itertools.islice(self.rows, _BATCH)):
            columns = [pa.array(map(_cell, cells), pa.large_string()) for cells in zip(*lot)]  # noqa: B905
            yield (
                pa.RecordBatch.from_arrays(columns, names=self.columns),
                range(done + 1, done + len(lot) + 1),
            )
            done += len(lot)
        if not done:
            raise WorkbenchError(f"{self.name} holds no text: choose a file with text in it.")

    def _table(self, data: pa.Table, numbers: pa.Int64Array) -> Table:
        return Table(
            self.name,
            data,
            numbers,
            self.kind,
            self.options,
            notes=tuple(self.notes),
            people=self.people,
            unused=self.unused,
            meant=self.meant,
        )


def _cell(text: str | None) -> str | None:
    return without_surrogates(text) if text else None
