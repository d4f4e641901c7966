"""Rows of `recovery.py` in which something is lost: a process, the worker, a machine, the head node."""

import time

from scene import Scene, check, curve_is_whole, said

from storage.tables import CANCELLED
from tests.fakes.harness import job_of
from workbench.jobs import queue
from workbench.jobs.job import get_job


def trainer_killed(scene: Scene) -> str:
    """`kill -9` of the trainer."""
    job_id = scene.add(steps=30, step_s=0.5)
    scene.until_step(job_id, 3)
    began = time.monotonic()
    scene.trainer(job_id).kill()
    scene.until_step(job_id, 4, attempt=2)
    again = time.monotonic() - began
    scene.until_over(job_id)
    curve_is_whole(scene, job_id, 30)
    return f"{said(scene, job_id, attempts=2)}; works again after {again:.1f} s"


def carrier_killed(scene: Scene) -> str:
    """`kill -9` of the process that Ray started, of which the trainer is a child."""
    job_id = scene.add(steps=30, step_s=0.5)
    scene.until_step(job_id, 3)
    began, parent = time.monotonic(), scene.trainer(job_id).parent()
    check(parent is not None, "the trainer has no parent")
    if parent is not None:
        parent.kill()
    scene.until_step(job_id, 4, attempt=2)
    again = time.monotonic() - began
    scene.until_over(job_id)
    return f"{said(scene, job_id, attempts=2)}; works again after {again:.1f} s"


def worker_killed(scene: Scene) -> str:
    """`kill -9` of our worker; the job goes on, and the next worker takes it up."""
    job_id = scene.add(steps=20, step_s=0.5)
    scene.until_step(job_id, 3)
    scene.end_worker()
    time.sleep(4)
    scene.start_worker()
    up = scene.until_step(job_id, 8)
    scene.until_over(job_id)
    curve_is_whole(scene, job_id, 20)
    return f"{said(scene, job_id, attempts=1)}; taken up {up:.1f} s after the new worker's start"


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
    curve_is_whole(scene, job_id, 40)
    check(job_of(scene.store, job_id).retries == 1, "the lost machine did not cost one try")
    return f"{said(scene, job_id, attempts=2)}; works again {again:.1f} s after the loss"


def head_lost(scene: Scene) -> str:
    """The head node is lost and started anew: it knows no job any more."""
    job_id = scene.add(steps=400, step_s=0.5)
    scene.until_step(job_id, 3)
    stale = scene.trainer(job_id)
    scene.cluster.lose_head()
    unknown = scene.until(
        lambda: get_job(scene.store, job_id).warning or not stale.is_running(), "it is told"
    )
    check(job_of(scene.store, job_id).attempt == 1, "another attempt was begun too early")
    scene.cluster.end_machines()
    scene.cluster.start_head()
    scene.cluster.add_machine()
    again = scene.until_step(job_id, 4, attempt=2)
    queue.cancel_job(scene.store, job_id)
    scene.until_over(job_id)
    told = said(scene, job_id, attempts=2, status=CANCELLED)
    return f"told after {unknown:.1f} s; works again {again:.1f} s after the new head; then {told}"
