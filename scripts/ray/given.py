"""Rows of `recovery.py` in which nothing is lost: jobs given, refused, waiting, told to end, cut off."""

import shutil
import time

from scene import ROOT, Scene, check, curve_is_whole, said

from storage.tables import CANCELLED, FAILED, PAUSED, RUNNING
from tests.fakes.harness import folder_of, job_of
from workbench.jobs import queue
from workbench.jobs.cluster import home_name
from workbench.jobs.job import get_job
from workbench.jobs.launchers.ray_jobs import RayJobs, Resources
from workbench.jobs.process.job_dir import read_json
from workbench.system.installation.cluster_state import look, own_jobs


def plain(scene: Scene) -> str:
    """Given to an idle cluster."""
    job_id = scene.add()
    first = scene.until_step(job_id, 1)
    rest = scene.until_over(job_id)
    curve_is_whole(scene, job_id, 3)
    return f"{said(scene, job_id, attempts=1)}; first step after {first:.1f} s, home {rest:.1f} s later"


def shown(scene: Scene) -> str:
    """What the Installation page tells while a job is at work, and once there is none."""
    job_id = scene.add(steps=3000, step_s=0.5)
    scene.until_step(job_id, 3)
    busy = scene.until(lambda: _at_work(scene) == [(1.0, 0.0, [job_id])], "the job is shown")
    queue.cancel_job(scene.store, job_id)
    scene.until_over(job_id)
    free = scene.until(lambda: _at_work(scene) == [(1.0, 1.0, [])], "its core is free again")
    began = time.monotonic()
    state = look(scene.store)
    answered = time.monotonic() - began
    check(state is not None and not state.problems, "the page says that something is wrong")
    return (
        f"the job at its machine after {busy:.1f} s, the core free {free:.1f} s after its end; one look "
        f"takes {answered:.2f} s"
    )


def _at_work(scene: Scene) -> list[tuple[float, float | None, list[int]]]:
    """Cores, free ones and our jobs of each machine but the head node."""
    state = look(scene.store)
    machines = [one for one in state.machines if not one.is_head] if state else []
    return [(one.cores.total, one.cores.free, own_jobs(one)) for one in machines]


def other_versions(scene: Scene) -> str:
    """The machines have another program than this computer."""
    other = scene.folder / "other"
    shutil.copytree(ROOT / "workbench", other / "workbench")
    (other / "workbench" / "changed.py").write_text("")
    with scene.worker_with(WORKBENCH_RAY_CHECKOUT=str(other)):
        job_id = scene.add()
        refused = scene.until_over(job_id)
    job = job_of(scene.store, job_id)
    check((job.status, job.attempt) == (FAILED, 1), f"it {job.status} in attempt {job.attempt}")
    check(job.reason.count("(program ") == 2, f"it says '{job.reason}'")
    return f"refused after {refused:.1f} s: {job.reason.partition(', so')[0]}"


def double_submission(scene: Scene) -> str:
    """Given twice, as by a worker that died before it had noted that it gave it."""
    job_id = scene.add(steps=3000, step_s=0.5)
    scene.until_step(job_id, 3)
    name = f"job-{job_id}-a1-{home_name()}"
    client = RayJobs(scene.cluster.address, scene.cluster.token_file.read_text())
    began = time.monotonic()
    taken = client.submit(name, "exec sleep 60", Resources(1, 0), {}, {})
    refused = time.monotonic() - began
    check(not taken, "the cluster took a second job of the same name")
    scene.end_worker()
    note = folder_of(job_id).path / "remote.json"
    note.write_text(note.read_text().replace('"is_submitted": true', '"is_submitted": false'))
    scene.start_worker()
    scene.until(lambda: '"is_submitted": true' in note.read_text(), "it is found")
    queue.cancel_job(scene.store, job_id)
    scene.until_over(job_id)
    return f"refused in {refused:.2f} s, then found; {said(scene, job_id, attempts=1, status=CANCELLED)}"


def slow_stopper(scene: Scene) -> str:
    """Cancelled, and it takes eight seconds to save; Ray's own patience is three."""
    job_id = scene.add(steps=3000, step_s=0.5, saving_parts=80)
    scene.until_step(job_id, 3)
    queue.cancel_job(scene.store, job_id)
    seconds = scene.until_over(job_id)
    result = read_json(folder_of(job_id).result) or {}
    check(result.get("status") == CANCELLED, "it left no result of its own")
    return (
        f"{said(scene, job_id, attempts=1, status=CANCELLED)} with what it saved, {seconds:.1f} s"
    )


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


def no_capacity(scene: Scene) -> str:
    """All machines are at work for longer than Ray waits."""
    first = scene.add(steps=3000, step_s=0.5)
    scene.until_step(first, 3)
    job_id = scene.add()
    waits = scene.until(lambda: job_of(scene.store, job_id).attempt == 2, "Ray gives up")
    job = job_of(scene.store, job_id)
    check("No capacity" in job.reason and job.retries == 0, f"it says '{job.reason}'")
    queue.cancel_job(scene.store, first)
    scene.until_over(job_id)
    check(job_of(scene.store, job_id).retries == 0, "waiting counted as a try")
    return f"queued again after {waits:.1f} s, no try counted; {job_of(scene.store, job_id).status}"


def unreachable(scene: Scene) -> str:
    """The line to the head is cut for a minute; a trainer that is silent meanwhile is waited for."""
    job_id = scene.add(freeze=True)
    scene.until_is(job_id, RUNNING)
    scene.line.is_cut = True
    unknown = scene.until(lambda: get_job(scene.store, job_id).unknown_s is not None, "told")
    until = time.monotonic() + 60
    while time.monotonic() < until:
        check(job_of(scene.store, job_id).attempt == 1, "another attempt was begun")
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
