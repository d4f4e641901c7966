"""The queue of all projects: what runs, what waits, what has ended; and the order of what waits."""

from dataclasses import dataclass

from storage import jobs, projects
from storage.database import Store
from storage.tables import OPEN, PAUSED, QUEUED, TERMINAL, Job
from workbench.core.errors import WorkbenchError
from workbench.jobs.job import LANES, JobView, found_job, lane_of, view_of

SHOWN = (*LANES["work"], *LANES["data"])
"""Kinds of jobs that the user started; servers and the like come and go by themselves."""
ENDED = 10
"""So many of the jobs that ended last are shown."""


@dataclass(frozen=True)
class QueuedJob:
    """A job and whose it is."""

    view: JobView
    project: str
    """Its project's name; empty for a job of no project."""


@dataclass(frozen=True)
class Queue:
    """All jobs that are worth a look at one moment."""

    open: tuple[QueuedJob, ...]
    """Those that run, wait or are paused, in the order in which they run."""
    ended: tuple[QueuedJob, ...]
    """Those that ended last, the newest first."""

    @property
    def movable(self) -> list[QueuedJob]:
        """Those that wait, in their order."""
        return [job for job in self.open if job.view.can_be_moved]


def count(store: Store) -> int:
    """How many jobs of the queue are not over."""
    with store.read() as session:
        return jobs.count(session, SHOWN, OPEN)


def queue(store: Store) -> Queue:
    """What the user started, as it is at this moment."""
    with store.read() as session:
        names = projects.names(session)

        def shown(job: Job) -> QueuedJob:
            return QueuedJob(view_of(session, job), names.get(job.project_id or 0, ""))

        waiting = [job for job in jobs.listing(session, OPEN) if job.kind in SHOWN]
        ended = jobs.newest(session, SHOWN, TERMINAL, ENDED)
        return Queue(tuple(map(shown, waiting)), tuple(map(shown, ended)))


def move_job(store: Store, job_id: int, after_job_id: int | None = None) -> None:
    """Let a job that waits start right after another one, or (None) before all that wait.

    Raises:
        WorkbenchError: one of the two does not wait any more, or they are the same.
    """
    with store.write() as session:
        job = found_job(session, job_id)
        if job.status not in (QUEUED, PAUSED):
            raise WorkbenchError(f"Job {job_id} does not wait any more: it keeps its place.")
        other = found_job(session, after_job_id) if after_job_id is not None else None
        if other is not None and (other.id == job_id or other.status not in OPEN):
            raise WorkbenchError(
                f"Job {job_id} cannot start after job {other.id}: choose one that waits or runs."
            )
        jobs.move(session, job_id, after_job_id)


def shift_job(store: Store, job_id: int, places: int) -> None:
    """Move a job that waits one place to the front (-1) or to the back (1) of its lane."""
    with store.write() as session:
        job = found_job(session, job_id)
        waiting = [
            row.id
            for row in jobs.listing(session, (QUEUED, PAUSED))
            if lane_of(row.kind) == lane_of(job.kind)
        ]
        if job_id in waiting and 0 <= (place := waiting.index(job_id) + places) < len(waiting):
            jobs.swap(session, job_id, waiting[place])
