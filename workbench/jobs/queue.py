"""The queue of all projects: what runs, what waits, what has ended; and the order of what waits."""

import time
from collections.abc import Callable

from sqlalchemy.orm import Session

from storage import jobs
from storage.database import Store
from storage.tables import OPEN, PAUSED, QUEUED, TERMINAL, Job
from workbench.core.errors import WorkbenchError
from workbench.jobs import limits, placing
from workbench.jobs.job import JobView, found_job, get_job, view_of
from workbench.jobs.kinds import LANES, kind_named
from workbench.jobs.process.specs import Spec

_POLL_S = 0.3


def move_job(store: Store, job_id: int, after_job_id: int | None = None) -> None:
    """Let a job that waits start right after another one, or (None) before all that wait.

    Where people have accounts, each sets the order of their own, and people take turns; what an
    administrator sets before all goes before all.

    Raises:
        WorkbenchError: one of the two does not wait any more, or they are the same; it is another
            person's.
    """
    with store.write() as session:
        job = found_job(session, job_id)
        if job.status not in (QUEUED, PAUSED):
            raise WorkbenchError(f"Job {job_id} does not wait any more: it keeps its place.")
        _check_whose(store, job)
        other = found_job(session, after_job_id) if after_job_id is not None else None
        if other is not None and (other.id == job_id or other.status not in OPEN):
            raise WorkbenchError(
                f"Job {job_id} cannot start after job {other.id}: choose one that waits or runs."
            )
        first = other.goes_first if other is not None else True
        jobs.move(session, job_id, after_job_id, goes_first=first and _is_administrator(store))


def shift_job(store: Store, job_id: int, places: int) -> None:
    """Move a job that waits one place to the front (-1) or to the back (1) of its person's in its lane.

    Raises:
        WorkbenchError: it is another person's.
    """
    with store.write() as session:
        job = found_job(session, job_id)
        _check_whose(store, job)
        waiting = [
            row.id
            for row in jobs.listing(session, (QUEUED, PAUSED))
            if kind_named(row.kind).lane == kind_named(job.kind).lane
            and row.person_id == job.person_id
        ]
        if job_id in waiting and 0 <= (place := waiting.index(job_id) + places) < len(waiting):
            jobs.swap(session, job_id, waiting[place])


def _is_administrator(store: Store) -> bool:
    return store.acting is not None and store.acting.administrator


def _check_whose(store: Store, job: Job) -> None:
    who = store.acting
    if who is not None and not who.administrator and job.person_id != who.person_id:
        raise WorkbenchError(
            f"Job {job.id} is another person's: only they, or an administrator, can move it."
        )


def enqueue(
    session: Session,
    title: str,
    spec: Spec,
    *,
    project_id: int | None = None,
    run_id: int | None = None,
    after_job_id: int | None = None,
    for_job_id: int | None = None,
    place: str | None = None,
) -> int:
    """Put a job at the end of the queue, or right behind `after_job_id`; its id.

    Args:
        for_job_id: a job that lets this one do a part of its work; whoever asked for it does.
        place: where it runs; None for where its project's jobs do.

    Raises:
        WorkbenchError: the person has reached one of their limits, or it cannot run there.
    """
    if kind_named(spec.kind).is_listed:
        limits.check(session)
    whole = found_job(session, for_job_id) if for_job_id is not None else None
    job = jobs.add(
        session,
        spec.kind,
        title,
        spec.as_row(),
        project_id=project_id,
        run_id=run_id,
        after_job_id=after_job_id,
        person_id=whole.person_id if whole is not None else None,
        place=placing.place_for(session, spec.kind, project_id, place),
    )
    return job.id


def list_jobs(store: Store, *, active: bool = False) -> list[JobView]:
    """All jobs, oldest first; with `active`, those that run or wait, in the order of the queue."""
    with store.read() as session:
        rows = jobs.listing(session, OPEN if active else None)
        if active:
            rows = jobs.in_turn(session, rows, LANES.values())
        return [view_of(session, job) for job in rows]


def cancel_job(store: Store, job_id: int) -> JobView:
    """End a job: one that waits at once, one that runs after it has saved; the job as it is then.

    A job that is over stays as it is.
    """
    with store.write() as session:
        job = found_job(session, job_id)
        jobs.request_cancel(session, job_id, learns=kind_named(job.kind).learns)
        return view_of(session, found_job(session, job_id))


def pause_job(store: Store, job_id: int) -> JobView:
    """Interrupt a job, to go on later from where it was; the job as it is then.

    Raises:
        WorkbenchError: it is over, or is of a kind that only runs or does not.
    """
    with store.write() as session:
        job = found_job(session, job_id)
        if not kind_named(job.kind).can_be_paused:
            raise WorkbenchError(f"A {job.kind} job cannot be paused: stop it instead.")
        if job.status in TERMINAL:
            raise WorkbenchError(f"Job {job_id} is over already: there is nothing to pause.")
        jobs.request_pause(session, job_id)
        return view_of(session, found_job(session, job_id))


def resume_job(store: Store, job_id: int) -> JobView:
    """Let a paused job go on, when its turn comes; the job as it is then.

    Raises:
        WorkbenchError: it is over; nothing is left to go on with.
    """
    with store.write() as session:
        if found_job(session, job_id).status in TERMINAL:
            raise WorkbenchError(f"Job {job_id} is over already: start a new one instead.")
        jobs.resume(session, job_id)
        return view_of(session, found_job(session, job_id))


def give_up(store: Store, job_id: int) -> JobView:
    """Wait no longer for a process that nobody can tell of: the job goes on with another attempt.

    Raises:
        WorkbenchError: it is known whether its process runs.
    """
    with store.write() as session:
        view = view_of(session, found_job(session, job_id))
        if view.unknown_s is None:
            raise WorkbenchError(
                f"It is known what job {job_id} does, so nothing is to be given up: cancel it instead."
            )
        jobs.give_up(session, job_id)
        return view_of(session, found_job(session, job_id))


def wait_for(
    store: Store,
    job_id: int,
    timeout_s: float | None = None,
    on_progress: Callable[[JobView], None] | None = None,
    on_look: Callable[[], None] = lambda: None,
) -> JobView:
    """Wait until a job is over; an interrupt ends the waiting, not the job.

    `on_progress` gets the job each time that its state or progress has changed; `on_look` is
    called at every look at a job that is not over.

    Raises:
        WorkbenchError: it was not over after `timeout_s` seconds; it goes on.
    """
    until = None if timeout_s is None else time.monotonic() + timeout_s
    shown = None
    while True:
        job = get_job(store, job_id)
        state = (job.status, job.attempt, job.progress)
        if on_progress and state != shown:
            on_progress(job)
            shown = state
        if job.is_over:
            return job
        on_look()
        if until is not None and time.monotonic() > until:
            raise WorkbenchError(
                f"Job {job_id} is still {job.status} after {timeout_s:g} s: it goes on by itself; "
                "look at it again later."
            )
        time.sleep(_POLL_S)
