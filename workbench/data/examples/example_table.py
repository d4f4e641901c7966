"""The table that examples are kept in: row_id, split, and a column for each role of the task."""

import io
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.tasks import Task
from workbench.data.examples.examples import Examples, question
from workbench.data.splits.assign import question_key

_BATCH, _CHUNK = 20_000, 100_000


def canonical(examples: Examples, splits: Sequence[str] | None = None) -> pa.Table:
    """The examples in the columns that training and evaluation read."""
    columns: dict[str, Any] = {"row_id": _column(examples.row_ids, pa.int64())}
    if splits is not None:
        columns["split"] = _column(splits, pa.string())
    for role, texts in examples.values.items():
        columns[role] = _column(texts, pa.large_string())
    return pa.table(columns)


def _column(values: Sequence[Any], kind: pa.DataType) -> pa.ChunkedArray:
    """In pieces: one long array would take twice its size while it is made."""
    starts = range(0, max(1, len(values)), _CHUNK)
    return pa.chunked_array([pa.array(values[i : i + _CHUNK], kind) for i in starts], kind)


def parquet_of(data: pa.Table) -> io.BytesIO:
    """The table as a Parquet file, from its start."""
    stream = io.BytesIO()
    pq.write_table(data, stream, compression="zstd")
    stream.seek(0)
    return stream


def splits_by_question(task: Task, data: pa.Table) -> dict[str, str]:
    """Question key → split, of a version that was saved before."""
    columns = [role for role in data.column_names if role not in ("row_id",)]
    found = {}
    for batch in data.select(columns).to_batches(max_chunksize=_BATCH):
        for row in batch.to_pylist():
            found[question_key(question(task, row, row))] = row["split"]
    return found
