"""Models that a sweep did not choose are dropped: what they took on the disk is told of none of them."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from storage import files, runs
from storage.database import Store
from storage.live import releases
from storage.tables import OPEN, Run
from workbench.training import chain
from workbench.training.run_view import RunView

DROPPED = "dropped"
"""In a run's result: its model was, and can be made again from its settings."""


def drop_models(store: Store, others: Iterable[RunView]) -> list[int]:
    """Drop the models and checkpoints of runs that nobody works with; the runs that lost theirs.

    Curves, scores and settings stay, and so does a model that is live or was, or that another training or job
    starts from.
    """
    return [run.id for run in others if _drop(store, run)]


def was_dropped(run: RunView) -> bool:
    """Whether a run's model was dropped after a sweep."""
    return bool((run.result or {}).get(DROPPED))


def _drop(store: Store, run: RunView) -> bool:
    with store.write() as session:
        row = session.get(Run, run.id)
        busy = any(job.status in OPEN for job in runs.jobs_of(session, run.id))
        if row is None or busy or releases.of_run(session, run.id):
            return False
        if chain.waiting_for(session, run.id):
            return False
        if row.result and row.result.get("adapter"):
            row.result = {**row.result, "adapter": None, DROPPED: True}
    folder = files.job_folder(run.job.id)
    for name in ("adapter", "checkpoints"):
        shutil.rmtree(Path(folder) / name, ignore_errors=True)
    return True
