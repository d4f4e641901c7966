"""The rungs below every model of an exam of pairs: always the longer answer, always the shorter one."""

import time
from collections.abc import Sequence

from workbench.core.tasks import task_named
from workbench.core.tasks.preferences import worse_of
from workbench.core.tasks.rungs import LONGER, cheap_for
from workbench.engine.evaluation.systems import Answers, Evaluation, take
from workbench.engine.rows import Row


def add_by_length(exam: Evaluation, task: str, rungs: Sequence[str]) -> None:
    """Let those sit an exam who look at the length of the answers alone."""
    if not exam.rows:
        return
    for name in (name for name in cheap_for(task_named(task)) if name in rungs):
        begun = time.perf_counter()
        texts = [_taken(task, row, longer=name == LONGER) for row in exam.rows]
        seconds = (time.perf_counter() - begun) / len(texts)
        take(exam, name, task, Answers(texts, seconds=seconds))


def _taken(task: str, row: Row, *, longer: bool) -> str:
    """The longer or the shorter of the two; of equally long ones the worse, so that nothing is given."""
    role = task_named(task).learned
    better, worse = str(row[role]), str(worse_of(row)[role])
    takes_better = len(better) > len(worse) if longer else len(better) < len(worse)
    return better if takes_better else worse
