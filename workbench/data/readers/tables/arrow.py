"""Arrow files, as the library `datasets` (`save_to_disk`) and Feather write them."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from workbench.core.errors import WorkbenchError
from workbench.data.readers.kinds import ARROW
from workbench.data.readers.shapes import hub
from workbench.data.readers.table import ReadOptions, Table, check_width
from workbench.data.readers.tables.parquet import as_text, is_binary

FILE = b"ARROW1"
_AT_ONCE = 1000


@contextlib.contextmanager
def opened(path: Path, name: str) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
    """The columns of a file, and its rows, at most a thousand at a time.

    Raises:
        WorkbenchError: it is damaged; also while the rows are read.
    """
    with pa.OSFile(str(path)) as stream:
        with _damage_told(name):
            schema, batches = _opened(stream)
        check_width(len(schema.names), name)
        yield schema, _checked(batches, name)


def _opened(stream: pa.NativeFile) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    is_file = stream.read(len(FILE)) == FILE
    stream.seek(0)
    if not is_file:
        reader = pa.ipc.open_stream(stream)
        return reader.schema, iter(reader)
    reader = pa.ipc.open_file(stream)
    return reader.schema, (reader.get_batch(i) for i in range(reader.num_record_batches))


def _checked(batches: Iterator[pa.RecordBatch], name: str) -> Iterator[pa.RecordBatch]:
    """Arrow believes what a file says of its own places; here nothing is read before a look."""
    while True:
        with _damage_told(name):
            batch = next(batches, None)
            if batch is None:
                return
            batch.validate(full=True)
        for start in range(0, batch.num_rows, _AT_ONCE):
            yield batch.slice(start, _AT_ONCE)


@contextlib.contextmanager
def _damage_told(name: str) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError):
        raise WorkbenchError(
            f"{name} is a damaged Arrow file: save or download it again."
        ) from None


def texts(
    schema: pa.Schema, batches: Iterator[pa.RecordBatch]
) -> tuple[list[str], Iterator[pa.RecordBatch], tuple[str, ...]]:
    """The names of the columns, the rows as texts, and what is to be said of them."""
    kept = [i for i, field in enumerate(schema) if not is_binary(field.type)]
    names = [schema.names[i] or "(no name)" for i in kept]
    categories = hub.names_in_parquet(schema.metadata)

    def each() -> Iterator[pa.RecordBatch]:
        for batch in batches:
            arrays = [as_text(batch.column(i), categories.get(schema.names[i])) for i in kept]
            yield pa.RecordBatch.from_arrays(arrays, names=names)

    left_out = [field.name for field in schema if is_binary(field.type)]
    notes = [f"Column '{column}' holds binary data and was left out." for column in left_out]
    return names, each(), (*notes, *hub.notes_on(categories))


def read(path: Path, name: str) -> Table:
    """The table in an Arrow file; rows are numbered from 1.

    Raises:
        WorkbenchError: it is damaged, too wide or empty.
    """
    with opened(path, name) as (schema, batches):
        names, rows, notes = texts(schema, batches)
        data = pa.Table.from_batches(list(rows), pa.schema([(n, pa.large_string()) for n in names]))
    if not data.num_rows or not names:
        raise WorkbenchError(f"{name} is empty: choose a file with at least ten rows of examples.")
    numbers = pa.array(range(1, data.num_rows + 1), pa.int64())
    return Table(name, data, numbers, ARROW, ReadOptions(), notes=notes)
