"""Trainings that several machines of a cluster do together, as the worker sees them."""

from pathlib import Path

from storage.database import Store
from storage.tables import CANCELLED, FAILED, SUCCEEDED
from tests.fakes.harness import drive, drive_to_end, folder_of, job_of, losses
from tests.fakes.ray_cluster import FakeCluster
from tests.helpers.on_cluster import (
    add_cluster_job,
    looked_again,
    name_of,
    step_is,
    worker_on,
)
from workbench.jobs import queue
from workbench.jobs.launchers import remote_watch
from workbench.jobs.process.job_dir import read_events
from workbench.jobs.process.remote.layout import AttemptFiles
from workbench.jobs.process.remote.stores import store_at
from workbench.jobs.process.shell import ORPHANED


def files_of(cluster: FakeCluster, job_id: int) -> AttemptFiles:
    url = f"file://{cluster.files}"
    return AttemptFiles(store_at(url), url, name_of(job_id).rpartition("-")[2], job_id, 1)


def test_two_machines_are_given_a_training_and_who_leads_tells_of_it(
    store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    cluster.workers = 2
    job_id = add_cluster_job(store, tmp_path)
    job = drive_to_end(worker_on(store, cluster), store, job_id)
    assert (job.status, job.retries) == (SUCCEEDED, 0)
    order = cluster.orders[name_of(job_id)]
    assert order["entrypoint"].endswith("/attempts/1 2 1 0")
    assert (order["entrypoint_num_cpus"], order["entrypoint_num_gpus"]) == (0, 0)
    assert order["metadata"]["workers"] == "2"
    steps = [e["step"] for e in read_events(folder_of(job_id), 1, 0)[0] if e["type"] == "metric"]
    assert steps == [1, 2, 3]
    assert losses(store, job) == {1: 1, 2: 1, 3: 1}
    assert cluster.helpers == [0]
    assert not list(cluster.scratch.glob("jobs/*"))


def test_a_cancel_reaches_all_machines(store: Store, cluster: FakeCluster, tmp_path: Path) -> None:
    cluster.workers = 2
    job_id = add_cluster_job(store, tmp_path, steps=2, wait_for="go")
    worker = worker_on(store, cluster)
    drive(worker, lambda: step_is(store, job_id, 2))
    queue.cancel_job(store, job_id)
    assert drive_to_end(worker, store, job_id).status == CANCELLED
    assert cluster.helpers == [0]


def test_if_a_machine_is_lost_the_next_attempt_goes_on(
    store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    cluster.workers = 2
    job_id = add_cluster_job(store, tmp_path, exit_code=ORPHANED)
    worker = worker_on(store, cluster)
    drive(worker, lambda: job_of(store, job_id).retries == 1)
    job = job_of(store, job_id)
    assert "machine that did the training was lost; training goes on from step 3" in job.reason
    assert drive_to_end(worker, store, job_id).status == FAILED


def test_why_a_machine_cannot_take_part_is_told_by_who_leads(
    store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    cluster.workers = 2
    job_id = add_cluster_job(store, tmp_path, steps=2, wait_for="go")
    worker = worker_on(store, cluster)
    drive(worker, lambda: step_is(store, job_id, 2))
    why = {"reason": "gpu-2: it has other versions.", "retryable": False}
    files_of(cluster, job_id).tell("refused", why)
    job = drive_to_end(worker, store, job_id)
    assert (job.status, job.reason) == (FAILED, "gpu-2: it has other versions.")
    assert cluster.helpers == [0]


def test_while_machines_are_missing_it_waits_and_can_be_cancelled(
    store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    cluster.workers, cluster.has_room = 2, False
    job_id = add_cluster_job(store, tmp_path)
    worker = worker_on(store, cluster)
    drive(worker, lambda: bool(cluster.orders))
    cluster.say(name_of(job_id), status="RUNNING", metadata={"workers": "2"})
    looked_again(worker, cluster)
    (watch,) = cluster.launchers[0]._watches.values()
    assert watch.state.waits == remote_watch.WAITS
    queue.cancel_job(store, job_id)
    assert drive_to_end(worker, store, job_id).status == CANCELLED


def test_without_machines_in_time_it_waits_again_and_that_counts_as_no_try(
    store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    cluster.workers, cluster.has_room = 2, False
    job_id = add_cluster_job(store, tmp_path)
    worker = worker_on(store, cluster)
    drive(worker, lambda: bool(cluster.orders))
    files_of(cluster, job_id).tell("ended", {"exit_code": None, "no_capacity": True})
    cluster.say(name_of(job_id), status="SUCCEEDED", driver_exit_code=0)
    cluster.has_room = True
    drive(worker, lambda: job_of(store, job_id).attempt == 2)
    assert "No capacity" in job_of(store, job_id).reason
    job = drive_to_end(worker, store, job_id)
    assert (job.status, job.retries) == (SUCCEEDED, 0)
