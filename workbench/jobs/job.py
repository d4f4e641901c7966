"""Jobs as the pages and the command line see them: queued pieces of work with a status."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from storage import files, jobs
from storage.database import Store
from storage.tables import (
    ACTIVE,
    PAUSED,
    PAUSING,
    QUEUED,
    STARTING,
    SUCCEEDED,
    TERMINAL,
    Job,
    JobAttempt,
    now,
)
from workbench.core.errors import WorkbenchError
from workbench.core.words import duration
from workbench.jobs import office
from workbench.jobs.cluster import CLUSTER
from workbench.jobs.kinds import LANES, JobKind, kind_named
from workbench.jobs.process.specs import Spec

_STALE_S = 180.0
ALERT_S = 600.0
"""Of a job that nobody can tell of for so long, whoever is in charge has to know."""
UNKNOWN, UNKNOWN_WHY = "unknown_since", "unknown_why"
"""In a job's progress: since when (seconds since 1970) nobody can tell of it, and why."""
_Spec = TypeVar("_Spec", bound=Spec)


@dataclass(frozen=True)
class JobView:
    """A job at one moment; times are UTC."""

    id: int
    kind: str
    title: str
    status: str
    attempt: int
    project_id: int | None
    run_id: int | None
    created_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    cancel_requested_at: dt.datetime | None
    pause_requested_at: dt.datetime | None
    progress: dict[str, Any]
    """phase, message, step, total_steps, seconds_left, tokens_per_second; for a server its port."""
    progress_at: dt.datetime | None
    reason: str
    """One sentence for the user: why it failed, was started again or was cancelled."""
    result: dict[str, Any] | None
    place: str
    """Where it runs: `cluster.HERE` or `cluster.CLUSTER`."""
    ahead: int
    """How many jobs run or wait before it, while it is queued."""
    held_until: dt.datetime | None = None
    """When the office hours end in which it stands still; None outside of them."""

    @property
    def about(self) -> JobKind:
        """What is known of jobs of its kind."""
        return kind_named(self.kind)

    @property
    def is_over(self) -> bool:
        """Whether it has ended, one way or the other."""
        return self.status in TERMINAL

    @property
    def is_active(self) -> bool:
        """Whether a process works at it."""
        return self.status in ACTIVE

    @property
    def is_waiting(self) -> bool:
        """Whether its turn, or a machine of the cluster that it was given to, has still to come."""
        return self.status == QUEUED or (self.status == STARTING and self.place == CLUSTER)

    @property
    def is_working(self) -> bool:
        """Whether a process works at it that has all it needs, a machine included."""
        return self.is_active and not self.is_waiting

    @property
    def is_ending(self) -> bool:
        """Whether it was asked to end and has not done so yet."""
        return not self.is_over and self.cancel_requested_at is not None

    @property
    def can_be_paused(self) -> bool:
        """Whether it may be interrupted and go on later."""
        return self.about.can_be_paused and not self.is_over and not self.is_ending

    @property
    def held(self) -> str:
        """That and until when it stands still, as a sentence without its end; or nothing."""
        if self.held_until is None or self.is_ending or self.pause_requested_at is not None:
            return ""
        return f"Waits until {self.held_until.astimezone():%H:%M}: office hours"

    @property
    def can_be_moved(self) -> bool:
        """Whether it waits, and may wait at another place of the queue."""
        return self.status in (QUEUED, PAUSED) and not self.is_ending

    @property
    def can_change_place(self) -> bool:
        """Whether it waits, and may run elsewhere than it would."""
        return self.about.runs_elsewhere and self.can_be_moved

    @property
    def unknown_s(self) -> float | None:
        """Seconds since when nobody can tell whether it runs; None where that is known."""
        since = self.progress.get(UNKNOWN) if self.is_active else None
        return None if since is None else max(0.0, now().timestamp() - float(since))

    @property
    def needs_help(self) -> bool:
        """Whether it cannot be told of for so long that somebody has to look."""
        return self.unknown_s is not None and self.unknown_s >= ALERT_S

    @property
    def seconds(self) -> float | None:
        """Since its first start, until its end or until now."""
        if self.started_at is None:
            return None
        return ((self.finished_at or now()) - self.started_at).total_seconds()

    @property
    def warning(self) -> str:
        """What should worry the user about a job that runs, or nothing."""
        if self.unknown_s is not None:
            return self._unknown_words(self.unknown_s)
        if not self.is_active or self.progress_at is None:
            return ""
        silent_s = (now() - self.progress_at).total_seconds()
        if self.about.serves or silent_s < _STALE_S:
            return ""
        return (
            f"Nothing has moved for {silent_s / 60:.0f} minutes, though the process is alive: "
            "wait, or cancel and look at the log."
        )

    def _unknown_words(self, seconds: float) -> str:
        """What is said of a job that cannot be told of."""
        why = str(self.progress.get(UNKNOWN_WHY) or "")
        begin = f"For {duration(seconds)} nobody can tell whether it still runs. {why}".strip()
        if not self.needs_help:
            return f"{begin} It is not started anew meanwhile, since it may be at work."
        return (
            f"{begin} Once you are sure that its machine works at it no more, give this attempt up "
            "(here, or by the command give-up): it goes on with another one."
        )


@dataclass(frozen=True)
class AttemptView:
    """One try at a job, and how it ended."""

    attempt: int
    started_at: dt.datetime
    ended_at: dt.datetime | None
    exit_code: int | None
    reason: str


def get_job(store: Store, job_id: int) -> JobView:
    """One job.

    Raises:
        WorkbenchError: there is none with this number.
    """
    with store.read() as session:
        return view_of(session, found_job(session, job_id))


def list_attempts(store: Store, job_id: int) -> list[AttemptView]:
    """All tries at a job, first to last."""
    with store.read() as session:
        return [attempt_view(row) for row in jobs.attempts(session, job_id)]


def view_of(session: Session, job: Job) -> JobView:
    """The row as a value."""
    waits = job.status == QUEUED
    return JobView(
        id=job.id,
        kind=job.kind,
        title=job.title,
        status=job.status,
        attempt=job.attempt,
        project_id=job.project_id,
        run_id=job.run_id,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        cancel_requested_at=job.cancel_requested_at,
        pause_requested_at=job.pause_requested_at,
        progress=job.progress,
        progress_at=job.progress_at,
        place=job.place,
        reason=job.reason,
        result=job.result,
        ahead=jobs.ahead_of(session, job, LANES[kind_named(job.kind).lane]) if waits else 0,
        held_until=office.held_in(session, job.kind) if waits or job.status == PAUSING else None,
    )


def attempt_view(row: JobAttempt) -> AttemptView:
    """The row as a value."""
    return AttemptView(row.attempt, row.started_at, row.ended_at, row.exit_code, row.reason)


def is_gone(job: Job) -> bool:
    """Whether a job has succeeded, but what it made is not there any more: a backup does without
    it."""
    made = kind_named(job.kind).makes
    return job.status == SUCCEEDED and not (files.job_folder(job.id) / made).exists()


def spec_of(job: Job, kind: type[_Spec]) -> _Spec | None:
    """What a job of this kind was told.

    None if it was let go of (then only its kind is left), or was told it by a version of the
    workbench whose words are not known any more.
    """
    try:
        return kind.from_dict(job.spec)
    except WorkbenchError:
        return None


def found_job(session: Session, job_id: int) -> Job:
    """The row of this id.

    Raises:
        WorkbenchError: there is none.
    """
    if (job := jobs.get(session, job_id)) is None:
        raise WorkbenchError(f"There is no job {job_id}: it may have been deleted.")
    return job
