"""What tests of jobs share: rows to train on, jobs for the fake trainer, waiting for conditions."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy.orm import Session

from storage import files, jobs, runs
from storage.database import Store
from storage.tables import (
    CANCELLED,
    FAILED,
    SUCCEEDED,
    BaseModel,
    Dataset,
    DatasetVersion,
    Job,
    Project,
)
from tests.fakes.trainer_command import fake_trainer
from tests.fakes.worker import QUICK
from workbench.core.recipe import Recipe
from workbench.jobs.launchers.local import LocalLauncher
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.worker import Worker


def until(condition: Callable[[], Any], timeout_s: float = 60.0) -> Any:
    """Wait for a condition; what it returned."""
    end = time.monotonic() + timeout_s
    while not (value := condition()):
        if time.monotonic() > end:
            raise TimeoutError("what the test waits for did not happen")
        time.sleep(0.02)
    return value


def new_worker(store: Store, **timing: float) -> Worker:
    """A quick worker inside the test's own process."""
    return Worker(store, LocalLauncher(fake_trainer), QUICK.__class__(**{**vars(QUICK), **timing}))


def drive(worker: Worker, condition: Callable[[], Any], timeout_s: float = 60.0) -> Any:
    """Let a worker work until a condition holds."""

    def stepped() -> Any:
        worker.step()
        return condition()

    return until(stepped, timeout_s)


def drive_to_end(worker: Worker, store: Store, job_id: int, timeout_s: float = 60.0) -> Job:
    """Let a worker work until the job is over; the job."""
    drive(worker, lambda: status_of(store, job_id) in (SUCCEEDED, FAILED, CANCELLED), timeout_s)
    return job_of(store, job_id)


def has_learned(store: Store, job_id: int) -> bool:
    """Whether the fake trainer has done its three steps."""
    return job_of(store, job_id).progress.get("step") == 3


def learned_job(worker: Worker, store: Store, **fake: Any) -> int:
    """A training that has done its three steps and waits to be let go on."""
    job_id = add_job(store, wait_for="go", **fake)
    drive(worker, lambda: has_learned(store, job_id))
    return job_id


def let_go(job_id: int) -> None:
    """Give the sign that a training waits for."""
    (folder_of(job_id).path / "go").touch()


def goes_on(worker: Worker, store: Store, job_id: int) -> None:
    """Give the sign and let the worker work until the training has succeeded."""
    let_go(job_id)
    drive(worker, lambda: status_of(store, job_id) == SUCCEEDED)


def losses(store: Store, job: Job) -> dict[int, int]:
    """Step → the attempt that wrote it."""
    with store.read() as session:
        points = runs.curve(session, job.run_id or 0, "train", 500)
    return {point.step: point.values["attempt"] for point in points}


def add_run(session: Session, name: str = "") -> int:
    """A run with all that it needs; the project, data and model are shared by all."""
    project = session.get(Project, 1) or _project(session)
    recipe = Recipe()
    run = runs.add(
        session,
        project_id=project.id,
        version_id=1,
        base_model_id=1,
        name=name,
        recipe=recipe.as_dict(),
        seed=recipe.seed,
    )
    return run.id


def _project(session: Session) -> Project:
    project = Project(name="Quillberry")
    session.add(project)
    session.flush()
    dataset = Dataset(project_id=project.id, name="Replies")
    model = BaseModel(
        name="tiny", source="folder", location="/models/tiny", kind="causal", facts={}
    )
    session.add_all([dataset, model])
    session.flush()
    version = DatasetVersion(
        dataset_id=dataset.id,
        number=1,
        task="completion",
        content_hash="c" * 64,
        source_hash="5" * 64,
        source_name="replies.csv",
        mapping={"system": "Be kind."},
        rows=10,
        dropped=0,
        splits={"train": 8, "validation": 1, "test": 1},
        split_seed=1,
        report={"mean_chars": 100},
    )
    session.add(version)
    session.flush()
    return project


def add_job(store: Store, kind: str = "train", *, place: str = "local", **fake: Any) -> int:
    """A queued job for the fake trainer; a training gets a run of its own."""
    with store.write() as session:
        run_id = add_run(session) if kind in ("train", "evaluate") else None
        spec = {"kind": kind, "fake": fake}
        return jobs.add(session, kind, f"{kind} of a test", spec, run_id=run_id, place=place).id


def job_of(store: Store, job_id: int) -> Job:
    """The job's row as it is now."""
    with store.read() as session:
        found = jobs.get(session, job_id)
    assert found is not None
    return found


def status_of(store: Store, job_id: int) -> str:
    """The job's state."""
    return job_of(store, job_id).status


def folder_of(job_id: int) -> JobDir:
    """The job's folder."""
    return JobDir(files.job_folder(job_id))


def starts_of(job_id: int) -> list[tuple[int, int]]:
    """Process number and attempt of each trainer that began to work, in order."""
    path: Path = folder_of(job_id).path / "starts.txt"
    lines = path.read_text().splitlines() if path.exists() else []
    return [(int(line.split()[0]), int(line.split()[1])) for line in lines]


def handle_of(store: Store, job_id: int) -> dict[str, Any] | None:
    """The process of the job's present attempt."""
    with store.read() as session:
        return jobs.last_handle(session, job_id, job_of(store, job_id).attempt)


def is_alive(pid: int) -> bool:
    """Whether a process works; a dead one that nobody has asked about yet does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def end_leftovers() -> None:
    """Kill what a failed test left running, children included."""
    jobs_folder = str(files.home() / "jobs")
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            if "".join(process.cmdline()[-1:]).startswith(jobs_folder):
                os.killpg(process.pid, signal.SIGKILL)
