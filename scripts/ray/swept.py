"""Rows of `recovery.py` in which a sweep tries several settings of a real model side by side."""

import contextlib
import time
from functools import partial

import psutil
from scene import Scene, check, said
from trained import REAL, training

from storage import files
from workbench.evaluation import evaluations
from workbench.evaluation.sweeps import sweeps
from workbench.evaluation.sweeps.space import Range
from workbench.jobs import placing
from workbench.jobs.cluster import CLUSTER

SPACE = {"learning_rate": Range(1e-4, 1e-3, log=True), "r": Range(choices=(8, 16, 32))}
"""What varies; none of it changes how long a training takes."""
MINUTES = 60


def sweep(scene: Scene) -> str:
    """Four tries on two machines, against one after the other."""
    took_s, counted_s = [], []
    for at_once in (2, 1):
        with scene.worker_with(**REAL, WORKBENCH_RAY_JOBS=str(at_once)):
            began = time.monotonic()
            sweep_id = _start(scene, 4)
            most = _until_over(scene, sweep_id)
            took_s.append(time.monotonic() - began)
            said(scene, sweep_id, attempts=1)
            check(most == at_once, f"{most} tries were at work at a time, not {at_once}")
            counted_s.append(_whole(scene, sweep_id))
    (two, one), (two_s, one_s) = took_s, counted_s
    return (
        f"four tries and two exams: {two:.1f} s on two machines with one core each, one after the other "
        f"{one:.1f} s ({two / one:.2f} of that); counted {two_s:.1f} s and {one_s:.1f} s; no settings twice"
    )


def sweep_killed(scene: Scene) -> str:
    """Worker and conductor are killed while two tries are at work."""
    variables = {**REAL, "WORKBENCH_RAY_JOBS": "2"}
    with scene.worker_with(**variables):
        sweep_id = _start(scene, 3)
        scene.until(lambda: _at_work(scene, sweep_id) == 2, "two tries are at work")
        _conductor(sweep_id).kill()
        scene.end_worker()
        scene.start_worker(**variables)
        _until_over(scene, sweep_id)
        told = said(scene, sweep_id, attempts=2)
        _whole(scene, sweep_id)
    attempts = [one.run.job.attempt for one in _found(scene, sweep_id).trials if one.run]
    check(attempts == [1, 1, 1], f"its tries took {attempts} attempts")
    return f"{told}; what was at work went on, three tries in one attempt each, no settings twice"


def _start(scene: Scene, most: int) -> int:
    """Queue a sweep on a cluster of two machines; its job's id."""
    while scene.cluster.machines < 2:
        scene.cluster.add_machine()
    version, model, recipe = training(scene)
    placing.put_project(scene.store, version.project_id, CLUSTER)
    return sweeps.start_sweep(
        scene.store, project_id=version.project_id, version=version, model=model, recipe=recipe,
        minutes=MINUTES, most=most, space=SPACE,
    )  # fmt: skip


def _until_over(scene: Scene, sweep_id: int) -> int:
    """Wait for the end of a sweep, try by try; how many were at work side by side at most."""
    found, most = _found(scene, sweep_id), 0

    def over(tries: int) -> bool:
        nonlocal most
        most = max(most, _at_work(scene, sweep_id))
        now = _found(scene, sweep_id)
        return now.job.is_over or tries <= len(now.over) < now.spec.most

    for tries in range(1, found.spec.most + 1):
        scene.until(partial(over, tries), f"{tries} tries of sweep {sweep_id} are over")
    return most


def _whole(scene: Scene, sweep_id: int) -> float:
    """Seconds that a sweep has counted, once it is seen to be whole."""
    found = _found(scene, sweep_id)
    most = found.spec.most
    check([one.number for one in found.trials] == list(range(most)), "a place is missing")
    settings = {str(one.settings) for one in found.trials}
    check(len(settings) == most, f"of {most} tries only {len(settings)} differ")
    lost = [one.number for one in found.trials if one.practice is None]
    check(not lost, f"the tries {lost} have no score")
    examined = [one.run.id for one in (found.best, found.first) if one is not None and one.run]
    check(found.result["best"] == examined[0], f"its result names {found.result['best']}")
    for run_id in examined:
        check(evaluations.exam_of(scene.store, run_id) is not None, f"run {run_id} sat no exam")
    return float(found.result["spent_s"])


def _found(scene: Scene, sweep_id: int) -> sweeps.Sweep:
    return sweeps.get_sweep(scene.store, sweep_id)


def _at_work(scene: Scene, sweep_id: int) -> int:
    running = _found(scene, sweep_id).running
    return sum(one.run.job.is_working for one in running if one.run)


def _conductor(sweep_id: int) -> psutil.Process:
    """The process that looks after a sweep."""
    folder = str(files.job_folder(sweep_id))
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if "workbench.evaluation.sweeps" in (line := process.cmdline()) and line[-1] == folder:
                return process
    raise SystemExit(f"Nobody looks after sweep {sweep_id}.")
