"""Evaluations with the run and the data that they belong to, and the jobs that make them."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.tables import DatasetVersion, Evaluation, Job, Run


class EvaluationRow(NamedTuple):
    """An evaluation, the run that was scored and what that run learned from."""

    evaluation: Evaluation
    run: Run
    version: DatasetVersion


def _rows() -> sa.Select[Evaluation, Run, DatasetVersion]:
    return (
        sa.select(Evaluation, Run, DatasetVersion)
        .join(Run, Evaluation.run_id == Run.id)
        .join(DatasetVersion, Run.dataset_version_id == DatasetVersion.id)
    )


def row(session: Session, evaluation_id: int) -> EvaluationRow | None:
    """One evaluation, or None."""
    found = session.execute(_rows().where(Evaluation.id == evaluation_id)).one_or_none()
    return EvaluationRow(*found) if found else None


def listing(session: Session, run_id: int) -> list[EvaluationRow]:
    """The evaluations of a run, newest first."""
    query = _rows().where(Evaluation.run_id == run_id).order_by(Evaluation.id.desc())
    return [EvaluationRow(*found) for found in session.execute(query)]


def of_project(session: Session, project_id: int) -> list[EvaluationRow]:
    """The evaluations of a project's runs, newest first."""
    query = _rows().where(Run.project_id == project_id).order_by(Evaluation.id.desc())
    return [EvaluationRow(*found) for found in session.execute(query)]


def jobs_of(session: Session, run_id: int, job_kind: str) -> Sequence[Job]:
    """The jobs of this kind that belong to a run, newest first."""
    query = sa.select(Job).where(Job.run_id == run_id, Job.kind == job_kind)
    return session.scalars(query.order_by(Job.id.desc())).all()
