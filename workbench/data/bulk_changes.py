"""Changes of large datasets: a job makes the next version (see `conversion.mend`)."""

from typing import Any

from storage import conversions
from storage.database import Store
from storage.tables import FAILED, OPEN
from workbench.core.errors import WorkbenchError
from workbench.data.versions import VersionInfo
from workbench.jobs import job as jobs
from workbench.jobs.job import JobView

MEND = "mend"


def queue(
    store: Store, version: VersionInfo, order: dict[str, Any], change: dict[str, Any]
) -> JobView:
    """Let a job change a version.

    Args:
        order: the fix, the edit or the earlier changes, as `conversion.mend` wants them.
        change: what the next version's `change` will say, but for `of`.

    Raises:
        WorkbenchError: the version is being changed already.
    """
    spec = {
        "kind": MEND,
        "version_id": version.id,
        "data": str(version.path),
        "task": version.task,
        "mapping": version.mapping,
        "seed": version.split_seed,
        "report": version.report,
        **order,
        "change": {**change, "of": version.number},
    }
    if running(store, version):
        raise WorkbenchError(
            f"'{version.dataset_name}' is being changed already: wait for that, then go on."
        )
    with store.write() as session:
        title = f"Change of {version.dataset_name}"
        job_id = jobs.enqueue(session, MEND, title, spec, project_id=version.project_id)
    return jobs.get_job(store, job_id)


def running(store: Store, version: VersionInfo) -> JobView | None:
    """The job that is changing this version, if one is."""
    with store.read() as session:
        for job in conversions.of_project(session, version.project_id, (MEND,)):
            if job.spec.get("version_id") == version.id and job.status in OPEN:
                return jobs.view_of(session, job)
    return None


def failure(store: Store, version: VersionInfo) -> str:
    """Why the last change of this version by a job failed; empty if none did."""
    with store.read() as session:
        found = conversions.of_project(session, version.project_id, (MEND,))
        mine = [job for job in found if job.spec.get("version_id") == version.id]
        return mine[0].reason if mine and mine[0].status == FAILED else ""
