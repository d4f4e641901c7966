"""A home with its worker, and the cluster that it knows, for `recovery.py`."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
from loopback import Line, Loopback, loopback

from storage import files, jobs
from storage.database import Store
from storage.schema import open_store
from storage.tables import SUCCEEDED, TERMINAL
from tests.fakes.harness import add_run, job_of, losses
from workbench.core.recipe import Recipe
from workbench.core.tasks import COMPLETION
from workbench.jobs.cluster import CLUSTER, home_name
from workbench.jobs.process.specs import BaseModelRef, TrainSpec
from workbench.models.families import CAUSAL

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 600.0


class Scene:
    """A home with its worker, and the cluster that it knows."""

    def __init__(self, folder: Path, cluster: Loopback, line: Line) -> None:
        self.folder, self.cluster, self.line = folder, cluster, line
        self.store: Store = open_store()
        self._worker: subprocess.Popen[bytes] | None = None

    def start_worker(self, **variables: str) -> None:
        self._worker = subprocess.Popen(
            [sys.executable, "-m", "workbench.jobs.worker"],
            cwd=ROOT,
            env={**os.environ, **variables},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    @contextlib.contextmanager
    def worker_with(self, **variables: str) -> Iterator[None]:
        """Another worker while the block runs."""
        self.end_worker()
        self.start_worker(**variables)
        try:
            yield
        finally:
            self.end_worker()
            self.start_worker()

    def end_worker(self, number: signal.Signals = signal.SIGKILL) -> None:
        if self._worker is not None:
            self._worker.send_signal(number)
            self._worker.wait()
        self._worker = None

    def add(self, *, place: str = CLUSTER, **fake: Any) -> int:
        """A training of the trainer that learns nothing."""
        data = files.object_path(files.put_file(self._written("examples", b"examples")))
        base = self._written("base/model.safetensors", b"weights").parent
        ref = BaseModelRef("tiny", base, CAUSAL.name)
        with self.store.write() as session:
            run_id = add_run(session)
            spec = TrainSpec(
                run_id=run_id, task=COMPLETION.name, data=data, base=ref, recipe=Recipe()
            )
            told = {**spec.as_row(), "kind": "train", "fake": fake}
            return jobs.add(session, "train", "training", told, run_id=run_id, place=place).id

    def _written(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return path

    def until(self, condition: Callable[[], Any], what: str) -> float:
        """Seconds until it holds."""
        began = time.monotonic()
        while not condition():
            if time.monotonic() - began > PATIENCE_S:
                raise SystemExit(f"Waited in vain until {what}: look at {self.folder}.")
            time.sleep(0.1)
        return time.monotonic() - began

    def until_step(self, job_id: int, step: int, attempt: int = 1) -> float:
        def there() -> bool:
            job = job_of(self.store, job_id)
            return job.attempt == attempt and (job.progress.get("step") or 0) >= step

        return self.until(there, f"job {job_id} is at step {step}")

    def until_over(self, job_id: int) -> float:
        return self.until(lambda: job_of(self.store, job_id).status in TERMINAL, "it is over")

    def until_is(self, job_id: int, status: str) -> float:
        return self.until(lambda: job_of(self.store, job_id).status == status, f"it is {status}")

    def trainer(self, job_id: int, attempt: int = 1) -> psutil.Process:
        """The process that works at a job, on whichever machine."""
        ending = f"jobs/{home_name()}-{job_id}-{attempt}/job"
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if "".join(process.cmdline()[-1:]).endswith(ending):
                    return process
        raise SystemExit(f"Nobody works at job {job_id}.")

    def close(self) -> None:
        self.end_worker()
        self.store.close()


def check(holds: bool, what: str) -> None:
    if not holds:
        raise SystemExit(f"Wrong: {what}.")


def said(scene: Scene, job_id: int, *, attempts: int, status: str = SUCCEEDED) -> str:
    job = job_of(scene.store, job_id)
    check(job.status == status, f"it {job.status} ({job.reason}), where it should have {status}")
    check(job.attempt == attempts, f"it took {job.attempt} attempts, not {attempts}")
    return f"{job.status} in attempt {job.attempt}"


def curve_is_whole(scene: Scene, job_id: int, steps: int) -> None:
    told = losses(scene.store, job_of(scene.store, job_id))
    check(sorted(told) == list(range(1, steps + 1)), f"its curve has the steps {sorted(told)}")


@contextlib.contextmanager
def scene_in(folder: Path) -> Iterator[Scene]:
    """A cluster with one machine, and a worker that knows it."""
    shim = folder / "checkout" / "workbench" / "engine"
    shim.mkdir(parents=True)
    (folder / "shared").mkdir()
    for package in (shim.parent, shim):
        (package / "__init__.py").touch()
    carrier = str(ROOT / "tests" / "fakes" / "carrier.py")
    (shim / "__main__.py").write_text(
        f"import os, sys\nos.execv(sys.executable, [sys.executable, {carrier!r}, *sys.argv[1:]])\n"
    )
    with loopback(folder) as cluster:
        line = Line(int(cluster.address.rpartition(":")[2]))
        os.environ |= {
            "WORKBENCH_HOME": str(folder / "home"),
            "WORKBENCH_RAY_ADDRESS": f"http://127.0.0.1:{line.port}",
            "WORKBENCH_RAY_TOKEN_FILE": str(cluster.token_file),
            "WORKBENCH_RAY_FILES": str(folder / "shared"),
            "WORKBENCH_RAY_CHECKOUT": str(folder / "checkout"),
        }
        cluster.start_head()
        cluster.add_machine()
        scene = Scene(folder, cluster, line)
        try:
            scene.start_worker()
            yield scene
        finally:
            scene.close()
