"""Trained run: one whose model is there, and what jobs are told of it."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from storage import runs, trained
from storage.database import Store
from storage.runs import RunRow
from storage.tables import Run
from storage.trained import Trained
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


def trained_row(store: Store, run_id: int) -> RunRow:
    """The same, for a page that asks several times: nobody may change the row.

    Raises:
        WorkbenchError: there is no such run, or it has no model (any more).
    """
    return store.known(("trained run", run_id), partial(_row, store, run_id))


def _row(store: Store, run_id: int) -> RunRow:
    with store.read() as session:
        return trained_run(session, run_id)


def trained_in(store: Store, project_id: int | None = None) -> Sequence[Trained]:
    """Runs that left an adapter, newest first; of one project, or of all that are in use.

    A page asks several times: nobody may change the rows.
    """
    return store.known(("trained in", project_id), partial(_trained_in, store, project_id))


def _trained_in(store: Store, project_id: int | None) -> Sequence[Trained]:
    with store.read() as session:
        return trained.listing(session, project_id)


def trained_of(store: Store, run_id: int) -> Trained | None:
    """The run, if it left an adapter and its project is in use; a page asks several times."""
    return store.known(("trained", run_id), partial(_trained_of, store, run_id))


def _trained_of(store: Store, run_id: int) -> Trained | None:
    with store.read() as session:
        return trained.of_run(session, run_id)


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
