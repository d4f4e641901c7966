"""What becomes of jobs on a real Ray cluster when something is lost: each row with its seconds.

    .venv/bin/python scripts/ray/recovery.py [ROW …]

needs requirements-ray.txt. The cluster is one of this computer: a head node, and machines with room
for one job each; the worker is the product's own. A trainer that learns nothing (tests/fakes) is at
work, so that what it does and when is known.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from loopback import Line, Loopback, loopback  # noqa: E402

from storage import files, jobs  # noqa: E402
from storage.database import Store  # noqa: E402
from storage.schema import open_store  # noqa: E402
from storage.tables import CANCELLED, PAUSED, RUNNING, SUCCEEDED, TERMINAL  # noqa: E402
from tests.fakes.harness import add_run, folder_of, job_of, losses  # noqa: E402
from workbench.core.recipe import Recipe  # noqa: E402
from workbench.core.tasks import COMPLETION  # noqa: E402
from workbench.jobs import queue  # noqa: E402
from workbench.jobs.cluster import CLUSTER, HERE, home_name  # noqa: E402
from workbench.jobs.job import get_job  # noqa: E402
from workbench.jobs.launchers.ray_jobs import RayJobs, Resources  # noqa: E402
from workbench.jobs.process.job_dir import read_json  # noqa: E402
from workbench.jobs.process.specs import BaseModelRef, TrainSpec  # noqa: E402
from workbench.models.families import CAUSAL  # noqa: E402

PATIENCE_S = 300.0


class Scene:
    """A home with its worker, and the cluster that it knows."""

    def __init__(self, folder: Path, cluster: Loopback, line: Line) -> None:
        self.folder, self.cluster, self.line = folder, cluster, line
        self.store: Store = open_store()
        self._worker: subprocess.Popen[bytes] | None = None
        self.began = time.monotonic()

    def start_worker(self) -> None:
        self._worker = subprocess.Popen(
            [sys.executable, "-m", "workbench.jobs.worker"],
            cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip

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
                if process.cmdline() and process.cmdline()[-1].endswith(ending):
                    return process
        raise SystemExit(f"Nobody works at job {job_id}.")

    def close(self) -> None:
        self.end_worker()
        self.store.close()


def _check(holds: bool, what: str) -> None:
    if not holds:
        raise SystemExit(f"Wrong: {what}.")


def _said(scene: Scene, job_id: int, *, attempts: int, status: str = SUCCEEDED) -> str:
    job = job_of(scene.store, job_id)
    _check(job.status == status, f"it {job.status} ({job.reason}), where it should have {status}")
    _check(job.attempt == attempts, f"it took {job.attempt} attempts, not {attempts}")
    return f"{job.status} in attempt {job.attempt}"


def _curve_is_whole(scene: Scene, job_id: int, steps: int) -> None:
    told = losses(scene.store, job_of(scene.store, job_id))
    _check(sorted(told) == list(range(1, steps + 1)), f"its curve has the steps {sorted(told)}")


def plain(scene: Scene) -> str:
    """Given to an idle cluster."""
    job_id = scene.add()
    first = scene.until_step(job_id, 1)
    rest = scene.until_over(job_id)
    _curve_is_whole(scene, job_id, 3)
    return f"{_said(scene, job_id, attempts=1)}; first step after {first:.1f} s, home {rest:.1f} s later"


def node_lost(scene: Scene) -> str:
    """The machine that works is lost, and another one is there."""
    job_id = scene.add(steps=40, step_s=0.5)
    scene.until_step(job_id, 6)
    scene.cluster.lose_machine(scene.trainer(job_id))
    lost = time.monotonic()
    scene.cluster.add_machine()
    scene.until_step(job_id, 7, attempt=2)
    again = time.monotonic() - lost
    scene.until_over(job_id)
    _curve_is_whole(scene, job_id, 40)
    _check(job_of(scene.store, job_id).retries == 1, "the lost machine did not cost one try")
    return f"{_said(scene, job_id, attempts=2)}; works again {again:.1f} s after the loss"


def head_lost(scene: Scene) -> str:
    """The head node is lost and started anew: it knows no job any more."""
    job_id = scene.add(steps=400, step_s=0.5)
    scene.until_step(job_id, 3)
    stale = scene.trainer(job_id)
    scene.cluster.lose_head()
    unknown = scene.until(
        lambda: get_job(scene.store, job_id).warning or not stale.is_running(), "it is told"
    )
    _check(job_of(scene.store, job_id).attempt == 1, "another attempt was begun too early")
    scene.cluster.end_machines()
    scene.cluster.start_head()
    scene.cluster.add_machine()
    again = scene.until_step(job_id, 4, attempt=2)
    queue.cancel_job(scene.store, job_id)
    scene.until_over(job_id)
    said = _said(scene, job_id, attempts=2, status=CANCELLED)
    return f"told after {unknown:.1f} s; works again {again:.1f} s after the new head; then {said}"


def no_capacity(scene: Scene) -> str:
    """All machines are at work for longer than Ray waits."""
    first = scene.add(steps=3000, step_s=0.5)
    scene.until_step(first, 3)
    job_id = scene.add()
    waits = scene.until(lambda: job_of(scene.store, job_id).attempt == 2, "Ray gives up")
    job = job_of(scene.store, job_id)
    _check("No capacity" in job.reason and job.retries == 0, f"it says '{job.reason}'")
    queue.cancel_job(scene.store, first)
    scene.until_over(job_id)
    _check(job_of(scene.store, job_id).retries == 0, "waiting counted as a try")
    return f"queued again after {waits:.1f} s, no try counted; {job_of(scene.store, job_id).status}"


def double_submission(scene: Scene) -> str:
    """Given twice, as by a worker that died before it had noted that it gave it."""
    job_id = scene.add(steps=3000, step_s=0.5)
    scene.until_step(job_id, 3)
    name = f"job-{job_id}-a1-{home_name()}"
    client = RayJobs(scene.cluster.address, scene.cluster.token_file.read_text())
    began = time.monotonic()
    taken = client.submit(name, "exec sleep 60", Resources(1, 0), {}, {})
    refused = time.monotonic() - began
    _check(not taken, "the cluster took a second job of the same name")
    scene.end_worker()
    note = folder_of(job_id).path / "remote.json"
    note.write_text(note.read_text().replace('"is_submitted": true', '"is_submitted": false'))
    scene.start_worker()
    scene.until(lambda: '"is_submitted": true' in note.read_text(), "it is found")
    queue.cancel_job(scene.store, job_id)
    scene.until_over(job_id)
    return f"refused in {refused:.2f} s, then found; {_said(scene, job_id, attempts=1, status=CANCELLED)}"


def unreachable(scene: Scene) -> str:
    """The line to the head is cut for a minute; a trainer that is silent meanwhile is waited for."""
    job_id = scene.add(freeze=True)
    scene.until_is(job_id, RUNNING)
    scene.line.is_cut = True
    unknown = scene.until(lambda: get_job(scene.store, job_id).unknown_s is not None, "told")
    until = time.monotonic() + 60
    while time.monotonic() < until:
        _check(job_of(scene.store, job_id).attempt == 1, "another attempt was begun")
        time.sleep(1)
    stale = scene.trainer(job_id)
    queue.give_up(scene.store, job_id)
    given_up = scene.until(lambda: job_of(scene.store, job_id).attempt == 2, "it is given up")
    gone = scene.until(lambda: not stale.is_running(), "the stale process leaves")
    queue.cancel_job(scene.store, job_id)
    scene.line.is_cut = False
    scene.until_over(job_id)
    return (
        f"told after {unknown:.1f} s, waited for 60 s; given up by hand: attempt 2 after {given_up:.1f} s, "
        f"the stale process gone {gone:.1f} s later"
    )


def trainer_killed(scene: Scene) -> str:
    """`kill -9` of the trainer."""
    job_id = scene.add(steps=30, step_s=0.5)
    scene.until_step(job_id, 3)
    began = time.monotonic()
    scene.trainer(job_id).kill()
    scene.until_step(job_id, 4, attempt=2)
    again = time.monotonic() - began
    scene.until_over(job_id)
    _curve_is_whole(scene, job_id, 30)
    return f"{_said(scene, job_id, attempts=2)}; works again after {again:.1f} s"


def carrier_killed(scene: Scene) -> str:
    """`kill -9` of the process that Ray started, of which the trainer is a child."""
    job_id = scene.add(steps=30, step_s=0.5)
    scene.until_step(job_id, 3)
    began, parent = time.monotonic(), scene.trainer(job_id).parent()
    _check(parent is not None, "the trainer has no parent")
    if parent is not None:
        parent.kill()
    scene.until_step(job_id, 4, attempt=2)
    again = time.monotonic() - began
    scene.until_over(job_id)
    return f"{_said(scene, job_id, attempts=2)}; works again after {again:.1f} s"


def slow_stopper(scene: Scene) -> str:
    """Cancelled, and it takes eight seconds to save; Ray's own patience is three."""
    job_id = scene.add(steps=3000, step_s=0.5, saving_parts=80)
    scene.until_step(job_id, 3)
    queue.cancel_job(scene.store, job_id)
    seconds = scene.until_over(job_id)
    result = read_json(folder_of(job_id).result) or {}
    _check(result.get("status") == CANCELLED, "it left no result of its own")
    return (
        f"{_said(scene, job_id, attempts=1, status=CANCELLED)} with what it saved, {seconds:.1f} s"
    )


def worker_killed(scene: Scene) -> str:
    """`kill -9` of our worker; the job goes on, and the next worker takes it up."""
    job_id = scene.add(steps=20, step_s=0.5)
    scene.until_step(job_id, 3)
    scene.end_worker()
    time.sleep(4)
    scene.start_worker()
    up = scene.until_step(job_id, 8)
    scene.until_over(job_id)
    _curve_is_whole(scene, job_id, 20)
    return f"{_said(scene, job_id, attempts=1)}; taken up {up:.1f} s after the new worker's start"


def pause(scene: Scene) -> str:
    """Paused, and let go on."""
    job_id = scene.add(steps=60, step_s=0.5)
    scene.until_step(job_id, 3)
    queue.pause_job(scene.store, job_id)
    paused = scene.until_is(job_id, PAUSED)
    queue.resume_job(scene.store, job_id)
    again = scene.until_step(job_id, 4, attempt=2)
    queue.cancel_job(scene.store, job_id)
    cancelled = scene.until_over(job_id)
    return f"paused in {paused:.1f} s, works again in {again:.1f} s, cancelled in {cancelled:.1f} s"


def four(scene: Scene) -> str:
    """Four jobs of ten seconds on two machines, against one after the other here."""
    scene.cluster.add_machine()
    seconds: dict[str, float] = {}
    for place in (CLUSTER, HERE):
        began = time.monotonic()
        ids = [scene.add(place=place, steps=20, step_s=0.5) for _ in range(4)]
        for job_id in ids:
            scene.until_over(job_id)
            _said(scene, job_id, attempts=1)
        seconds[place] = time.monotonic() - began
    ratio = seconds[HERE] / seconds[CLUSTER]
    return (
        f"{seconds[CLUSTER]:.1f} s on two machines, {seconds[HERE]:.1f} s one after the other: "
        f"{ratio:.2f} times as fast"
    )


ROWS: dict[str, Callable[[Scene], str]] = {
    row.__name__: row
    for row in (
        plain, double_submission, trainer_killed, carrier_killed, slow_stopper, worker_killed, pause,
        no_capacity, unreachable, node_lost, four, head_lost,
    )
}  # fmt: skip


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


def main() -> int:
    """Play the named rows, or all of them."""
    names = sys.argv[1:] or list(ROWS)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the cluster goes then, too
    folder = Path(tempfile.mkdtemp(prefix="recovery-"))
    began = time.monotonic()
    with scene_in(folder) as scene:
        print(f"{'a head node and one machine':<20} {time.monotonic() - began:6.1f} s", flush=True)
        for name in names:
            began = time.monotonic()
            said = ROWS[name](scene)
            print(f"{name:<20} {time.monotonic() - began:6.1f} s  {said}", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
