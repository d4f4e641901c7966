"""Where the rows of a file go that is being read: into a table on the disk, a batch at a time."""

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa

from workbench.core.words import count
from workbench.data.readers.listing import Listing
from workbench.data.readers.table import Sink, Table
from workbench.data.readers.table_file import TableWriter, empty
from workbench.jobs.process.meter import Meter


class MeteredSink(Sink):
    """Writes a table to the disk and tells how much of the file has been read."""

    def __init__(self, writer: TableWriter, size: int, meter: Meter) -> None:
        self._writer, self._size, self._meter = writer, max(1, size), meter
        self._position: Callable[[], int] = lambda: 0
        self._share = 0.0

    def reading(self, position: Callable[[], int]) -> None:
        """A file is opened, of which so many bytes have been read."""
        self._position = position

    def begin(self, names: list[str]) -> None:
        """The columns; whatever was taken before is void."""
        self._writer.begin(names)

    def add(self, batch: pa.RecordBatch, numbers: Sequence[int]) -> None:
        """Some rows and their numbers."""
        self._writer.add(batch, numbers)
        self._meter(self._position() / self._size, f"{count(self._writer.rows)} rows so far")

    def listed(self, listing: Listing) -> Table:
        """Take what is no table; what is left of it is how it was read."""
        self._position = lambda: round(self._share * self._size)
        return listing.into(self)

    def whole(self, table: Table) -> Table:
        """Take the rows of a table that is in memory; what is left of it is how it was read."""
        self.begin(table.columns)
        numbers, done = table.row_numbers.to_pylist(), 0
        for batch in table.data.to_batches():
            self.add(batch, numbers[done : done + batch.num_rows])
            done += batch.num_rows
        nothing = empty(table.name, table.kind, table.options)
        return dataclasses.replace(
            table, data=nothing.data, row_numbers=nothing.row_numbers, rows_in_file=0
        )

    def share(self, share: float) -> None:
        """So much of the file has been gone through.

        Raises:
            Cancelled: the user does not want it any more.
        """
        self._share = share
        self._meter(share, f"{count(self._writer.rows)} rows so far" if self._writer.rows else "")


def sink_for(path: Path, writer: TableWriter, meter: Meter) -> MeteredSink:
    """The sink for what is read from this file."""
    return MeteredSink(writer, path.stat().st_size, meter)
