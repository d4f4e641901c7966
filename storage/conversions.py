"""Queries on the jobs that read and prepare large files for a project."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import jobs, leftovers
from storage.tables import TERMINAL, Job


def of_project(session: Session, project_id: int, job_kinds: Collection[str]) -> Sequence[Job]:
    """The project's jobs of these kinds, the newest first."""
    mine = sa.select(Job).where(Job.project_id == project_id, Job.kind.in_(job_kinds))
    return session.scalars(mine.order_by(Job.id.desc())).all()


def release(session: Session, found: Sequence[Job]) -> None:
    """End these jobs and let go of the files that they refer to and made.

    Their rows stay: SQLite would give the number of a deleted row, and with it the folder of a
    process that has not ended yet, to the next job.
    """
    for job in found:
        jobs.request_cancel(session, job.id)
        nothing = sa.update(Job).where(Job.id == job.id)
        session.execute(nothing.values(spec={"kind": job.kind}, result=None))
        session.refresh(job)
    leftovers.remove_job_folders(job.id for job in found if job.status in TERMINAL)
