"""Rows of `recovery.py` in which two machines learn one model together: SmolLM2 on the sample's e-mails."""

import contextlib
import time

import psutil
from scene import Scene, check, said
from trained import REAL, start, steps_of_attempts, until_taken

from tests.faults.real import all_events
from workbench.jobs.cluster import CLUSTER, home_name

TWO = {**REAL, "WORKBENCH_RAY_WORKERS": "2"}
EPOCHS = 3.0
"""Of three steps; a checkpoint with each."""
ALIKE = 0.02
"""Losses of the same step differ by less, of about 2: rows are rounded otherwise in smaller batches."""


def together(scene: Scene) -> str:
    """Two machines with a core each learn one model; against one of them, and losing one of them."""
    scene.cluster.add_machine()
    with scene.worker_with(**REAL):
        alone, alone_s = _done(scene)
    with scene.worker_with(**TWO):
        both, both_s = _done(scene)
        worst = max(abs(both[step] - loss) for step, loss in alone.items())
        check(sorted(both) == sorted(alone), f"together they took the steps {sorted(both)}")
        check(worst < ALIKE, f"losses differ by {worst}: {alone} {both}")
        lost = start(scene, CLUSTER, num_train_epochs=EPOCHS)
        until_taken(scene, lost.job_id, 1, 5)
        began = time.monotonic()
        _helper(lost.job_id).kill()
        until_taken(scene, lost.job_id, 2, 1)
        again_s = time.monotonic() - began
        scene.until_over(lost.job_id)
        told = said(scene, lost.job_id, attempts=2)
        second = steps_of_attempts(lost.job_id)[2]
    return (
        f"{len(both)} steps by two machines in {both_s:.1f} s, by one in {alone_s:.1f} s; losses differ by "
        f"{worst:.4f} at most; one killed: {told}, works again after {again_s:.1f} s, from step {second[0]}"
    )


def _done(scene: Scene) -> tuple[dict[int, float], float]:
    """The losses of a training, and how long it took."""
    began = time.monotonic()
    started = start(scene, CLUSTER, num_train_epochs=EPOCHS)
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
