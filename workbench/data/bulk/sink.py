"""How far a conversion is, told through the job's process."""

import dataclasses
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa

from workbench.core.words import count
from workbench.data.readers.listing import Listing
from workbench.data.readers.table import Sink, Table
from workbench.data.readers.table_file import TableWriter, empty
from workbench.jobs.process.shell import Process

STEPS = 1000


class Watch:
    """Tells the share that is done, and leaves when the job is to end."""

    def __init__(self, process: Process, start: float = 0.0, end: float = 1.0) -> None:
        self._process, self._start, self._end = process, start, end
        self._begun = time.monotonic()

    def __call__(self, share: float, message: str = "") -> None:
        """So much of it is done.

        Raises:
            Cancelled: the user does not want it any more.
        """
        self._process.check()
        share = min(1.0, max(0.0, share))
        seconds = time.monotonic() - self._begun
        left = seconds * (1 - share) / share if share > 0.01 and seconds > 2 else None
        step = round(STEPS * (self._start + (self._end - self._start) * share))
        fields = {"seconds_left": left} if left is not None else {}
        self._process.progress(min(step, STEPS - 1), STEPS, message=message, **fields)

    def within(self, start: float, end: float) -> "Watch":
        """For a part of the way."""
        return Watch(self._process, start, end)


class WatchedSink(Sink):
    """Writes a table to the disk and tells how much of the file has been read."""

    def __init__(self, writer: TableWriter, size: int, watch: Watch) -> None:
        self._writer, self._size, self._watch = writer, max(1, size), watch
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
        self._watch(self._position() / self._size, f"{count(self._writer.rows)} rows so far")

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
        self._watch(share, f"{count(self._writer.rows)} rows so far" if self._writer.rows else "")


def sink_for(path: Path, writer: TableWriter, watch: Watch) -> WatchedSink:
    """The sink for what is read from this file."""
    return WatchedSink(writer, path.stat().st_size, watch)
