"""The trained model's answers to the practice questions, on which a limit of its sureness is chosen."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.recipe import Recipe
from workbench.core.tasks import task_named
from workbench.core.tasks.rungs import TUNED
from workbench.data.splits.drawn import chosen
from workbench.engine.evaluation.systems import System, outside_too
from workbench.engine.rows import read_rows
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.stop import Stop

PRACTICE = "practice.parquet"
MOST = 2000
"""Further questions would hardly move the limit."""


class Asking:
    """Watches systems go by in an exam, and asks the trained one once more afterwards."""

    def __init__(
        self, task: str, data: Path | None, recipe: Recipe, out_of_scope: str = ""
    ) -> None:
        """What will be asked.

        Args:
            data: what the model learned from; None where it is not known.
            out_of_scope: the category that stands for none of the others, if one does.
        """
        self._task, self._data, self._recipe = task, data, recipe
        self._out_of_scope = out_of_scope
        self._tuned: System | None = None

    def passing(self, systems: Iterable[System]) -> Iterator[System]:
        """The systems, as they come; one that is not asked again is not held in memory."""
        for system in systems:
            if system.name == TUNED and self._asks():
                self._tuned = system
            yield system

    def _asks(self) -> bool:
        sorts = task_named(self._task).has_categories
        return sorts and not self._recipe.is_by_turns and self._data is not None

    def write(
        self, job: JobDir, report: Report, stop: Stop, *, max_rows: int | None = None
    ) -> Result:
        """Keep what it answers to the practice questions as practice.parquet; its place.

        Nothing is kept of a task without categories, which has no sureness, and of a model from few
        rows, which has learned its practice questions, too.

        Args:
            max_rows: at most so many questions are answered; None for `MOST`.

        Raises:
            Cancelled, Orphaned: the process is to leave.
        """
        about, data = task_named(self._task), self._data
        if self._tuned is None or data is None or not data.is_file():
            return {}
        rows = chosen(read_rows(data, "validation"), max_rows or MOST, self._recipe.seed)
        if not rows:
            return {}
        report.phase("evaluating", f"{self._tuned.title} answers the practice questions")
        meter = Meter(report, stop.check, len(rows))
        answers = self._tuned.examine(rows[:1], rows, stop, meter.counted(len(rows)))
        if answers.probabilities is None:
            return {}
        columns = {
            "row_id": [int(row["row_id"]) for row in rows],
            "input": [about.question(row) for row in rows],
            "expected": [about.answer(row) or "" for row in rows],
            "tuned": answers.texts,
            "probability": answers.probabilities,
        }
        none = outside_too(answers.none_of_these, answers.texts, self._out_of_scope)
        if none is not None:
            columns["none_of_these"] = none
        path = job.path / PRACTICE
        pq.write_table(pa.table(columns), path)
        return {"practice": str(path)}
