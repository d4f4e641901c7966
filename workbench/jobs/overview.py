"""What runs, what waits and what ended lately, of all projects."""

from dataclasses import dataclass
from functools import partial

from storage import jobs, projects
from storage.database import Store
from storage.tables import OPEN, TERMINAL, Job
from workbench.jobs.job import JobView, view_of
from workbench.jobs.kinds import LANES, LISTED

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
    of_others: int = 0
    """How many more run or wait, of projects that whoever looks does not belong to."""

    @property
    def movable(self) -> list[QueuedJob]:
        """Those that wait, in their order."""
        return [job for job in self.open if job.view.can_be_moved]


def count(store: Store) -> int:
    """How many jobs of the queue are not over."""
    return store.known("open jobs", partial(_count, store))


def _count(store: Store) -> int:
    with store.read() as session:
        return jobs.count(session, LISTED, OPEN)


def queue(store: Store) -> Queue:
    """What the user started, as it is at this moment."""
    with store.read() as session:
        names = projects.names(session)

        def shown(job: Job) -> QueuedJob:
            return QueuedJob(view_of(session, job), names.get(job.project_id or 0, ""))

        rows = jobs.in_turn(session, jobs.listing(session, OPEN), LANES.values())
        waiting = [job for job in rows if job.kind in LISTED]
        ended = jobs.newest(session, LISTED, TERMINAL, ENDED)
        others = jobs.count_of_all(session, LISTED, OPEN) - len(waiting)
        return Queue(tuple(map(shown, waiting)), tuple(map(shown, ended)), others)
