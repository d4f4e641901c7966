"""The queue: adding, claiming and changing jobs, each change a compare-and-set.

A job is changed only by a statement that names its id, the attempt and the states it may be
in, so that whoever comes late (a former worker, a second claimer) changes nothing.
"""

from collections.abc import Collection, Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.tables import ACTIVE, CANCELLED, QUEUED, STARTING, TERMINAL, Job, JobAttempt, now

OPEN = (QUEUED, *ACTIVE)


def add(
    session: Session,
    kind: str,
    title: str,
    spec: dict[str, Any],
    *,
    project_id: int | None = None,
    run_id: int | None = None,
    after_job_id: int | None = None,
) -> Job:
    """Put a job at the end of the queue, or right behind an open job."""
    job = Job(
        kind=kind,
        title=title,
        spec=spec,
        project_id=project_id,
        run_id=run_id,
        position=_place(session, after_job_id),
    )
    session.add(job)
    session.flush()
    return job


def _place(session: Session, after_job_id: int | None) -> int:
    behind = sa.select(Job.position).where(Job.id == after_job_id, Job.status.in_(OPEN))
    position = session.scalar(behind) if after_job_id is not None else None
    if position is None:
        last = sa.select(sa.func.coalesce(sa.func.max(Job.position), 0))
        return (session.scalar(last.where(Job.status.in_(OPEN))) or 0) + 1
    later = sa.update(Job).where(Job.status == QUEUED, Job.position > position)
    session.execute(later.values(position=Job.position + 1))
    return position + 1


def claim(session: Session, kinds: Collection[str], launcher: str = "local") -> Job | None:
    """Take the first queued job of these kinds, as its next attempt; None if there is none."""
    first = (
        sa.select(Job.id)
        .where(Job.status == QUEUED, Job.kind.in_(kinds))
        .order_by(Job.position, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    claimed = (
        sa.update(Job)
        .where(Job.id == first, Job.status == QUEUED)
        .values(
            status=STARTING,
            attempt=Job.attempt + 1,
            started_at=sa.func.coalesce(Job.started_at, now()),
            alive_at=None,
            progress_at=None,
            progress={},
        )
        .returning(Job)
        .execution_options(synchronize_session=False)
    )
    job = session.scalars(claimed).one_or_none()
    if job is not None:
        session.add(JobAttempt(job_id=job.id, attempt=job.attempt, launcher=launcher))
        session.flush()
    return job


def change(
    session: Session, job_id: int, attempt: int, expected: Collection[str], **values: Any
) -> bool:
    """Set `values` if the job still has this attempt and one of the `expected` states.

    A terminal state never changes, whatever is expected.
    """
    states = set(expected) - set(TERMINAL)
    where = (Job.id == job_id, Job.attempt == attempt, Job.status.in_(states))
    return _update(session, sa.update(Job).where(*where).values(**values))


def advance(session: Session, job: Job, read_to: tuple[int, int], values: dict[str, Any]) -> bool:
    """Set `values` and that events are read up to (segment, offset), if no one else read them."""
    where = (
        Job.id == job.id,
        Job.attempt == job.attempt,
        Job.status.in_(ACTIVE),
        Job.event_segment == job.event_segment,
        Job.event_offset == job.event_offset,
    )
    segment, offset = read_to
    moved = sa.update(Job).where(*where)
    return _update(session, moved.values(event_segment=segment, event_offset=offset, **values))


def request_cancel(session: Session, job_id: int) -> None:
    """Cancel a queued job at once, ask the worker to end an active one; else nothing."""
    at = now()
    queued = sa.update(Job).where(Job.id == job_id, Job.status == QUEUED)
    reason = "Cancelled before it started."
    if not _update(session, queued.values(status=CANCELLED, finished_at=at, reason=reason)):
        active = sa.update(Job).where(Job.id == job_id, Job.status.in_(ACTIVE))
        _update(
            session, active.where(Job.cancel_requested_at.is_(None)).values(cancel_requested_at=at)
        )


def get(session: Session, job_id: int) -> Job | None:
    """The job as it is now."""
    return session.get(Job, job_id, populate_existing=True)


def listing(session: Session, states: Collection[str] | None = None) -> Sequence[Job]:
    """Jobs in these states (None: all): queued ones as they will run, then by age, newest last."""
    query = sa.select(Job).order_by(Job.position, Job.id)
    if states is None:
        query = sa.select(Job).order_by(Job.id)
    else:
        query = query.where(Job.status.in_(states))
    return session.scalars(query).all()


def ahead_of(session: Session, job: Job, kinds: Collection[str]) -> int:
    """How many jobs of these kinds run or wait before this one."""
    earlier = sa.tuple_(Job.position, Job.id) < sa.tuple_(
        sa.literal(job.position), sa.literal(job.id)
    )
    before = sa.or_(Job.status.in_(ACTIVE), sa.and_(Job.status == QUEUED, earlier))
    query = sa.select(sa.func.count()).where(before, Job.kind.in_(kinds), Job.id != job.id)
    return session.scalar(query) or 0


def set_handle(session: Session, job_id: int, attempt: int, handle: dict[str, Any]) -> None:
    """Remember which process works at this attempt."""
    row = sa.update(JobAttempt).where(JobAttempt.job_id == job_id, JobAttempt.attempt == attempt)
    session.execute(row.values(handle=handle))


def end_attempt(
    session: Session, job_id: int, attempt: int, exit_code: int | None, reason: str
) -> None:
    """Remember how this attempt ended."""
    row = sa.update(JobAttempt).where(JobAttempt.job_id == job_id, JobAttempt.attempt == attempt)
    session.execute(row.values(ended_at=now(), exit_code=exit_code, reason=reason))


def attempts(session: Session, job_id: int) -> Sequence[JobAttempt]:
    """All tries at this job, first to last."""
    query = sa.select(JobAttempt).where(JobAttempt.job_id == job_id)
    return session.scalars(query.order_by(JobAttempt.attempt)).all()


def last_handle(session: Session, job_id: int, attempt: int) -> dict[str, Any] | None:
    """The process of this attempt, if one was started."""
    query = sa.select(JobAttempt.handle)
    return session.scalar(query.where(JobAttempt.job_id == job_id, JobAttempt.attempt == attempt))


def _update(session: Session, statement: sa.Update) -> bool:
    statement = statement.execution_options(synchronize_session=False)
    return cast("sa.CursorResult[Any]", session.execute(statement)).rowcount == 1
