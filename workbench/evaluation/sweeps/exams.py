"""The exams at the end of a sweep: the chosen try sits one, and the first one beside it."""

import logging

from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.evaluation import evaluations
from workbench.evaluation.sweeps.sweeps import Sweep
from workbench.jobs.job import JobView

logger = logging.getLogger(__name__)


def open_exams(store: Store, sweep: Sweep) -> list[JobView]:
    """The exams that wait or are sat."""
    return [
        job
        for trial in sweep.trials
        if trial.run is not None
        for job in evaluations.evaluation_jobs(store, trial.run.id)
        if not job.is_over
    ]


def start_exams(store: Store, sweep: Sweep, *, asked: int | None, at_once: int) -> int:
    """Let those sit it that are to and have not; how many begin.

    Args:
        asked: questions at most; None for all.
        at_once: exams at most that are sat side by side.
    """
    begun = 0
    for number in dict.fromkeys(one.number for one in (sweep.best, sweep.first) if one):
        run = sweep.trials[number].run
        if begun >= at_once or run is None or not run.is_usable or not run.splits.get("test"):
            continue
        if evaluations.evaluation_jobs(store, run.id):
            continue
        try:
            evaluations.start_evaluation(store, run.id, most=asked)
        except WorkbenchError as error:
            logger.warning("The exam of %s cannot be sat: %s", run.name, error)
            continue
        begun += 1
    return begun
