"""What the models had learned that a training goes on from: such questions examine nobody."""

from collections.abc import Collection, Sequence
from pathlib import Path

from workbench.core.errors import WorkbenchError
from workbench.core.tasks import SPLITS, task_named
from workbench.core.words import plural
from workbench.engine.models.start import start_beside
from workbench.engine.rows import Row, row_batches
from workbench.jobs.process.report import Report
from workbench.models.trained import Learned, learned_by

LEFT_OUT = "learned_before"
"""In the result of an exam: how many questions were left out, since a model before had learned them."""


def unlearned(task: str, rows: Sequence[Row], adapter: Path, report: Report) -> list[Row]:
    """Those of the exam's rows whose questions no model before had learned as the same task."""
    own = start_beside(adapter)
    before = [one for one in learned_by(own) if one.task == task]
    about = task_named(task)
    if not before or not rows:
        return list(rows)
    asked = {about.question(row) for row in rows}
    known = _learned(task, before, asked, report)
    left = [row for row in rows if about.question(row) not in known]
    if len(left) < len(rows):
        report.log(
            f"{plural(len(rows) - len(left), 'exam question')} of {len(rows):,} left out: the model that "
            "this one goes on from had learned them."
        )
    return left


def _learned(
    task: str, before: Sequence[Learned], asked: Collection[str], report: Report
) -> set[str]:
    """Those of the questions that were learned."""
    about, found = task_named(task), set[str]()
    for one in before:
        try:
            for split in SPLITS if one.whole else SPLITS[:2]:
                for batch in row_batches(one.data, split):
                    found |= {
                        question for row in batch if (question := about.question(row)) in asked
                    }
        except (WorkbenchError, OSError):
            report.log(
                "The examples that a model before this one had learned are not here any more, so its exam "
                "may ask some of them."
            )
    return found
