"""Trials: the trainings that a sweep tries, in their order. What became of each, its run says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.tables import Job, Trial


@dataclass(frozen=True)
class Place:
    """One of a sweep's trials."""

    sweep_job_id: int
    number: int
    """From 0 on."""
    settings: dict[str, Any]
    """Setting that varies → what it is here."""


def add(session: Session, place: Place, run_id: int) -> Trial:
    """Remember that a run is what a sweep tries at this place.

    Raises:
        IntegrityError: the place is taken.
    """
    trial = Trial(
        sweep_job_id=place.sweep_job_id,
        run_id=run_id,
        number=place.number,
        settings=place.settings,
    )
    session.add(trial)
    session.flush()
    return trial


def listing(session: Session, sweep_job_id: int) -> Sequence[Trial]:
    """The trials of a sweep, the first one first."""
    query = sa.select(Trial).where(Trial.sweep_job_id == sweep_job_id)
    return session.scalars(query.order_by(Trial.number)).all()


def of_project(session: Session, project_id: int) -> Sequence[Trial]:
    """All trials of a project's sweeps, by sweep and number."""
    query = sa.select(Trial).join(Job, Trial.sweep_job_id == Job.id)
    query = query.where(Job.project_id == project_id)
    return session.scalars(query.order_by(Trial.sweep_job_id, Trial.number)).all()


def stop(session: Session, trial_id: int, why: dict[str, Any]) -> None:
    """Remember why the sweep ended a trial; what was said first stays."""
    mine = sa.update(Trial).where(Trial.id == trial_id, Trial.stopped.is_(None))
    session.execute(mine.values(stopped=why))


def sweeps(session: Session, project_id: int, job_kind: str) -> Sequence[Job]:
    """The sweeps of a project, the newest first."""
    query = sa.select(Job).where(Job.project_id == project_id, Job.kind == job_kind)
    return session.scalars(query.order_by(Job.id.desc())).all()
