"""Queries on the jobs that read and prepare large files for a project."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.tables import Job


def of_project(session: Session, project_id: int, kinds: Collection[str]) -> Sequence[Job]:
    """The project's jobs of these kinds, the newest first."""
    mine = sa.select(Job).where(Job.project_id == project_id, Job.kind.in_(kinds))
    return session.scalars(mine.order_by(Job.id.desc())).all()


def delete(session: Session, job_ids: Collection[int]) -> None:
    """Delete these jobs; the worker ends the process of one that runs."""
    session.execute(sa.delete(Job).where(Job.id.in_(job_ids)))
