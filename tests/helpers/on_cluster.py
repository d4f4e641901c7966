"""A worker and its jobs on a cluster that is none."""

from dataclasses import replace
from pathlib import Path

import pytest

from storage import files, jobs
from storage.database import Store
from tests.fakes.harness import (
    add_run,
    drive,
    job_of,
)
from tests.fakes.ray_cluster import FakeCluster
from tests.fakes.trainer_command import fake_trainer
from tests.fakes.worker import QUICK
from workbench.core.recipe import Recipe
from workbench.jobs.cluster import CLUSTER
from workbench.jobs.launchers import remote_watch
from workbench.jobs.launchers.local import LocalLauncher
from workbench.jobs.launchers.ray import RayLauncher
from workbench.jobs.process.specs import BaseModelRef, TrainSpec
from workbench.jobs.worker import Worker


def worker_on(store: Store, cluster: FakeCluster, *, cancel_grace_s: float = 20.0) -> Worker:
    """A worker, which takes the place of any other."""
    timing = replace(QUICK, cancel_grace_s=cancel_grace_s)
    for former in cluster.launchers:
        former.close(20)
    launcher = RayLauncher(cluster.named, cluster.jobs)
    cluster.launchers = [launcher]
    return Worker(store, LocalLauncher(fake_trainer), timing, others=[launcher])


def add_cluster_job(store: Store, folder: Path, *, place: str = CLUSTER, **fake: object) -> int:
    """A training whose examples and base model are files of this computer."""
    base = folder / "base model"
    base.mkdir(exist_ok=True)
    (base / "model.safetensors").write_bytes(b"weights")
    (folder / "examples").write_bytes(b"examples")
    data = files.object_path(files.put_file(folder / "examples"))
    ref = BaseModelRef("tiny", base, "causal")
    with store.write() as session:
        run_id = add_run(session)
        spec = TrainSpec(
            run_id=run_id, task="completion", data=data, base=ref, recipe=Recipe(), together=True
        )
        told = {**spec.as_row(), "kind": "train", "fake": fake}
        return jobs.add(session, "train", "a training", told, run_id=run_id, place=place).id


def name_of(job_id: int, attempt: int = 1) -> str:
    return f"job-{job_id}-a{attempt}-{(files.home() / 'cluster' / 'name').read_text()}"


def step_is(store: Store, job_id: int, step: int) -> bool:
    return job_of(store, job_id).progress.get("step") == step


def count_as_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on a process counts as silent at once."""
    monkeypatch.setattr(remote_watch, "QUIET_S", -1.0)


def looked_again(worker: Worker, cluster: FakeCluster) -> None:
    """Wait until the cluster was asked several times more."""
    asked = cluster.asked
    drive(worker, lambda: cluster.asked >= asked + 3)
