"""When trainings will be done: how long what runs and waits will take, in turn, between office hours.

Each job of a place is taken to begin when the one before it ends. What runs in office hours beside a
training that stands still is counted as if it ran after them, so a time is rather too late than too early.
"""

import datetime as dt
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from storage import jobs
from storage.database import Store
from storage.operating import turns
from storage.tables import ACTIVE, OPEN, QUEUED, SUCCEEDED, Job, Run, now
from workbench.core.errors import WorkbenchError
from workbench.core.hours.office_hours import OfficeHours
from workbench.core.recipe import from_dict
from workbench.data import versions
from workbench.jobs import office
from workbench.jobs.kinds import LANES, WORK
from workbench.models import catalogue
from workbench.system.hardware import Hardware
from workbench.training import outlook

_LOCAL = "local"
_LIKE = 10
"""So many of the jobs of a kind that ended last tell how long one takes."""


@dataclass(frozen=True)
class Ready:
    """When something will be done, as far as one can tell."""

    at: dt.datetime
    unknown: int = 0
    """Of so many jobs before it nobody knows how long they will take; they count as nothing."""


@dataclass(frozen=True)
class Expected:
    """A job that runs or waits, and how long it will still take."""

    job_id: int
    seconds: float | None
    """None if nobody knows."""
    is_held: bool
    """Whether it stands still in office hours."""


def in_turn(
    at: dt.datetime, expected: Sequence[Expected], hours: OfficeHours | None
) -> dict[int, Ready]:
    """Job → when it is done, if the first goes on at `at` and each other one begins after it."""
    found: dict[int, Ready] = {}
    unknown = 0
    for job in expected:
        kept = hours if job.is_held else None
        seconds = job.seconds or 0.0
        at = kept.finish(at, seconds) if kept else at + dt.timedelta(seconds=seconds)
        found[job.job_id] = Ready(at, unknown)
        unknown += job.seconds is None
    return found


def of_jobs(store: Store, machine: Hardware) -> dict[int, Ready]:
    """Training → when it is done, of those that run or wait on this computer and can be told."""
    expected = _expected(store, machine)
    known = {job.job_id for job in expected if job.is_held and job.seconds is not None}
    found = in_turn(now(), expected, office.hours(store))
    return {job_id: ready for job_id, ready in found.items() if job_id in known}


def of_new(store: Store, machine: Hardware, seconds: float) -> Ready:
    """When a training that takes so long is done, if who asks starts it now."""
    expected = _expected(store, machine, new_s=seconds)
    return in_turn(now(), expected, office.hours(store))[turns.NEW]


def _expected(store: Store, machine: Hardware, new_s: float | None = None) -> list[Expected]:
    """What runs and waits on this computer in the lane of trainings, in turn.

    All of it counts, whoever may see it; nothing but how long it takes is told.
    """
    whole, person_id = store.acting_as(None), store.acting.person_id if store.acting else None
    with whole.read() as session:
        order = turns.waiting(
            session, LANES[WORK], _LOCAL, one_more_of=person_id, with_new=new_s is not None
        )
        open_jobs = [job for job in jobs.listing(session, OPEN) if _counts(job)]
        rows = {job.id: job for job in open_jobs if job.status in (QUEUED, *ACTIVE)}
        active = [job.id for job in open_jobs if job.status in ACTIVE]
        usual = {job.kind: _usual(session, job.kind) for job in rows.values()}
        recipes = {job.id: _run(session, job) for job in rows.values()}
    found = []
    for job_id in [*active, *order]:
        if job_id == turns.NEW:
            found.append(Expected(job_id, new_s, is_held=True))
        elif job_id in rows:
            job = rows[job_id]
            seconds = _seconds(whole, machine, job, recipes[job_id], usual[job.kind])
            found.append(Expected(job_id, seconds, job.kind in office.HELD))
    return found


def _counts(job: Job) -> bool:
    return job.kind in LANES[WORK] and job.place == _LOCAL


def _run(session: Session, job: Job) -> Run | None:
    learns = job.kind in office.HELD and job.run_id is not None
    return session.get(Run, job.run_id) if learns else None


def _usual(session: Session, kind: str) -> float | None:
    """How long jobs of a kind took lately: the median."""
    ended = jobs.newest(session, (kind,), (SUCCEEDED,), _LIKE)
    took = [(job.finished_at - job.started_at).total_seconds() for job in ended
            if job.finished_at and job.started_at]  # fmt: skip
    return statistics.median(took) if took else None


def _seconds(
    store: Store, machine: Hardware, job: Job, run: Run | None, usual: float | None
) -> float | None:
    """How long a job will still take: what it says itself, what its recipe tells, what others took."""
    if job.status in ACTIVE and (left := job.progress.get("seconds_left")) is not None:
        return float(left)
    if run is None:
        return usual
    try:
        version = versions.get_version(store, run.dataset_version_id)
        model = catalogue.get_model(store, run.base_model_id)
        whole = outlook.expected(store, machine, version, model, from_dict(run.recipe))
    except WorkbenchError:  # its data or its model are gone: it will fail, and says so itself
        return None
    steps, done = job.progress.get("total_steps"), job.progress.get("step")
    share = min(1.0, done / steps) if steps and done else 0.0
    return whole.estimate.seconds * (1 - share)
