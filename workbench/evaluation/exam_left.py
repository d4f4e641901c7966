"""How much of an exam is left to a training that goes on from a model which learned some of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import SPLITS, task_named
from workbench.core.tasks.task import Task
from workbench.core.words import plural
from workbench.data.versions import VersionInfo, read_examples
from workbench.models.trained import Learned, learned_by
from workbench.training.trained_run import trained_run

EXAM = SPLITS[-1]
MOST = 20_000
"""Examples of a model before that are looked through; of more nothing is said beforehand."""


@dataclass(frozen=True)
class ExamLeft:
    """Questions of an exam, and how many of them no model before had learned."""

    left: int
    questions: int

    @property
    def sentence(self) -> str:
        """What somebody should know before the training; empty where all are left."""
        known = self.questions - self.left
        if not known:
            return ""
        if not self.left:
            return (
                f"That model has learned {'all ' if self.questions > 1 else ''}"
                f"{plural(self.questions, 'exam question')} of this data, so there would be no exam after "
                "this training. To know how good it becomes, start from the base model as it came."
            )
        return (
            f"That model has learned {known:,} of the {plural(self.questions, 'exam question')} of this data: "
            f"the exam after this training asks the other {self.left:,}."
        )


def exam_left(store: Store, run_id: int, version: VersionInfo) -> ExamLeft | None:
    """What is left of the exam of a training on a version that goes on from the model of a run.

    Returns:
        None where there is too much to look through, or not all of it is there (any more).
    """
    task = task_named(version.task)
    try:
        with store.read() as session:
            adapter = Path((trained_run(session, run_id).run.result or {})["adapter"])
        before = [one for one in learned_by(adapter) if one.task == task.name]
        if sum(pq.read_metadata(one.data).num_rows for one in before) > MOST:
            return None
        rows = read_examples(version, filters=pc.field("split") == EXAM).to_pylist()
        questions = [task.question(row) for row in rows]
        known = _known(task, before, set(questions))
    except (WorkbenchError, OSError, ValueError):
        return None
    return ExamLeft(sum(question not in known for question in questions), len(questions))


def _known(task: Task, before: Sequence[Learned], asked: set[str]) -> set[str]:
    found = set[str]()
    for one in before:
        splits = list(SPLITS if one.whole else SPLITS[:-1])
        table = pq.read_table(one.data, filters=pc.field("split").isin(splits))
        found |= asked & {task.question(row) for row in table.to_pylist()}
    return found
