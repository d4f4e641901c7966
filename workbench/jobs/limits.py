"""What a person may take up: jobs that wait or run, and disk. Set by administrators; none at first."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import acting, files
from storage.database import Store
from storage.operating import settings
from storage.tables import OPEN, Job, Person
from workbench.core.errors import WorkbenchError
from workbench.core.words import plural, size
from workbench.jobs.kinds import LISTED

NAME = "limits"
MOST = 10**9
"""Of a limit: nobody means more."""


@dataclass(frozen=True)
class Limits:
    """None for no limit."""

    jobs: int | None = None
    disk_mb: int | None = None


def of_everybody(store: Store) -> Limits:
    """What everybody may take up who has no limits of their own."""
    with store.read() as session:
        return _of_everybody(session)


def of_people(store: Store) -> dict[int, Limits]:
    """Person → limits of their own, where there are such."""
    with store.read() as session:
        found = {
            person_id: settings.limit_of(session, person_id)
            for person_id in session.scalars(sa.select(Person.id))
        }
        return {one: Limits(row.jobs, row.disk_mb) for one, row in found.items() if row}


def set_for_everybody(store: Store, limits: Limits) -> None:
    """Change what everybody may take up.

    Raises:
        WorkbenchError: a limit is no number, or who asks is no administrator.
    """
    _check_may(store, limits)
    values = {"jobs": limits.jobs, "disk_mb": limits.disk_mb}
    with store.write() as session:
        settings.put(session, NAME, {k: v for k, v in values.items() if v is not None})


def set_for_person(store: Store, person_id: int, limits: Limits | None) -> None:
    """Give one person limits of their own, or (None) those of everybody.

    Raises:
        WorkbenchError: there is no such person, a limit is no number, or who asks is no administrator.
    """
    _check_may(store, limits or Limits())
    with store.write() as session:
        if session.get(Person, person_id) is None:
            raise WorkbenchError(f"There is no person {person_id}: look at the list of people.")
        own = (limits.jobs, limits.disk_mb) if limits is not None else None
        settings.set_limit(session, person_id, own)


def check(session: Session) -> None:
    """Refuse another job of who the session acts for, where they have reached a limit.

    Raises:
        WorkbenchError: it says which, and what to do.
    """
    if (who := acting.of(session)) is None:
        return
    limits = _of_person(session, who.person_id)
    if limits.jobs is not None and (count := _open(session, who.person_id)) >= limits.jobs:
        raise WorkbenchError(
            f"You have {plural(count, 'job')} waiting or running, and {limits.jobs:,} at a time "
            "are allowed: wait until one is over, or cancel one on the Queue page."
        )
    if limits.disk_mb is not None:
        used = _used(session, who.person_id)
        if used >= limits.disk_mb * 1_000_000:
            raise WorkbenchError(
                f"What your jobs have made takes {size(used)}, and {size(limits.disk_mb * 1e6)} are "
                "allowed: delete trainings, exports or answered files that you need no more, or ask an "
                "administrator for more."
            )


def allow_another(store: Store, job_id: int) -> bool:
    """Whether who asked for a job may have one more wait or run; for what others do on their behalf."""
    with store.read() as session:
        job = session.get(Job, job_id)
        if job is None or job.person_id is None:
            return True
        most = _of_person(session, job.person_id).jobs
        return most is None or _open(session, job.person_id) < most


def has_room(store: Store, job_id: int) -> bool:
    """Whether what was made for who asked for a job takes less disk than they may have."""
    with store.read() as session:
        job = session.get(Job, job_id)
        if job is None or job.person_id is None:
            return True
        most = _of_person(session, job.person_id).disk_mb
        return most is None or _used(session, job.person_id) < most * 1_000_000


def _used(session: Session, person_id: int) -> int:
    """Bytes that a person's jobs have made."""
    mine = session.scalars(_listed(person_id))
    return sum(files.size_of(files.job_folder(job_id)) for job_id in mine)


def _listed(person_id: int) -> sa.Select[int]:
    return sa.select(Job.id).where(Job.person_id == person_id, Job.kind.in_(LISTED))


def _open(session: Session, person_id: int) -> int:
    return len(session.scalars(_listed(person_id).where(Job.status.in_(OPEN))).all())


def _of_person(session: Session, person_id: int) -> Limits:
    own = settings.limit_of(session, person_id)
    return Limits(own.jobs, own.disk_mb) if own is not None else _of_everybody(session)


def _of_everybody(session: Session) -> Limits:
    told = settings.get(session, NAME)
    return Limits(told.get("jobs"), told.get("disk_mb"))


def _check_may(store: Store, limits: Limits) -> None:
    if store.acting is not None and not store.acting.administrator:
        raise WorkbenchError("Only an administrator can change limits: ask one of them.")
    for limit in (limits.jobs, limits.disk_mb):
        if limit is not None and not 1 <= limit <= MOST:
            raise WorkbenchError(f"A limit is 1 to {MOST:,}: leave it out for none.")
