"""Conversations in pieces, in a table on the disk: put together where the pieces fit into memory."""

import dataclasses
import itertools
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.words import size
from workbench.data.readers.table import ReadOptions, Table
from workbench.data.readers.table_file import NUMBER, TableWriter
from workbench.data.readers.talks import put_together

_FIRST = 2_000
"""So many rows tell whether conversations are in pieces."""
MOST_BYTES = 64_000_000
"""Of text that is held in memory at once; with what is made of it, it takes some times as much."""


def together(
    table: Table, options: ReadOptions, folder: Path, writer: TableWriter
) -> tuple[Table, TableWriter]:
    """The table with its conversations whole, or with a note that they are not.

    Args:
        table: without its rows, which `writer` has written to the folder.
    """
    if not writer.rows:
        return table, writer
    first = _read(table, folder, _FIRST)
    if put_together(first, options) is first:
        return table, writer
    if _bytes(folder) > MOST_BYTES:
        return dataclasses.replace(table, notes=(*table.notes, _too_large(table.name))), writer
    whole = put_together(_read(table, folder), options)
    return _emptied(whole), _written(whole, folder)


def _too_large(name: str) -> str:
    return (
        f"{name} holds conversations in pieces: a turn a row, an answer and its history, or turns of "
        "people by their names. It is too large for them to be put together: divide it into files of "
        f"up to {size(MOST_BYTES)} of text, each with whole conversations."
    )


def _bytes(folder: Path) -> int:
    about = pq.read_metadata(folder / "table.parquet")
    return sum(about.row_group(place).total_byte_size for place in range(about.num_row_groups))


def _read(table: Table, folder: Path, most: int = 0) -> Table:
    """The table with its first rows, or with all."""
    with pq.ParquetFile(folder / "table.parquet") as file:
        some = itertools.islice(file.iter_batches(most), 1) if most else ()
        data = pa.Table.from_batches([*some], file.schema_arrow) if most else file.read()
    return dataclasses.replace(
        table, data=data.drop_columns([NUMBER]), row_numbers=data.column(NUMBER).combine_chunks()
    )


def _emptied(whole: Table) -> Table:
    nothing = pa.array([], pa.int64())
    return dataclasses.replace(whole, data=pa.table({}), row_numbers=nothing, rows_in_file=0)


def _written(whole: Table, folder: Path) -> TableWriter:
    writer = TableWriter(folder / "table.new")
    try:
        writer.begin(whole.columns)
        numbers, done = whole.row_numbers.to_pylist(), 0
        for batch in whole.data.to_batches(max_chunksize=_FIRST):
            writer.add(batch, numbers[done : done + batch.num_rows])
            done += batch.num_rows
        writer.close()
    except BaseException:
        writer.abandon()
        raise
    writer.move(folder / "table.parquet")
    return writer
