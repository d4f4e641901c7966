"""The examples of a dataset version for a training: encoded once, then taken from the cache."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import datasets
from datasets import Features

from workbench.core import parquet
from workbench.engine.encoding import cache
from workbench.engine.encoding.encoded_rows import Columns, EncodedRows, write_rows
from workbench.engine.rows import Row, count_rows, row_batches
from workbench.engine.runtime.versions import versions
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.report import Report
from workbench.jobs.process.specs import TrainSpec
from workbench.jobs.process.stop import Stop

SPLITS = ("train", "validation")

Encode = Callable[[Iterable[list[Row]], cache.Facts], Iterator[Columns]]
"""Encodes batches of rows, and leaves in the facts what is to be known of them afterwards."""


@dataclass(frozen=True)
class EncodedSplit:
    """One side of the exam, encoded."""

    rows: EncodedRows
    facts: Mapping[str, Any]


def encoded_splits(
    spec: TrainSpec,
    job: JobDir,
    shape: Mapping[str, Any],
    features: Features,
    encode: Encode,
    report: Report,
    stop: Stop,
) -> list[EncodedSplit]:
    """What is learned from, and the practice questions.

    Args:
        shape: all that shapes an example, beside the data and the libraries; for JSON.

    Raises:
        WorkbenchError: the examples are damaged, or one cannot be encoded.
        Cancelled, Orphaned: the process is to leave; nothing is kept of a part.
    """
    made = False

    def make(folder: Path) -> cache.Facts:
        nonlocal made
        made = True
        total = max(1, count_rows(spec.data, SPLITS))
        return _write(folder, spec.data, features, encode, Meter(report, stop.check, total), total)

    key = cache.key_of({**_shape(spec), **shape})
    folder = cache.kept(spec.cache or job.path / "encoded", key, make, stop.check)
    if not made:
        report.log("These examples are encoded already, by an earlier training.")
    facts = cache.facts_of(folder)
    return [
        EncodedSplit(EncodedRows.mapped(folder / f"{split}.arrow"), facts[split])
        for split in SPLITS
    ]


def _shape(spec: TrainSpec) -> dict[str, Any]:
    """What shapes the examples of every family."""
    return {
        "data": parquet.digest(spec.data, parquet.damaged_examples(spec.data)),
        "task": spec.task,
        "versions": {**versions(), "datasets": datasets.__version__},
    }


def _write(
    folder: Path, data: Path, features: Features, encode: Encode, meter: Meter, total: int
) -> cache.Facts:
    facts: cache.Facts = {}
    done, tell = 0, meter.counted(total)

    def counted(split: str) -> Iterator[list[Row]]:
        nonlocal done
        for rows in row_batches(data, split):
            tell(done)
            yield list(rows)
            done += len(rows)

    for split in SPLITS:
        facts[split] = {}
        columns = encode(counted(split), facts[split])
        write_rows(folder / f"{split}.arrow", columns, features)
    tell(total)
    return facts
