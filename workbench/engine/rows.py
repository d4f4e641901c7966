"""The rows of a dataset version, as the engine reads them."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from workbench.core import parquet
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import Task
from workbench.core.tasks.category_sets import labels_in

Row = Mapping[str, Any]

AT_ONCE = 1000
"""Rows of a batch: enough to keep a tokenizer's threads busy, and no matter for the memory."""


def read_rows(path: Path, split: str | None = None) -> list[dict[str, Any]]:
    """The rows of a canonical Parquet file, of one split or of all.

    Raises:
        WorkbenchError: it is damaged or gone.
    """
    return [row for batch in row_batches(path, split) for row in batch]


def row_batches(path: Path, split: str | None = None) -> Iterator[list[dict[str, Any]]]:
    """The same some rows at a time, so that never all of them are in memory.

    Raises:
        WorkbenchError: it is damaged or gone.
    """
    for batch in _batches(path):
        if split is not None:
            batch = batch.filter(pc.equal(batch["split"], split))
        if batch.num_rows:
            yield batch.to_pylist()


def count_rows(path: Path, splits: Sequence[str]) -> int:
    """How many rows there are in these splits.

    Raises:
        WorkbenchError: it is damaged or gone.
    """
    wanted = pa.array(splits)
    return sum(
        pc.sum(pc.is_in(batch["split"], wanted)).as_py() or 0 for batch in _batches(path, ["split"])
    )


def labels_of(path: Path, splits: Sequence[str] = ("train",)) -> list[str]:
    """The categories in the rows that are learned from, sorted."""
    found: set[str] = set()
    wanted = pa.array(splits)
    for batch in _batches(path, ["split", "label"]):
        learned = batch.filter(pc.is_in(batch["split"], wanted))
        found.update(str(label) for label in learned["label"].unique().to_pylist())
    return sorted(found)


def categories_of(task: Task, path: Path) -> list[str]:
    """The categories that are learned, sorted; none for tasks without."""
    if not task.has_categories:
        return []
    found = labels_of(path)
    return labels_in(found) if task.answers_are_sets else found


def _batches(path: Path, columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
    damaged = parquet.damaged_examples(path)
    parquet.check(path, damaged)
    try:
        with pq.ParquetFile(path) as file:
            yield from file.iter_batches(AT_ONCE, columns=columns)
    except (pa.ArrowException, OSError) as error:
        raise WorkbenchError(damaged) from error
