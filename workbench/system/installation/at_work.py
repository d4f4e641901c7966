"""Everything that runs or waits at one moment, of all projects and lanes, and who asked for it."""

import datetime as dt
from dataclasses import dataclass

from storage import jobs, projects
from storage.accounts import persons
from storage.database import Store
from storage.tables import ACTIVE, OPEN
from workbench.jobs.kinds import DATA, SERVER, SWEEPS, WORK, kind_named

LANES = {WORK: "Models", DATA: "Data", SERVER: "Model server", SWEEPS: "Sweeps"}
"""Lane → what it is called; jobs of one lane run one after the other, those of two beside each other."""
NOBODY = ""


@dataclass(frozen=True)
class AtWork:
    """A job that is not over."""

    job_id: int
    title: str
    noun: str
    """What it is, such as training."""
    lane: str
    project: str
    """Empty for a job of no project."""
    person: str
    """Who asked for it; empty where that is not known, or nobody has an account."""
    status: str
    place: str
    """Where it runs: this computer or the cluster."""
    since: dt.datetime
    """Since when it runs, or waits if it has not begun."""

    @property
    def runs(self) -> bool:
        """Whether a process works at it."""
        return self.status in ACTIVE


def at_work(store: Store) -> list[AtWork]:
    """Lane by lane, in the order in which they run."""
    with store.read() as session:
        names = projects.names(session)
        people = {person.id: person.name for person in persons.listing(session)}
        found = [
            AtWork(
                job.id,
                job.title,
                kind_named(job.kind).noun,
                LANES[kind_named(job.kind).lane],
                names.get(job.project_id or 0, ""),
                people.get(job.person_id or 0, NOBODY),
                job.status,
                job.place,
                (job.started_at if job.status in ACTIVE else None) or job.created_at,
            )
            for job in jobs.listing(session, OPEN)
        ]
    order = list(LANES.values())
    return sorted(found, key=lambda one: order.index(one.lane))
