"""What is lost on a cluster, or out of reach: the job goes on, or somebody is told."""

import time
from pathlib import Path

import pytest

from storage import jobs
from storage.database import Store
from storage.tables import CANCELLED, QUEUED, RUNNING, SUCCEEDED
from tests.fakes.harness import (
    drive,
    drive_to_end,
    folder_of,
    has_learned,
    job_of,
    losses,
    status_of,
)
from tests.fakes.ray_cluster import FakeCluster
from tests.fakes.trainer_command import fake_trainer
from tests.fakes.worker import QUICK
from tests.helpers.on_cluster import (
    add_cluster_job,
    count_as_silent,
    looked_again,
    name_of,
    step_is,
    worker_on,
)
from workbench.jobs import queue
from workbench.jobs.cluster import CLUSTER
from workbench.jobs.job import get_job
from workbench.jobs.launchers import remote_watch
from workbench.jobs.launchers.local import LocalLauncher
from workbench.jobs.supervision import Timing
from workbench.jobs.worker import Worker


def test_a_lost_machine_costs_a_try_and_the_next_goes_on_from_its_checkpoint(
    worker: Worker,
    store: Store,
    cluster: FakeCluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job_id = add_cluster_job(store, tmp_path, steps=5, crash_at=5, crash_signal=19)
    drive(worker, lambda: len(list(folder_of(job_id).checkpoints.glob("*/manifest.json"))) >= 4)
    cluster.lose_machine(name_of(job_id))
    count_as_silent(monkeypatch)
    job = drive_to_end(worker, store, job_id)
    assert (job.status, job.attempt, job.retries) == (SUCCEEDED, 2, 1)
    assert losses(store, job)[4] == 1
    assert losses(store, job)[5] == 2


def test_a_job_that_the_cluster_has_forgotten_is_lost_once_it_is_quiet(
    worker: Worker,
    store: Store,
    cluster: FakeCluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job_id = add_cluster_job(store, tmp_path, steps=5, crash_at=5, crash_signal=19)
    drive(worker, lambda: step_is(store, job_id, 5))
    cluster.lose_machine(name_of(job_id))
    cluster.forget()
    looked_again(worker, cluster)
    assert job_of(store, job_id).attempt == 1
    count_as_silent(monkeypatch)
    job = drive_to_end(worker, store, job_id)
    assert (job.status, job.attempt) == (SUCCEEDED, 2)
    assert "was lost" in job.reason or job.reason == ""


def test_ray_may_take_a_job_for_failed_that_works_on(
    worker: Worker, store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    """As it does when its head node fails over (ray#65025): what the process says counts."""
    job_id = add_cluster_job(store, tmp_path, wait_for="go")
    drive(worker, lambda: has_learned(store, job_id))
    cluster.say(name_of(job_id), status="FAILED", error_type="JOB_SUPERVISOR_ACTOR_DIED")
    looked_again(worker, cluster)
    cluster.let_go(job_id)
    job = drive_to_end(worker, store, job_id)
    assert (job.status, job.attempt) == (SUCCEEDED, 1)


def test_a_killed_trainer_is_tried_again(
    worker: Worker, store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    job_id = add_cluster_job(store, tmp_path, crash_at=2)
    job = drive_to_end(worker, store, job_id)
    assert (job.status, job.attempt, job.retries) == (SUCCEEDED, 2, 1)
    assert losses(store, job)[1] == 1


def _out_of_reach(
    worker: Worker,
    store: Store,
    cluster: FakeCluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> int:
    """A job that runs on a cluster which does not answer any more."""
    job_id = add_cluster_job(store, tmp_path, freeze=True)
    drive(worker, lambda: status_of(store, job_id) == RUNNING)
    cluster.answers = False
    monkeypatch.setattr(remote_watch, "DOUBT_S", -1.0)
    drive(worker, lambda: get_job(store, job_id).unknown_s is not None)
    return job_id


def test_an_unreachable_cluster_leaves_the_job_running_until_somebody_gives_it_up(
    worker: Worker,
    store: Store,
    cluster: FakeCluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job_id = _out_of_reach(worker, store, cluster, tmp_path, monkeypatch)
    view = get_job(store, job_id)
    assert (view.status, view.attempt) == (RUNNING, 1)
    assert "does not answer" in view.warning
    assert not view.needs_help
    looked_again(worker, cluster)
    assert job_of(store, job_id).attempt == 1
    queue.give_up(store, job_id)
    drive(worker, lambda: job_of(store, job_id).attempt == 2)
    assert "given up" in job_of(store, job_id).reason


def test_what_cannot_be_asked_for_is_unknown_before_the_worker_ends_it_as_silent() -> None:
    assert Timing().alive_s >= 2 * remote_watch.DOUBT_S


def test_after_ten_minutes_somebody_has_to_look(store: Store, cluster: FakeCluster) -> None:
    with store.write() as session:
        job_id = jobs.add(session, "train", "a training", {}, place=CLUSTER).id
    with store.write() as session:
        job = jobs.claim(session, ["train"], CLUSTER)
        assert job is not None
        told = {"unknown_since": time.time() - 601, "unknown_why": "Nobody answers."}
        assert jobs.change(session, job_id, 1, ["starting"], progress=told)
    view = get_job(store, job_id)
    assert view.needs_help
    assert "10 min" in view.warning
    assert "give this attempt up" in view.warning


def test_what_was_given_up_leaves_by_itself_and_harms_nothing(
    worker: Worker,
    store: Store,
    cluster: FakeCluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job_id = _out_of_reach(worker, store, cluster, tmp_path, monkeypatch)
    queue.give_up(store, job_id)
    stale = cluster.process_of(name_of(job_id))
    assert stale.poll() is None
    drive(worker, lambda: stale.poll() is not None)
    assert stale.returncode == 4


def test_a_cluster_that_is_not_named_any_more_leaves_its_jobs_alone(
    store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    job_id = add_cluster_job(store, tmp_path, freeze=True)
    drive(worker_on(store, cluster), lambda: status_of(store, job_id) == RUNNING)
    alone = Worker(store, LocalLauncher(fake_trainer), QUICK)
    drive(alone, lambda: get_job(store, job_id).unknown_s is not None)
    queue.give_up(store, job_id)
    drive(alone, lambda: status_of(store, job_id) == QUEUED)


def test_what_is_said_of_its_place_leaves_what_its_process_says(
    worker: Worker, store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    """Its events come in between two looks at where it is."""
    job_id = add_cluster_job(store, tmp_path, wait_for="never")
    drive(worker, lambda: has_learned(store, job_id))
    cluster.answers = False
    (cluster.files).rename(cluster.files.with_name("away"))
    drive(worker, lambda: get_job(store, job_id).unknown_s is not None)
    assert job_of(store, job_id).progress["step"] == 3
    cluster.files.with_name("away").rename(cluster.files)
    cluster.answers = True
    drive(worker, lambda: get_job(store, job_id).unknown_s is None)
    assert job_of(store, job_id).progress["step"] == 3
    queue.cancel_job(store, job_id)
    assert drive_to_end(worker, store, job_id).status == CANCELLED
