"""Trained run: one whose model is there, and what jobs are told of it."""

from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from storage import runs
from storage.runs import RunRow
from storage.tables import Run
from workbench.core import recipe as recipes
from workbench.core.errors import WorkbenchError
from workbench.jobs.process.specs import TrainSpec


def trained_run(session: Session, run_id: int) -> RunRow:
    """A run whose model is there.

    Raises:
        WorkbenchError: there is no such run, or it has no model (any more).
    """
    row = runs.row(session, run_id, TrainSpec.kind)
    if row is None:
        raise WorkbenchError(f"There is no training run {run_id}: it may have been deleted.")
    adapter = (row.run.result or {}).get("adapter")
    if not adapter:
        raise WorkbenchError(
            f"'{row.run.name}' has no trained model: train it to the end, or choose another run."
        )
    if not Path(adapter).is_dir():
        raise WorkbenchError(
            f"The trained model of '{row.run.name}' is not at {adapter} any more: train it again."
        )
    return row


def told_of(row: RunRow) -> dict[str, Any]:
    """The fields that specs of evaluations and predictions have in common: the model as it was
    trained."""
    trained = TrainSpec.from_dict(row.job.spec)
    return {
        "run_id": row.run.id,
        "task": row.version.task,
        "system": trained.system,
        "fields": trained.fields,
        "base": trained.base,
        "adapter": Path((row.run.result or {})["adapter"]),
        "recipe": recipes.from_dict(row.run.recipe),
    }


def threshold_of(run: Run) -> float | None:
    """How sure the model of a run must be to answer alone; None where no limit was kept."""
    value = (run.threshold or {}).get("value")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= 1 else None
