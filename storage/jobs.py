"""The queue: adding, claiming and changing jobs, each change a compare-and-set.

A job is changed only by a statement that names its id, the attempt and the states it may be
in, so that whoever comes late (a former worker, a second claimer) changes nothing.
"""

from collections.abc import Collection, Sequence
from itertools import product
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import acting
from storage.audit.watching import BESIDE
from storage.operating import turns
from storage.rights.lift import lifted
from storage.tables import (
    ACTIVE,
    CANCELLED,
    OPEN,
    PAUSED,
    QUEUED,
    RUNNING,
    STARTING,
    TERMINAL,
    Job,
    JobAttempt,
    now,
)


def add(
    session: Session,
    job_kind: str,
    title: str,
    spec: dict[str, Any],
    *,
    project_id: int | None = None,
    run_id: int | None = None,
    after_job_id: int | None = None,
    place: str = "local",
    person_id: int | None = None,
) -> Job:
    """Put a job at the end of the queue, or right behind an open job.

    Args:
        person_id: who asks for it; without, who the session acts for, else who had the run trained.
    """
    job = Job(
        person_id=_asked_by(session, run_id) if person_id is None else person_id,
        kind=job_kind,
        title=title,
        spec=spec,
        project_id=project_id,
        run_id=run_id,
        place=place,
        position=_place(session, after_job_id),
    )
    session.add(job)
    session.flush()
    return job


def _asked_by(session: Session, run_id: int | None) -> int | None:
    if (who := acting.of(session)) is not None or run_id is None:
        return who.person_id if who else None
    trained = sa.select(Job.person_id).where(Job.run_id == run_id).order_by(Job.id)
    return session.scalars(trained.limit(1)).first()


def _place(session: Session, after_job_id: int | None, *, first: bool = False) -> int:
    """A free place behind an open job; without one the last place, or the `first` that waits."""
    with lifted(session):  # the queue is one for all
        return _place_of_all(session, after_job_id, first=first)


def _place_of_all(session: Session, after_job_id: int | None, *, first: bool) -> int:
    behind = sa.select(Job.position).where(Job.id == after_job_id, Job.status.in_(OPEN))
    position = session.scalar(behind) if after_job_id is not None else None
    if position is None and not first:
        last = sa.select(sa.func.coalesce(sa.func.max(Job.position), 0))
        return (session.scalar(last.where(Job.status.in_(OPEN))) or 0) + 1
    waiting = Job.status.in_((QUEUED, PAUSED))
    if position is None:
        lowest = sa.select(sa.func.min(Job.position)).where(waiting)
        position = (session.scalar(lowest) or 1) - 1
    later = sa.update(Job).where(waiting, Job.position > position)
    session.execute(later.values(position=Job.position + 1), execution_options=BESIDE)
    return position + 1


def claim(session: Session, job_kinds: Collection[str], launcher: str = "local") -> Job | None:
    """Take the queued job of these kinds at a launcher's place whose turn it is, as its next attempt;
    None for none."""
    first = (
        sa.select(Job.id)
        .where(Job.status == QUEUED, Job.kind.in_(job_kinds), Job.place == launcher)
        .order_by(*turns.order(job_kinds))
        .limit(1)
        .with_for_update(skip_locked=True, of=Job)
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


def request_cancel(session: Session, job_id: int, *, learns: bool = False) -> None:
    """Cancel a job that never ran at once; ask the worker to end one that has begun; else nothing.

    One that `learns` and waits for its next attempt has learned something already: the worker
    keeps that before it ends the job.
    """
    at = now()
    waits = sa.update(Job).where(Job.id == job_id, Job.status.in_((QUEUED, PAUSED)))
    untouched = waits.where(Job.attempt == 0) if learns else waits
    begun = sa.update(Job).where(Job.id == job_id, Job.status.in_((QUEUED, PAUSED, *ACTIVE)))
    reason = "Cancelled before it started."
    if _update(session, untouched.values(status=CANCELLED, finished_at=at, reason=reason)):
        return
    _update(session, begun.where(Job.cancel_requested_at.is_(None)).values(cancel_requested_at=at))
    _update(session, waits.where(Job.status == PAUSED).values(status=QUEUED))


def request_pause(session: Session, job_id: int) -> None:
    """Pause a job that waits at once, ask the worker to interrupt one that runs; else nothing."""
    at, mine = now(), sa.update(Job).where(Job.id == job_id, Job.cancel_requested_at.is_(None))
    waits = mine.where(Job.status == QUEUED).values(status=PAUSED, pause_requested_at=at)
    if not _update(session, waits):
        runs = mine.where(Job.status.in_((STARTING, RUNNING)), Job.pause_requested_at.is_(None))
        _update(session, runs.values(pause_requested_at=at))


def resume(session: Session, job_id: int) -> None:
    """Put a paused job back to its place in the queue; one that is being paused goes on after it."""
    mine = sa.update(Job).where(Job.id == job_id, Job.pause_requested_at.is_not(None))
    values = {"pause_requested_at": None, "retries": 0}
    waiting = mine.where(Job.status == PAUSED).values(status=QUEUED, reason="", **values)
    if not _update(session, waiting):
        _update(session, mine.where(Job.status.in_(ACTIVE)).values(**values))


def put_at(session: Session, job_id: int, place: str) -> bool:
    """Let a job that waits run at a place; whether it still waited."""
    return _update(session, _waiting(job_id).values(place=place))


def give_up(session: Session, job_id: int) -> None:
    """Wait no longer for the present attempt, if nobody can tell whether it still runs."""
    mine = sa.update(Job).where(Job.id == job_id, Job.status.in_(ACTIVE))
    _update(session, mine.values(given_up_attempt=Job.attempt))


def launcher_of(session: Session, job_id: int, attempt: int) -> str | None:
    """The name of the launcher that this attempt was given to."""
    row = (JobAttempt.job_id == job_id, JobAttempt.attempt == attempt)
    return session.scalar(sa.select(JobAttempt.launcher).where(*row))


def move(
    session: Session, job_id: int, after_job_id: int | None, *, goes_first: bool = False
) -> None:
    """Let a job that waits come right after another open one, or (None) before all that wait.

    Args:
        goes_first: whoever's turn it is; see `storage.operating.turns`.
    """
    place = _place(session, after_job_id, first=True)
    _update(session, _waiting(job_id).values(position=place, goes_first=goes_first))


def swap(session: Session, job_id: int, other_id: int) -> None:
    """Let two jobs that wait change places."""
    places = {row.id: row.position for row in (session.get_one(Job, i) for i in (job_id, other_id))}
    _update(session, _waiting(job_id).values(position=places[other_id]))
    _update(session, _waiting(other_id).values(position=places[job_id]))


def _waiting(job_id: int) -> sa.Update:
    return sa.update(Job).where(Job.id == job_id, Job.status.in_((QUEUED, PAUSED)))


def get(session: Session, job_id: int) -> Job | None:
    """The job as it is now."""
    return session.get(Job, job_id, populate_existing=True)


def listing(session: Session, states: Collection[str] | None = None) -> Sequence[Job]:
    """Jobs in these states (None: all): queued ones as they will run, then by age, newest last."""
    if states is None:
        return session.scalars(sa.select(Job).order_by(Job.id)).all()
    query = sa.select(Job).order_by(Job.position, Job.id).where(Job.status.in_(states))
    return session.scalars(query).all()


def in_turn(session: Session, rows: Sequence[Job], lanes: Collection[Collection[str]]) -> list[Job]:
    """Rows in the order of the queue, but those of a lane that are queued as their turn comes."""
    found = list(rows)
    if not turns.are_taken(session):
        return found
    for job_kinds, where in product(lanes, sorted({job.place for job in found})):
        waiting = turns.waiting(session, job_kinds, where)
        rank = {job_id: number for number, job_id in enumerate(waiting)}
        places = [place for place, job in enumerate(found) if job.id in rank]
        ordered = sorted((found[place] for place in places), key=lambda job: rank[job.id])
        for place, job in zip(places, ordered, strict=True):
            found[place] = job
    return found


def of_kind(session: Session, job_kind: str) -> Sequence[Job]:
    """All jobs of a kind, the newest first."""
    query = sa.select(Job).where(Job.kind == job_kind)
    return session.scalars(query.order_by(Job.id.desc())).all()


def open_of_kind(session: Session, job_kind: str) -> Sequence[Job]:
    """The jobs of a kind that are not over, in the order in which they run."""
    query = sa.select(Job).where(Job.kind == job_kind, Job.status.in_(OPEN))
    return session.scalars(query.order_by(Job.position, Job.id)).all()


def count(session: Session, job_kinds: Collection[str], states: Collection[str]) -> int:
    """How many jobs of these kinds are in these states."""
    query = sa.select(sa.func.count()).select_from(Job)
    return session.scalar(query.where(Job.kind.in_(job_kinds), Job.status.in_(states))) or 0


def count_of_all(session: Session, job_kinds: Collection[str], states: Collection[str]) -> int:
    """The same, also of those that the asking person does not see."""
    with lifted(session):
        return count(session, job_kinds, states)


def newest(
    session: Session, job_kinds: Collection[str], states: Collection[str], limit: int
) -> Sequence[Job]:
    """The jobs of these kinds that came into these states last, the newest first."""
    query = sa.select(Job).where(Job.kind.in_(job_kinds), Job.status.in_(states))
    return session.scalars(query.order_by(Job.finished_at.desc(), Job.id.desc()).limit(limit)).all()


def ahead_of(session: Session, job: Job, job_kinds: Collection[str]) -> int:
    """How many jobs of these kinds run or wait before this one."""
    if turns.are_taken(session):
        waiting = turns.waiting(session, job_kinds, job.place)
        active = sa.select(sa.func.count()).select_from(Job)
        active = active.where(Job.kind.in_(job_kinds), Job.place == job.place)
        with lifted(session):
            runs = session.scalar(active.where(Job.status.in_(ACTIVE))) or 0
        return runs + (waiting.index(job.id) if job.id in waiting else 0)
    earlier = sa.tuple_(Job.position, Job.id) < sa.tuple_(
        sa.literal(job.position), sa.literal(job.id)
    )
    before = sa.or_(Job.status.in_(ACTIVE), sa.and_(Job.status == QUEUED, earlier))
    mine = (Job.kind.in_(job_kinds), Job.place == job.place, Job.id != job.id)
    query = sa.select(sa.func.count()).where(before, *mine)
    with lifted(session):
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


def last_handle(
    session: Session, job_id: int, attempt: int, launcher: str = "local"
) -> dict[str, Any] | None:
    """The process of this attempt, if this launcher started one."""
    mine = (JobAttempt.job_id == job_id, JobAttempt.attempt == attempt)
    return session.scalar(
        sa.select(JobAttempt.handle).where(*mine, JobAttempt.launcher == launcher)
    )


def _update(session: Session, statement: sa.Update) -> bool:
    statement = statement.execution_options(synchronize_session=False)
    return cast("sa.CursorResult[Any]", session.execute(statement)).rowcount == 1
