"""What a trained model can know from the user's examples, kept beside it; what it invents is marked."""

import functools
import logging
from collections.abc import Iterator
from pathlib import Path

from workbench.core.errors import WorkbenchError
from workbench.core.metrics import INVENTED
from workbench.core.tasks import asked_as, task_named
from workbench.engine.evaluation.systems import Evaluation
from workbench.engine.rows import row_batches
from workbench.evaluation.scoring.facts.known import Known
from workbench.models.trained import read_trained

logger = logging.getLogger(__name__)

FILE = "known_facts.bin"
LEARNED = ("train", "validation")
"""The rows that tell facts; those of the exam are asked, and tell nothing."""


def write_known(folder: Path, task: str, system: str, data: Path) -> None:
    """Keep what the examples and the system prompt tell, for tasks whose answers are free texts."""
    if asked_as(task).answers_are_free_text:
        Known.of(_told(task, system, data)).write(folder / FILE)


def known_to(adapter: Path) -> Known | None:
    """What the model in a folder can know; None for other tasks, and where nothing is left to tell.

    A model of an earlier version has no such file; then its examples are read, if they are there.
    """
    path = adapter / FILE
    stamp = path.stat().st_mtime_ns if path.is_file() else 0
    return _known(adapter, stamp)


def mark_invented(exam: Evaluation, task: str, adapter: Path) -> None:
    """Put into an exam what each answer invents, and the share of the answers that do."""
    known = known_to(adapter) if exam.rows else None
    if known is None:
        return
    systems = [str(row.get("system") or "") for row in exam.rows]
    for who, answers in exam.answers.items():
        rows = zip(answers, exam.questions, systems, strict=True)
        found = [known.invented_texts(*row) for row in rows]
        exam.invented[who] = found
        exam.scores[who][INVENTED] = sum(map(bool, found)) / len(found)


@functools.lru_cache(maxsize=8)
def _known(adapter: Path, _stamp: int) -> Known | None:
    about = read_trained(adapter)
    if not asked_as(about.task).answers_are_free_text:
        return None
    found = Known.read(adapter / FILE)
    if found is not None or about.data is None or not about.data.is_file():
        return found
    try:
        return Known.of(_told(about.task, about.system, about.data))
    except WorkbenchError:
        logger.warning("What %s can know is not to be told", adapter, exc_info=True)
        return None


def _told(task: str, system: str, data: Path) -> Iterator[str]:
    about = task_named(task)
    yield system
    for split in LEARNED:
        for rows in row_batches(data, split):
            for row in rows:
                yield str(row.get("system") or "")
                yield about.question(row)
                yield about.answer(row) or ""
