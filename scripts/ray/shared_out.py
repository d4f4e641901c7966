"""Rows of `recovery.py` in which two machines learn one model together: SmolLM2 on the sample's e-mails."""

import contextlib
import time

import psutil
from scene import Scene, check, said
from trained import REAL, start_training, steps_of_attempts, until_taken

from storage.tables import CANCELLED
from tests.fakes.harness import job_of
from tests.faults.real import all_events
from workbench.jobs import queue
from workbench.jobs.cluster import CLUSTER, home_name

TWO = {**REAL, "WORKBENCH_RAY_WORKERS": "2"}
EPOCHS = 3.0
"""Of three steps; a checkpoint with each."""
ALIKE = 0.02
"""Losses of the same step differ by less, of about 3: rows are rounded otherwise in smaller batches."""


def together(scene: Scene) -> str:
    """Two machines with a core each learn one model, and one of them learns the same."""
    _have_two(scene)
    with scene.worker_with(**REAL):
        alone, alone_s = _done(scene)
    with scene.worker_with(**TWO):
        both, both_s = _done(scene)
    check(sorted(both) == sorted(alone), f"together they took the steps {sorted(both)}")
    worst = max(abs(both[step] - loss) for step, loss in alone.items())
    check(worst < ALIKE, f"losses differ by {worst}: {alone} {both}")
    return (
        f"{len(both)} steps and the exam by two machines in {both_s:.1f} s, by one in {alone_s:.1f} s; "
        f"losses differ by {worst:.4f} at most"
    )


def helper_killed(scene: Scene) -> str:
    """`kill -9` of the trainer that does not lead, and a pause that reaches both."""
    _have_two(scene)
    with scene.worker_with(**TWO):
        job_id = start_training(scene, CLUSTER, num_train_epochs=EPOCHS).job_id
        until_taken(scene, job_id, 1, 3)
        began = time.monotonic()
        _helper(job_id).kill()
        scene.until(lambda: job_of(scene.store, job_id).retries == 1, "a machine counts as lost")
        noticed_s = time.monotonic() - began
        until_taken(scene, job_id, 2, 1)
        again_s = time.monotonic() - began
        queue.cancel_job(scene.store, job_id)
        stopped_s = scene.until_over(job_id)
        told = said(scene, job_id, attempts=2, status=CANCELLED)
        result = job_of(scene.store, job_id).result or {}
        check(bool(result.get("adapter")), "nothing was kept of it")
        first = steps_of_attempts(job_id)[2][0]
    return (
        f"noticed after {noticed_s:.1f} s, works again after {again_s:.1f} s, from step {first}; told to "
        f"stop, it {told} after {stopped_s:.1f} s, and what it had learned is kept"
    )


def too_few(scene: Scene) -> str:
    """Three machines are wanted where there are two."""
    _have_two(scene)
    with scene.worker_with(**TWO | {"WORKBENCH_RAY_WORKERS": "3"}):
        job_id = start_training(scene, CLUSTER).job_id
        took = scene.until(lambda: job_of(scene.store, job_id).attempt == 2, "it waits again")
        job = job_of(scene.store, job_id)
        check("No capacity" in job.reason and not job.retries, f"{job.reason}, {job.retries} tries")
        time.sleep(15)  # until it waits for machines, not for its files
        queue.cancel_job(scene.store, job_id)
        stopped_s = scene.until_over(job_id)
        told = said(scene, job_id, attempts=2, status=CANCELLED)
    return f"queued again after {took:.1f} s, no try counted; {told} in {stopped_s:.1f} s"


def _have_two(scene: Scene) -> None:
    while scene.cluster.machines < 2:
        scene.cluster.add_machine()


def _done(scene: Scene) -> tuple[dict[int, float], float]:
    """The losses of a training, and how long it took."""
    began = time.monotonic()
    started = start_training(scene, CLUSTER, num_train_epochs=EPOCHS)
    scene.until_over(started.job_id)
    said(scene, started.job_id, attempts=1)
    taken = (event for event in all_events(started.job_id) if event["type"] == "metric")
    learned = {one["step"]: one["values"]["loss"] for one in taken if one["kind"] == "train"}
    return learned, time.monotonic() - began


def _helper(job_id: int) -> psutil.Process:
    """The process that learns beside the one that leads."""
    ending = f"jobs/{home_name()}-{job_id}-1-1/job"
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if "".join(process.cmdline()[-1:]).endswith(ending):
                return process
    raise SystemExit(f"Nobody helps with job {job_id}.")
