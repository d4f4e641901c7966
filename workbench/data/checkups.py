"""Checkups of dataset versions: a job looks through the examples, its files tell what it found."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from storage import conversions as rows
from storage import files
from storage.database import Store
from storage.tables import OPEN, SUCCEEDED, Job
from workbench.data import checkup_spec
from workbench.data.checkup import record
from workbench.data.checkup.record import Checkup
from workbench.data.versions import VersionInfo, check_there, get_version
from workbench.jobs import job as jobs
from workbench.jobs.job import JobView

CHECK = "check"
EDITION = 9
"""Counts up when the checks learn something new: older checkups are then made again."""


def start(store: Store, version_id: int) -> JobView:
    """Let a job look through a version; one that waits or runs is not started twice.

    Raises:
        WorkbenchError: the version or its examples are gone.
    """
    version = get_version(store, version_id)
    check_there(version)
    spec = {"kind": CHECK, "edition": EDITION, **checkup_spec.spec_of(store, version)}
    with store.write() as session:
        found = _mine(rows.of_project(session, version.project_id, (CHECK,)))
        same = [job for job in found if job.spec["data"] == spec["data"]]
        if same and same[0].status in OPEN:
            return jobs.view_of(session, same[0])
        rows.release(session, same)
        title = f"Checkup of {version.dataset_name}, version {version.number}"
        job_id = jobs.enqueue(session, CHECK, title, spec, project_id=version.project_id)
    return jobs.get_job(store, job_id)


def newest(store: Store, version: VersionInfo) -> JobView | None:
    """The newest checkup of a version's examples, whatever became of it; None if there is none.

    It is that of the content: a version that was returned to has been looked through already.
    """
    with store.read() as session:
        for job in _mine(rows.of_project(session, version.project_id, (CHECK,))):
            if job.spec["data"] == str(version.path):
                gone = job.status == SUCCEEDED and not (folder(job.id) / record.SUMMARY).exists()
                return None if gone else jobs.view_of(session, job)
    return None


def read(job_id: int) -> Checkup:
    """What a checkup that has succeeded found.

    Raises:
        WorkbenchError: it is not on the disk any more.
    """
    return record.read(folder(job_id))


def folder(job_id: int) -> Path:
    """Where a checkup's files lie."""
    return files.home() / "jobs" / str(job_id)


def marked_rows(version: VersionInfo, job_id: int, kind: str, limit: int) -> pa.Table:
    """The first rows of a finding: the marks' columns beside the version's own.

    Raises:
        WorkbenchError: the checkup or the examples are not on the disk any more.
    """
    found = record.marks(folder(job_id), kind).slice(0, limit)
    data = rows_by_id(version, found["row_id"].to_pylist())
    place = {row: number for number, row in enumerate(data["row_id"].to_pylist())}
    there = [place.get(row) for row in found["row_id"].to_pylist()]
    found = found.filter(pa.array([number is not None for number in there]))
    data = data.take(pa.array([number for number in there if number is not None], pa.int64()))
    for name in data.column_names:
        if name != "row_id":
            found = found.append_column(name, data[name])
    return found


def rows_by_id(version: VersionInfo, row_ids: list[int]) -> pa.Table:
    """Those rows of a version.

    Raises:
        WorkbenchError: its examples are not on the disk any more.
    """
    check_there(version)
    return pq.read_table(version.path, filters=[("row_id", "in", row_ids or [-1])])


def map_of(job_id: int) -> pa.Table | None:
    """Columns row_id, x and y of the rows on the map; None if none was drawn."""
    path = folder(job_id) / record.MAP
    return pq.read_table(path) if path.is_file() else None


def unlabelled_of(job_id: int) -> pa.Table | None:
    """Rows without a category with suggestions, the most uncertain first; None if there are none.

    Columns row_id, text, labels, shares and margin.
    """
    path = folder(job_id) / record.UNLABELLED
    return pq.read_table(path) if path.is_file() else None


def _mine(found: Any) -> list[Job]:
    """Those that can be looked at: of this edition, and not let go of."""
    return [job for job in found if job.spec.get("edition") == EDITION]
