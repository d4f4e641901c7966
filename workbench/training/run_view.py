"""Run view: a training run as pages and other services see it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from storage import jobs as job_rows
from storage.runs import RunRow
from workbench.core.recipe import TURNS
from workbench.jobs import job as jobs
from workbench.jobs.job import AttemptView, JobView
from workbench.jobs.process.chain import Link
from workbench.training.chain import chain_of


@dataclass(frozen=True)
class RunView:
    """A run, what it is made of, and where its training stands."""

    id: int
    project_id: int
    name: str
    created_at: dt.datetime
    recipe: dict[str, Any]
    task: str
    dataset_id: int
    dataset_name: str
    version_id: int
    version_number: int
    splits: dict[str, int]
    mean_chars: float
    """Of an example, all of its texts together."""
    base_model_id: int
    base_model: str
    base_family: str
    job: JobView
    attempts: tuple[AttemptView, ...]
    """Filled by `get_run` only."""
    result: dict[str, Any] | None
    """The trainer's result, once there is one: scores, seconds, peak_memory_mb, adapter …"""
    chain: tuple[Link, ...] = ()
    """The trainings that it goes on from, the first one first."""
    is_told: bool = False
    """Whether its model learns nothing and is only told what to do (`training.instructed`)."""

    @property
    def status(self) -> str:
        """The state of its training."""
        return self.job.status

    @property
    def reason(self) -> str:
        """Why it failed, was started again or was cancelled; a sentence."""
        return self.job.reason

    @property
    def is_usable(self) -> bool:
        """Whether there is a trained model to evaluate and to talk to."""
        return self.job.is_over and bool((self.result or {}).get("adapter"))

    @property
    def was_by_turns(self) -> bool:
        """Whether its model has learned from every row, the exam having been by turns."""
        return (self.result or {}).get("exam") == TURNS

    @property
    def scores(self) -> dict[str, Any]:
        """validation → scores, test → baseline, base and tuned → scores, by_turns → score, interval,
        rows, turns; as far as scored."""
        return (self.result or {}).get("scores") or {}


def view_of(session: Session, row: RunRow, *, with_attempts: bool = False) -> RunView:
    """A row of the database as pages see it; its attempts only where they are asked for."""
    run, version, dataset, base_model, job = row
    tries = job_rows.attempts(session, job.id) if with_attempts else ()
    return RunView(
        id=run.id,
        project_id=run.project_id,
        name=run.name,
        created_at=run.created_at,
        recipe=run.recipe,
        task=version.task,
        dataset_id=dataset.id,
        dataset_name=dataset.name,
        version_id=version.id,
        version_number=version.number,
        splits=version.splits,
        mean_chars=float((version.report or {}).get("mean_chars") or 0),
        base_model_id=base_model.id,
        base_model=base_model.name,
        base_family=base_model.kind,
        job=jobs.view_of(session, job),
        attempts=tuple(jobs.attempt_view(row) for row in tries),
        result=run.result,
        chain=chain_of(job.spec),
        is_told=job.spec.get("shows") is not None,
    )
