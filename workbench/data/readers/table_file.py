"""A table of texts on the disk: Parquet, in which every row has its number, and what it is.

table.parquet     the number of the row and the columns, an empty cell being null
table.json        how it was read, its sheets, notes, and the rows that were left out
glimpse/          some rows, of a table that has many (see `splits.sample_file`)
"""

import contextlib
import dataclasses
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.errors import WorkbenchError
from workbench.data.readers.table import (
    TOO_MANY_CELLS,
    Choice,
    Meant,
    Question,
    ReadOptions,
    Table,
    options_from,
)
from workbench.jobs.process.job_dir import read_json

TABLE = "table.parquet"
NUMBER = "\x1frow"
"""The column of the row numbers; no file's column can be called so."""
_SAMPLE_FIRST = 1000
_SAMPLE_PLACES = 8
_SAMPLE_EACH = 250
_PART_ROWS = 50_000
_GROUP_ROWS = 100_000
_GROUP_BYTES = 16 << 20


class TableWriter:
    """The sink that writes to the disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: pq.ParquetWriter | None = None
        self._schema: pa.Schema | None = None
        self._held: list[pa.RecordBatch] = []
        self._held_rows = self._held_bytes = 0
        self.rows = 0
        self.names: list[str] = []

    def begin(self, names: list[str]) -> None:
        """The columns; what was written before is void."""
        self.close()
        self.rows, self.names = 0, names
        fields = [(NUMBER, pa.int64()), *((name, pa.large_string()) for name in names)]
        self._schema = pa.schema(fields)
        self._writer = pq.ParquetWriter(
            self._path, self._schema, compression="zstd", use_dictionary=False
        )

    def add(self, batch: pa.RecordBatch, numbers: Sequence[int]) -> None:
        """Some rows and their numbers."""
        columns = [pa.array(numbers, pa.int64()), *batch.columns]
        self._held.append(pa.RecordBatch.from_arrays(columns, schema=self._schema))
        self._held_rows += batch.num_rows
        self._held_bytes += batch.nbytes
        self.rows += batch.num_rows
        if self._held_rows >= _GROUP_ROWS or self._held_bytes >= _GROUP_BYTES:
            self._flush()

    def close(self) -> None:
        """Everything is written."""
        if self._writer is not None:
            self._flush()
            self._writer.close()
            self._writer = None

    def move(self, path: Path) -> None:
        """Put the file, which is closed, in the place of another."""
        self._path = self._path.replace(path)

    def abandon(self) -> None:
        """Leave no file."""
        self._held = []
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._path.unlink(missing_ok=True)

    def _flush(self) -> None:
        if self._held and self._writer is not None:
            table = pa.Table.from_batches(self._held, self._schema)
            self._held, self._held_rows, self._held_bytes = [], 0, 0
            self._writer.write_table(table, row_group_size=table.num_rows)


def facts_of(table: Table) -> dict[str, Any]:
    """What is kept beside the rows."""
    return {
        "name": table.name,
        "kind": table.kind,
        "options": table.options.as_dict(),
        "sheets": list(table.sheets),
        "notes": list(table.notes),
        "left_out": {reason: list(rows) for reason, rows in table.left_out.items()},
        "unused": dict(table.unused),
        "people": list(table.people),
        "meant": dataclasses.asdict(table.meant) if table.meant else None,
        "question": dataclasses.asdict(table.question) if table.question else None,
        "put_together": table.put_together,
    }


def with_facts(facts: dict[str, Any], data: pa.Table, numbers: pa.Int64Array, rows: int) -> Table:
    """The table that `facts_of` tells of.

    Args:
        rows: how many rows the file has, where `data` holds some of them; else 0.

    Raises:
        KeyError, TypeError, ValueError: they are not such facts.
    """
    return Table(
        str(facts["name"]),
        data,
        numbers,
        str(facts["kind"]),
        options_from(facts["options"]),
        tuple(map(str, facts["sheets"])),
        tuple(map(str, facts["notes"])),
        _left_out(facts),
        {str(key): int(count) for key, count in facts.get("unused", {}).items()},
        rows,
        tuple(map(str, facts.get("people", ()))),
        Meant(**facts["meant"]) if facts.get("meant") else None,
        _question(facts["question"]) if facts.get("question") else None,
        put_together=int(facts.get("put_together", 0)),
    )


def _left_out(facts: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    if facts.get("ragged"):  # of an older version
        return {TOO_MANY_CELLS: tuple(map(int, facts["ragged"]))}
    found = facts.get("left_out", {})
    return {str(reason): tuple(map(int, rows)) for reason, rows in found.items()}


def _question(values: dict[str, Any]) -> Question:
    choices = tuple(Choice(**choice) for choice in values["choices"])
    return Question(str(values["text"]), choices, str(values["chosen"]))


def empty(name: str, kind: str, options: ReadOptions, **more: Any) -> Table:
    """A table whose rows are elsewhere."""
    return Table(name, pa.table({}), pa.array([], pa.int64()), kind, options, **more)


def is_whole(folder: Path) -> bool:
    """Whether a table is there, as far as its end and what is kept beside it tell."""
    facts = read_json(folder / "table.json")
    try:
        pq.read_metadata(folder / TABLE)
    except (pa.ArrowException, OSError):
        return False
    return isinstance(facts, dict) and facts.keys() >= {"name", "kind", "options", "sheets"}


@contextlib.contextmanager
def _said(folder: Path) -> Iterator[None]:
    """A table that is torn, as a sentence."""
    try:
        yield
    except (pa.ArrowException, OSError, KeyError, json.JSONDecodeError) as error:
        raise WorkbenchError(
            "What was read of the file is damaged on the disk: delete "
            f"{folder / 'table.parquet'} and reload the page, then it is read again."
        ) from error


def columns_of(folder: Path) -> list[str]:
    """The names of the table's columns."""
    with _said(folder):
        names = pq.read_schema(folder / TABLE).names
    return [name for name in names if name != NUMBER]


def options_in(folder: Path) -> ReadOptions | None:
    """How the file of a table was read; None if there is no table (any more)."""
    facts = read_json(folder / "table.json")
    return options_from(facts["options"]) if facts and is_whole(folder) else None


def rows_in(folder: Path) -> int:
    """How many rows the table has."""
    with _said(folder):
        return int(pq.read_metadata(folder / TABLE).num_rows)


def read_parts(folder: Path, columns: Sequence[str]) -> Iterator[Table]:
    """All rows with these columns, some thousands at a time."""
    with _said(folder), pq.ParquetFile(folder / TABLE) as file:
        rows = file.metadata.num_rows
        for batch in file.iter_batches(_PART_ROWS, columns=[NUMBER, *dict.fromkeys(columns)]):
            yield _table(folder, pa.Table.from_batches([batch]), rows)


def parts(folder: Path) -> Iterator[pa.Table]:
    """All rows without their numbers, some thousands at a time."""
    with _said(folder), pq.ParquetFile(folder / TABLE) as file:
        for batch in file.iter_batches(_PART_ROWS, columns=columns_of(folder)):
            yield pa.Table.from_batches([batch])


def read_sample(folder: Path) -> Table:
    """The first rows, and some from all over the table, of one that `convert` made."""
    with _said(folder), pq.ParquetFile(folder / TABLE) as file:
        groups = file.num_row_groups
        first = next(file.iter_batches(_SAMPLE_FIRST, row_groups=[0]))
        step = max(1, groups // _SAMPLE_PLACES)
        later = [
            next(file.iter_batches(_SAMPLE_EACH, row_groups=[group]))
            for group in range(step, groups, step)
        ]
        data = pa.Table.from_batches([first, *later])
        return _table(folder, data, file.metadata.num_rows)


def read_whole(folder: Path, columns: Sequence[str]) -> Table:
    """All rows; the columns that are not asked for are empty."""
    with _said(folder), pq.ParquetFile(folder / TABLE) as file:
        data, about = file.read([NUMBER, *columns]), file.metadata
        names = [name for name in file.schema_arrow.names if name != NUMBER]
    rows = about.num_rows
    nothing = pa.nulls(rows, pa.large_string()) if len(columns) < len(names) else None
    filled = [data.column(name) if name in columns else nothing for name in names]
    whole = pa.table([data.column(NUMBER), *filled], names=[NUMBER, *names])
    elsewhere = [name for name in names if name not in columns]
    return dataclasses.replace(
        _table(folder, whole, rows), filled_in_file=_filled(about, elsewhere)
    )


def _filled(about: pq.FileMetaData, names: Sequence[str]) -> dict[str, int]:
    """How many rows have something in each column, by what Parquet keeps of it."""
    places = {about.schema.column(place).name: place for place in range(about.num_columns)}
    groups = [about.row_group(number) for number in range(about.num_row_groups)]
    return {
        name: sum(_count(group.column(places[name])) for group in groups)
        for name in names
        if name in places
    }


def _count(chunk: Any) -> int:
    kept = chunk.statistics
    return int(chunk.num_values - kept.null_count) if kept and kept.has_null_count else 0


def _table(folder: Path, data: pa.Table, rows: int) -> Table:
    facts = json.loads((folder / "table.json").read_text("utf-8"))
    numbers = data.column(NUMBER).combine_chunks()
    return with_facts(facts, data.drop_columns([NUMBER]), numbers, rows)
