"""The answers of a prediction on their way: files in its folder, from which it goes on after a kill.

parts/000000000-000000020.parquet      rows from the first number up to before the second
predictions.parquet                    all of them, once none is missing
"""

import itertools
import os
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.whole import whole_file
from workbench.core.words import count, plural
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.specs import Share

FIRST_ROWS = 20
"""The first part: what a page shows before the rest is asked for, so that both say the same."""
FOLDER, PREDICTIONS = "parts", "predictions.parquet"

Span = tuple[int, int]
"""From which row up to before which."""


class Parts:
    """The parts of one prediction; each is there whole or not at all."""

    def __init__(self, job: JobDir, rows: int, at_once: int) -> None:
        """
        Args:
            rows: how many there are to answer.
            at_once: rows of a part, but for the first; the same in every attempt.
        """
        self._folder = job.path / FOLDER
        self._folder.mkdir(exist_ok=True)
        ends = [0, *range(FIRST_ROWS, rows, at_once), rows]
        self._spans = [(a, b) for a, b in itertools.pairwise(ends) if b > a]

    def take_over(self, former: Path) -> None:
        """Take the parts that another job has answered of the same rows, as far as they fit."""
        link(former, self._folder.parent, {self._path(span).name for span in self._spans})

    @property
    def done(self) -> list[Path]:
        """The files of the parts that are whole, as far as none is missing before them."""
        whole = itertools.takewhile(self._is_there, self._spans)
        return [self._path(span) for span in whole]

    @property
    def missing(self) -> list[Span]:
        """What is still to be answered: from which row up to before which."""
        return [span for span in self._spans if not self._is_there(span)]

    def missing_of(self, share: Share) -> list[Span]:
        """What of it a share is to answer."""
        mine = self._spans[share.number :: share.of]
        return [span for span in mine if span[0] not in share.answered and not self._is_there(span)]

    def keep(self, span: Span, answers: pa.Table) -> None:
        """Keep the answers to these rows."""
        with whole_file(self._path(span), flushed=True) as path:
            pq.write_table(answers, path, compression="zstd")

    def _is_there(self, span: Span) -> bool:
        return _is_whole(self._path(span), span)

    def _path(self, span: Span) -> Path:
        start, end = span
        return self._folder / f"{start:09d}-{end:09d}.parquet"


def parts_in(folder: Path) -> list[Path]:
    """The whole parts in a job's folder, for whoever does not know how many there are to be."""
    found: list[Path] = []
    end = 0
    for path in sorted((folder / FOLDER).glob("[0-9]*-[0-9]*.parquet")):
        span = span_of(path)
        if span[0] != end or not _is_whole(path, span):
            break
        found.append(path)
        end = span[1]
    return found


def link(former: Path, job: Path, names: Collection[str] | None = None) -> None:
    """Give parts of one job's folder to another's, without taking room again where the disk can.

    Args:
        names: of the parts that fit; None for all.
    """
    for path in sorted((former / FOLDER).glob("[0-9]*-[0-9]*.parquet")):
        target = job / FOLDER / path.name
        if (names is None or path.name in names) and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            with whole_file(target) as part:
                try:
                    os.link(path, part)
                except OSError:
                    shutil.copyfile(path, part)


def whole_parts(folder: Path) -> list[Path]:
    """The parts in a job's folder, whatever is missing between them; torn ones are thrown away."""
    found = sorted((folder / FOLDER).glob("[0-9]*-[0-9]*.parquet"))
    whole = [path for path in found if _is_whole(path, span_of(path))]
    for path in set(found) - set(whole):
        path.unlink(missing_ok=True)
    return whole


def rows_in(parts: list[Path]) -> int:
    """How many rows they hold, by their names."""
    return sum(end - start for start, end in map(span_of, parts))


def span_of(path: Path) -> Span:
    """Which rows a part has, by its name."""
    start, end = path.stem.split("-")
    return int(start), int(end)


def put_together(parts: list[Path], target: Path) -> int:
    """Write parts into one file, one after the other; how many rows it has."""
    schema = pq.read_schema(parts[0])
    with whole_file(target) as path, pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for part in map(pq.read_table, parts):
            # A part of an earlier attempt may lack what an update of this program tells more.
            writer.write_table(part.select(schema.names))
    return rows_in(parts)


def answered(job: JobDir, parts: list[Path], of: int) -> dict[str, Any]:
    """The result of a prediction whose parts are all there."""
    path = job.path / PREDICTIONS
    return {"rows": put_together(parts, path), "predictions": str(path), "of": of}


def stopped(job: JobDir, parts: list[Path], of: int) -> dict[str, Any]:
    """The result of one that was cancelled with the first of its parts there."""
    told = answered(job, parts, of)
    reason = f"Stopped at your request; {count(told['rows'])} of {plural(of, 'row')} are answered."
    return {"status": "cancelled", "reason": reason, **told}


def _is_whole(path: Path, span: Span) -> bool:
    try:
        return bool(pq.read_metadata(path).num_rows == span[1] - span[0])
    except (pa.ArrowException, OSError):
        return False
