"""Checkups as jobs that are done in the test's own process."""

from pathlib import Path
from typing import Any

from storage import files
from storage.database import Store
from storage.tables import SUCCEEDED, Job
from workbench.data import checkups, datasets
from workbench.data.versions import VersionInfo, get_version
from workbench.engine.kinds import HANDLERS
from workbench.engine.runtime.quiet import quiet
from workbench.jobs.process.job_dir import JobDir, read_json, write_json
from workbench.jobs.process.shell import run
from workbench.projects import projects


def saved(store: Store, path: Path, **options: Any) -> VersionInfo:
    project_id = projects.create_project(store, "Mails")
    made = datasets.save_version(store, project_id=project_id, path=path, **options)
    return get_version(store, made.version_id)


def checked(store: Store, version: VersionInfo, **spec: Any) -> int:
    """The id of a checkup that has been done in this process; `spec` is told beside its own."""
    job_id, folder = prepared(store, version, **spec)
    assert run(folder.path, HANDLERS, quiet=quiet) == 0
    result = read_json(folder.result)
    assert result is not None
    assert result["status"] == "succeeded", result
    with store.write() as session:
        session.get_one(Job, job_id).status = SUCCEEDED
    return job_id


def prepared(store: Store, version: VersionInfo, **more: Any) -> tuple[int, JobDir]:
    """A checkup that is ready to be done: its job's id and folder."""
    job = checkups.start(store, version.id)
    folder = JobDir(files.folder("jobs", str(job.id)))
    with store.read() as session:
        spec = session.get_one(Job, job.id).spec
    write_json(folder.spec, {"job_id": job.id, "attempt": 1, **spec, **more})
    return job.id, folder
