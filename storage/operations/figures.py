"""Counts of an installation: of jobs by kind and status, and how old the oldest that waits is."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.tables import OPEN, QUEUED, Job, now


@dataclass(frozen=True)
class JobCount:
    """So many jobs are of a kind and in a status."""

    kind: str
    status: str
    count: int

    @property
    def is_open(self) -> bool:
        """Whether they are not over."""
        return self.status in OPEN


def jobs_by_status(session: Session) -> list[JobCount]:
    """All jobs that there are."""
    counted = sa.select(Job.kind, Job.status, sa.func.count()).group_by(Job.kind, Job.status)
    return [JobCount(kind, status, count) for kind, status, count in session.execute(counted)]


def oldest_waiting_s(session: Session) -> float:
    """How long the job that came first of those that wait has been waiting; 0 without any."""
    first = session.scalar(sa.select(sa.func.min(Job.created_at)).where(Job.status == QUEUED))
    if first is None:
        return 0.0
    # What a function gives back has lost the column's type on SQLite.
    moment = dt.datetime.fromisoformat(first) if isinstance(first, str) else first
    at = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return max(0.0, (now() - at).total_seconds())
