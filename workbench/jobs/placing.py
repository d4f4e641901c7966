"""Where jobs run: this computer, or the cluster where one is named; by project, by job."""

from sqlalchemy.orm import Session

from storage import jobs, projects
from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.jobs import cluster
from workbench.jobs.cluster import CLUSTER, HERE
from workbench.jobs.job import JobView, found_job, view_of
from workbench.jobs.kinds import kind_named

TITLES = {HERE: "This computer", CLUSTER: "The cluster"}
"""What the places are called."""


def place_of_project(store: Store, project_id: int) -> str:
    """Where a project's jobs run unless they are told otherwise."""
    with store.read() as session:
        return _of_project(session, project_id)


def at_once(store: Store, project_id: int) -> int:
    """How many of a project's jobs may be at work side by side: on this computer one.

    Raises:
        WorkbenchError: what is said of the cluster cannot be.
    """
    return cluster.at_once() if place_of_project(store, project_id) == CLUSTER else 1


def put_project(store: Store, project_id: int, place: str) -> None:
    """Let a project's jobs run here or on the cluster from now on; those that wait keep their place.

    Raises:
        WorkbenchError: there is no such project or place.
    """
    _check(place)
    with store.write() as session:
        project = projects.get(session, project_id)
        if project is None:
            raise WorkbenchError(f"There is no project {project_id}: it may have been deleted.")
        project.place = place


def put_job(store: Store, job_id: int, place: str) -> JobView:
    """Let a job that waits, or is paused, run here or on the cluster; the job then.

    Raises:
        WorkbenchError: there is no cluster, it runs already, or is of a kind that runs here only.
    """
    _check(place)
    with store.write() as session:
        job = found_job(session, job_id)
        _check_kind(job.kind, place)
        if not jobs.put_at(session, job_id, place):
            raise WorkbenchError(
                f"Job {job_id} does not wait, so it stays where it is: pause it first, then let it "
                "go on elsewhere."
            )
        return view_of(session, found_job(session, job_id))


def place_for(session: Session, job_kind: str, project_id: int | None, wanted: str | None) -> str:
    """Where a new job runs: as it is told, else as its project is; what cannot leave stays here.

    Raises:
        WorkbenchError: it is told to run where it cannot.
    """
    if wanted is not None:
        _check(wanted)
        _check_kind(job_kind, wanted)
        return wanted
    leaves = kind_named(job_kind).runs_elsewhere and cluster.is_named()
    return _of_project(session, project_id) if leaves and project_id is not None else HERE


def _of_project(session: Session, project_id: int) -> str:
    project = projects.get(session, project_id)
    return project.place if project is not None and cluster.is_named() else HERE


def _check(place: str) -> None:
    if place not in TITLES:
        raise WorkbenchError(f"There is no place '{place}' for jobs: choose here or cluster.")
    if place == CLUSTER and not cluster.is_named():
        raise WorkbenchError(
            f"No cluster is set up: whoever runs the workbench names one in {cluster.ADDRESS}."
        )


def _check_kind(job_kind: str, place: str) -> None:
    kind = kind_named(job_kind)
    if place == CLUSTER and not kind.runs_elsewhere:
        raise WorkbenchError(f"The {kind.noun} runs on this computer only.")
