"""The answers of a prediction on their way: files in its folder, from which it goes on after a kill.

parts/000000000-000000020.parquet      rows from the first number up to before the second
"""

import itertools
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.whole import whole_file
from workbench.jobs.process.job_dir import JobDir

FIRST_ROWS = 20
"""The first part: what a page shows before the rest is asked for, so that both say the same."""
FOLDER = "parts"


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
        for path in parts_in(former):
            if path.name in {self._path(span).name for span in self._spans}:
                with whole_file(self._folder / path.name) as part:
                    shutil.copyfile(path, part)

    @property
    def done(self) -> list[Path]:
        """The files of the parts that are whole, as far as none is missing before them."""
        found: list[Path] = []
        for span in self._spans:
            if not _is_whole(self._path(span), span):
                break
            found.append(self._path(span))
        return found

    @property
    def rows_done(self) -> int:
        """How many rows are answered."""
        return sum(end - start for (start, end), _ in zip(self._spans, self.done, strict=False))

    @property
    def missing(self) -> list[tuple[int, int]]:
        """What is still to be answered: from which row up to before which."""
        return self._spans[len(self.done) :]

    def keep(self, span: tuple[int, int], answers: pa.Table) -> None:
        """Keep the answers to these rows."""
        with whole_file(self._path(span), flushed=True) as path:
            pq.write_table(answers, path, compression="zstd")

    def put_together(self, target: Path) -> int:
        """Write the parts that are there into one file, one after the other; how many rows it has."""
        rows, done = 0, self.done
        schema = pq.read_schema(done[0])
        with (
            whole_file(target) as path,
            pq.ParquetWriter(path, schema, compression="zstd") as writer,
        ):
            for part in map(pq.read_table, done):
                # A part of an earlier attempt may lack what an update of this program tells more.
                writer.write_table(part.select(schema.names))
                rows += part.num_rows
        return rows

    def _path(self, span: tuple[int, int]) -> Path:
        start, end = span
        return self._folder / f"{start:09d}-{end:09d}.parquet"


def parts_in(folder: Path) -> list[Path]:
    """The whole parts in a job's folder, for whoever does not know how many there are to be."""
    found: list[Path] = []
    end = 0
    for path in sorted((folder / FOLDER).glob("[0-9]*-[0-9]*.parquet")):
        start, next_end = map(int, path.stem.split("-"))
        if start != end or not _is_whole(path, (start, next_end)):
            break
        found.append(path)
        end = next_end
    return found


def rows_in(parts: list[Path]) -> int:
    """How many rows they hold, by their names."""
    return sum(int(path.stem.split("-")[1]) - int(path.stem.split("-")[0]) for path in parts)


def _is_whole(path: Path, span: tuple[int, int]) -> bool:
    try:
        return bool(pq.read_metadata(path).num_rows == span[1] - span[0])
    except (pa.ArrowException, OSError):
        return False
