"""The product's own processes, killed as life kills them: worker, trainer and web, on a tiny model.

Nothing here is a fake but the size of the model: the trainer is `python -m workbench.engine`.
"""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from storage import files, runs
from storage.database import Store
from storage.tables import Job
from tests.fakes.harness import folder_of, job_of, until
from tests.helpers.writers import recipe, replies
from workbench.core.recipe import from_dict
from workbench.data import datasets
from workbench.jobs import queue
from workbench.jobs.process.job_dir import JobDir, read_events
from workbench.models import catalogue
from workbench.projects import projects
from workbench.training import runs as training

CHECKOUT = Path(__file__).resolve().parents[2]
STEPS = 12
PATIENCE_S = 180.0
TINY = {"OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
"""Threads would only wait for each other."""


class Machine:
    """A home with its processes, each of which can be ended at any moment."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._workers: list[subprocess.Popen[str]] = []
        self._webs: list[subprocess.Popen[str]] = []

    def start_worker(self) -> subprocess.Popen[str]:
        """`python -m workbench.jobs.worker`, as the app starts it."""
        worker = self._start("-m", "workbench.jobs.worker")
        self._workers.append(worker)
        return worker

    def start_web(self) -> str:
        """`make run`'s second half; the address once it answers."""
        web = self._start("scripts/run.py")
        self._webs.append(web)
        for line in web.stdout or ():
            if "http://localhost:" in line:
                return line.strip()
        raise AssertionError("the web app ended before it printed its address")

    def _start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=CHECKOUT,
            env={**os.environ, **TINY, "WORKBENCH_HOME": str(files.home())},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def kill_worker(self) -> None:
        _kill(self._workers.pop())

    def kill_web(self) -> None:
        _kill(self._webs.pop())

    def kill_trainer(self, job_id: int) -> None:
        """`kill -9` of the process that works at the job, if it still does."""
        for process in trainers(job_id):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def close(self) -> None:
        for process in [*self._workers, *self._webs]:
            _kill(process)
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                mine = process.environ().get("WORKBENCH_HOME") == str(files.home())
                if mine and process.pid != os.getpid():
                    process.kill()


def _kill(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def trainers(job_id: int) -> list[psutil.Process]:
    """The trainers that live at this moment for the job."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            line = process.cmdline()
            if line[-1:] == [str(folder_of(job_id).path)] and "workbench.engine" in line:
                found.append(process)
    return found


def start_run(
    store: Store, base: Path, folder: Path, *, examples: int = 40, **settings: Any
) -> int:
    """A training of the tiny model through the services that the pages call; its job.

    Args:
        examples: of which a tenth is the exam.
    """
    source = folder / "replies.jsonl"
    if not source.exists():
        rows = replies(examples)
        source.write_text(
            "".join(
                f'{{"prompt": "{r["prompt"]} {i}", "response": "{r["response"]}"}}\n'
                for i, r in enumerate(rows)
            )
        )
        project_id = projects.create_project(store, "Faults")
        datasets.save_version(store, project_id=project_id, path=source, task="completion")
        tried = catalogue.get_model(store, catalogue.add_folder(store, base))
        assert tried.job_id is not None
        queue.cancel_job(store, tried.job_id)  # these tests are of trainings alone
    model = next(m for m in catalogue.list_models(store) if m.path == base)
    chosen = {"num_train_epochs": 3, "per_device_train_batch_size": 8, "evals_per_epoch": 2}
    started = training.start_run(
        store,
        project_id=1,
        version_id=1,
        base_model_id=model.id,
        recipe=from_dict(recipe(**{**chosen, **settings})),
    )
    return started.job_id


def phases(job_id: int) -> list[tuple[int, str]]:
    """Attempt and name of each phase that the job has told of, in order."""
    return [(e["attempt"], e["name"]) for e in all_events(job_id) if e["type"] == "phase"]


def all_events(job_id: int) -> list[dict[str, Any]]:
    """Everything in the job's folder, whether or not a worker has read it."""
    events, *_ = read_events(JobDir(folder_of(job_id).path), 1, 0, limit=10**9)
    return events


def wait_for_phase(job_id: int, name: str, after: int) -> int:
    """Wait until an attempt later than `after` is in this phase (or past it); that attempt."""

    def seen() -> int | None:
        found = [attempt for attempt, phase in phases(job_id) if phase == name and attempt > after]
        return found[0] if found else None

    return int(until(seen, PATIENCE_S))


def wait_for_end(store: Store, job_id: int) -> Job:
    """The job when it is over."""
    until(lambda: job_of(store, job_id).finished_at is not None, PATIENCE_S)
    return job_of(store, job_id)


def training_steps(store: Store, job: Job) -> list[int]:
    """The steps of the run's training curve, as the database has them."""
    with store.read() as session:
        return [point.step for point in runs.curve(session, job.run_id or 0, "train", 10**6)]


def losses(store: Store, job: Job) -> dict[int, float]:
    """Step → loss of the training curve."""
    with store.read() as session:
        points = runs.curve(session, job.run_id or 0, "train", 10**6)
    return {point.step: point.values["loss"] for point in points}


@contextlib.contextmanager
def machine(store: Store) -> Iterator[Machine]:
    """A machine that is switched off at the end."""
    found = Machine(store)
    try:
        yield found
    finally:
        found.close()
