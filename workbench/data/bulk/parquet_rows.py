"""Parquet files, a few rows at a time, with every column turned into text."""

import struct
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.errors import WorkbenchError
from workbench.data.bulk.sink import MeteredSink
from workbench.data.readers.kinds import PARQUET
from workbench.data.readers.shapes import hub
from workbench.data.readers.table import MAX_COLUMNS, ReadOptions, Table, check_width
from workbench.data.readers.table_file import empty
from workbench.data.readers.tables.parquet import BROKEN, as_text, is_binary
from workbench.jobs.process.meter import Meter

_LARGEST_FOOTER = 24 << 20
_BATCH_BYTES = 4 << 20
_MOST_ROWS = 20_000


def read(path: Path, name: str, sink: MeteredSink, meter: Meter) -> Table:
    """The table in a Parquet file; its rows go to the sink, numbered from 1.

    Raises:
        WorkbenchError: it is damaged, too wide or empty.
    """
    _check_footer(path, name)
    try:
        with pq.ParquetFile(path, buffer_size=1 << 20, pre_buffer=False) as file:
            return _read(file, name, sink, meter)
    except pa.ArrowMemoryError:
        raise
    except BROKEN:
        raise WorkbenchError(
            f"{name} is a damaged Parquet file: save or download it again."
        ) from None


def _read(file: pq.ParquetFile, name: str, sink: MeteredSink, meter: Meter) -> Table:
    schema, total = file.schema_arrow, file.metadata.num_rows
    check_width(len(schema.names), name)
    kept = [field.name for field in schema if not is_binary(field.type)]
    left_out = [field.name for field in schema if is_binary(field.type)]
    if not total or not kept:
        raise WorkbenchError(f"{name} is empty: choose a file with at least ten rows of examples.")
    names = [column or "(no name)" for column in kept]
    categories = hub.names_in_parquet(schema.metadata)
    sink.begin(names)
    done = 0
    for group in range(file.num_row_groups):
        for batch in file.iter_batches(_rows_at_once(file, group), [group], columns=kept):
            columns = zip(batch.columns, kept, strict=True)
            arrays = [as_text(column, categories.get(name)) for column, name in columns]
            numbers = range(done + 1, done + batch.num_rows + 1)
            done += batch.num_rows
            sink.reading(lambda: 0)
            sink.add(pa.RecordBatch.from_arrays(arrays, names=names), numbers)
            meter(done / total)
    notes = tuple(f"Column '{column}' holds binary data and was left out." for column in left_out)
    return empty(name, PARQUET, ReadOptions(), notes=(*notes, *hub.notes_on(categories)))


def _rows_at_once(file: pq.ParquetFile, group: int) -> int:
    about = file.metadata.row_group(group)
    each = max(1, about.total_byte_size // max(1, about.num_rows))
    return int(min(_MOST_ROWS, max(16, _BATCH_BYTES // each)))


def _check_footer(path: Path, name: str) -> None:
    """A description of this size means columns or parts without number, and fills the memory."""
    with path.open("rb") as stream:
        stream.seek(-8, 2)
        (length,) = struct.unpack("<I", stream.read(4))
    if length > _LARGEST_FOOTER:
        raise WorkbenchError(
            f"{name} has more columns or parts than can be handled ({MAX_COLUMNS:,} columns are "
            "the most): keep the columns that matter, and save it again."
        )
