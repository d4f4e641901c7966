"""Whose job is next: people take turns, and each sets the order of their own.

First comes what an administrator has set before all others; then who has the fewest jobs running, of
those who ran least recently; of one person, and of jobs that nobody in particular asked for, the one
that stands first. Where nobody has an account that is the order of the queue.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from storage.rights.lift import lifted
from storage.tables import ACTIVE, QUEUED, Job, JobAttempt


def order(job_kinds: Collection[str]) -> tuple[Any, ...]:
    """By what a claim of these kinds sorts the jobs that wait."""
    other = aliased(Job)
    same = (other.person_id == Job.person_id, other.place == Job.place)
    mine = (*same, other.kind.in_(job_kinds))
    running = sa.select(sa.func.count()).where(*mine, other.status.in_(ACTIVE))
    last = sa.select(sa.func.max(JobAttempt.started_at)).where(JobAttempt.job_id == other.id, *mine)
    return (
        Job.goes_first.desc(),
        running.correlate(Job).scalar_subquery(),
        sa.nulls_first(last.correlate(Job).scalar_subquery()),
        Job.position,
        Job.id,
    )


NEW = 0
"""Stands for a job that is not there yet."""


def waiting(
    session: Session,
    job_kinds: Collection[str],
    place: str = "local",
    *,
    one_more_of: int | None = None,
    with_new: bool = False,
) -> list[int]:
    """The ids of the queued jobs of these kinds and place, in the order of their claims.

    Each is taken to be over when the next one begins.

    Args:
        with_new: as if one more (`NEW`) stood at the end, asked for by the person `one_more_of`.
    """
    new = [(NEW, one_more_of, False)] if with_new else []
    with lifted(session):  # the queue is one for all
        return _waiting(session, job_kinds, place, new)


def _waiting(
    session: Session,
    job_kinds: Collection[str],
    place: str,
    new: list[tuple[int, int | None, bool]],
) -> list[int]:
    query = sa.select(Job.id, Job.person_id, Job.goes_first).where(
        Job.status == QUEUED, Job.kind.in_(job_kinds), Job.place == place
    )
    found = [
        (row.id, row.person_id, row.goes_first)
        for row in session.execute(query.order_by(Job.position, Job.id))
    ]
    found += new
    return in_turn(found, _last(session, job_kinds, place, {person for _, person, _ in found}))


def are_taken(session: Session) -> bool:
    """Whether any job that waits is somebody's."""
    someones = sa.select(Job.id).where(Job.status == QUEUED, Job.person_id.is_not(None))
    with lifted(session):
        return session.scalar(someones.limit(1)) is not None


def in_turn(
    jobs: Sequence[tuple[int, int | None, bool]], last: dict[int, dt.datetime]
) -> list[int]:
    """Ids in turn.

    Args:
        jobs: id, person and whether it goes first, in the order of the queue.
        last: person → when they had a turn; who never had one is missing.
    """
    ranks = {person: rank for rank, person in enumerate(sorted(last, key=last.__getitem__))}
    place = {job: number for number, (job, _, _) in enumerate(jobs)}
    left, taken, turn = list(jobs), [], len(ranks)
    while left:
        job = min(left, key=lambda one: (not one[2], ranks.get(one[1] or 0, -1), place[one[0]]))
        left.remove(job)
        taken.append(job[0])
        if job[1] is not None:
            ranks[job[1]] = turn
            turn += 1
    return taken


def _last(
    session: Session, job_kinds: Collection[str], place: str, people: Iterable[int | None]
) -> dict[int, dt.datetime]:
    """Person → when the last job of these kinds of theirs was begun."""
    wanted = [person for person in people if person is not None]
    query = (
        sa.select(Job.person_id, sa.func.max(JobAttempt.started_at))
        .join(Job, Job.id == JobAttempt.job_id)
        .where(Job.person_id.in_(wanted), Job.kind.in_(job_kinds), Job.place == place)
        .group_by(Job.person_id)
    )
    return {person: at for person, at in session.execute(query) if person is not None}
