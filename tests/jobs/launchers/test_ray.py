"""Jobs on a cluster: given once, watched, told to end, and brought home whatever happens to whom."""

import json
import os
from pathlib import Path

import pytest

from storage import files, jobs
from storage.database import Store
from storage.tables import CANCELLED, FAILED, PAUSED, QUEUED, RUNNING, SUCCEEDED
from tests.fakes.harness import (
    drive,
    drive_to_end,
    folder_of,
    has_learned,
    job_of,
    losses,
    status_of,
)
from tests.fakes.ray_cluster import TOKEN, FakeCluster
from tests.helpers.on_cluster import (
    add_cluster_job,
    name_of,
    step_is,
    worker_on,
)
from workbench.core.errors import WorkbenchError
from workbench.jobs import placing, queue
from workbench.jobs.cluster import CLUSTER, HERE, configured
from workbench.jobs.process.facts.versions import versions_here
from workbench.jobs.process.remote.incoming import FILE
from workbench.jobs.worker import Worker


def test_a_job_goes_to_the_cluster_and_its_results_come_home(
    worker: Worker, store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    job_id = add_cluster_job(store, tmp_path, predictions="what was said")
    job = drive_to_end(worker, store, job_id)
    assert (job.status, job.reason, job.retries) == (SUCCEEDED, "", 0)
    assert cluster.submitted == [name_of(job_id)]
    assert losses(store, job) == {1: 1, 2: 1, 3: 1}
    folder = folder_of(job_id)
    assert len(list(folder.checkpoints.glob("*/manifest.json"))) == 3
    assert "attempt 1 of the fake" in folder.log.read_text()
    kept = files.object_path(job.result["predictions_hash"]) if job.result else None
    assert kept is not None
    assert kept.read_text() == "what was said"
    assert (job.result or {})["predictions"] == str(folder.path / "predictions.parquet")


def test_no_secret_goes_along_and_the_program_is_in_line_for_signals(
    worker: Worker, store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    job_id = add_cluster_job(store, tmp_path)
    drive_to_end(worker, store, job_id)
    order = cluster.orders[name_of(job_id)]
    assert order["runtime_env"] == {"env_vars": {"RAY_JOB_STOP_WAIT_TIME_S": "330"}}
    assert order["entrypoint"].startswith("cd /checkout && exec python -m workbench.engine file://")
    assert TOKEN not in json.dumps(order)
    assert (order["entrypoint_num_cpus"], order["entrypoint_num_gpus"]) == (1.0, 0.0)


def test_what_only_the_job_needed_goes_with_its_end(
    worker: Worker, store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    job_id = add_cluster_job(store, tmp_path)
    drive_to_end(worker, store, job_id)
    (home,) = cluster.files.iterdir()
    drive(worker, lambda: not any(names for *_, names in os.walk(home / "jobs" / str(job_id))))
    assert len(list(cluster.files.glob("*/objects/*/*"))) == 2  # for the next training on the same


def test_a_cluster_that_asks_for_no_token_gets_no_job(
    worker: Worker, store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    cluster.asks_for_token = False
    job = drive_to_end(worker, store, add_cluster_job(store, tmp_path))
    assert job.status == FAILED
    assert "asks for no token" in job.reason
    assert "RAY_AUTH_MODE=token" in job.reason
    assert not cluster.submitted


def test_a_machine_with_other_versions_refuses_and_names_both(
    worker: Worker,
    store: Store,
    cluster: FakeCluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = versions_here()
    changed = {**here, "torch": "1.13.1", "the workbench": "0.0.9 (program 0123abcd)"}
    monkeypatch.setattr("workbench.jobs.process.remote.order.versions_here", lambda: changed)
    job_id = add_cluster_job(store, tmp_path)
    job = drive_to_end(worker, store, job_id)
    assert (job.status, job.attempt) == (FAILED, 1)
    assert (
        f"has the workbench {here['the workbench']} and torch {here['torch']} where this computer has "
        "the workbench 0.0.9 (program 0123abcd) and torch 1.13.1"
    ) in job.reason
    assert not losses(store, job)
    assert not list(cluster.scratch.glob("objects/*/*"))


def test_a_job_that_was_given_already_is_found_and_not_given_twice(
    store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    """The worker died after it gave the job and before it had noted that."""
    job_id = add_cluster_job(store, tmp_path, wait_for="never")
    first = worker_on(store, cluster)
    drive(first, lambda: step_is(store, job_id, 3))
    note = folder_of(job_id).path / FILE
    note.write_text(json.dumps({**json.loads(note.read_text()), "is_submitted": False}))
    second = worker_on(store, cluster)
    queue.cancel_job(store, job_id)
    job = drive_to_end(second, store, job_id)
    assert (job.status, job.attempt) == (CANCELLED, 1)
    assert cluster.submitted == [name_of(job_id)]


def test_a_job_goes_on_while_the_worker_is_gone(
    store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    job_id = add_cluster_job(store, tmp_path, wait_for="go")
    first = worker_on(store, cluster)
    drive(first, lambda: has_learned(store, job_id))
    cluster.launchers[0].close(20)
    cluster.let_go(job_id)
    cluster.process_of(name_of(job_id)).wait(60)
    job = drive_to_end(worker_on(store, cluster), store, job_id)
    assert (job.status, job.attempt, job.retries) == (SUCCEEDED, 1, 0)
    assert losses(store, job) == {1: 1, 2: 1, 3: 1}


def test_without_room_it_waits_again_and_that_counts_as_no_try(
    worker: Worker, store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    cluster.has_room = False
    job_id = add_cluster_job(store, tmp_path)
    drive(worker, lambda: "free machine" in job_of(store, job_id).progress.get("message", ""))
    cluster.has_room = True
    cluster.say(
        name_of(job_id),
        status="FAILED",
        message="Job supervisor actor failed to start within 900 seconds.",
        error_type="JOB_SUPERVISOR_ACTOR_START_TIMEOUT",
    )
    drive(worker, lambda: job_of(store, job_id).attempt == 2)
    assert "No capacity" in job_of(store, job_id).reason
    job = drive_to_end(worker, store, job_id)
    assert (job.status, job.retries) == (SUCCEEDED, 0)


def test_a_pause_and_a_cancel_reach_the_process(
    worker: Worker, store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    job_id = add_cluster_job(store, tmp_path, wait_for="never")
    drive(worker, lambda: has_learned(store, job_id))
    queue.pause_job(store, job_id)
    drive(worker, lambda: status_of(store, job_id) == PAUSED)
    assert not folder_of(job_id).result.exists()
    queue.resume_job(store, job_id)
    drive(
        worker, lambda: job_of(store, job_id).attempt == 2 and status_of(store, job_id) == RUNNING
    )
    queue.cancel_job(store, job_id)
    assert drive_to_end(worker, store, job_id).status == CANCELLED


def test_one_that_does_not_end_is_ended_by_force(
    store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    worker = worker_on(store, cluster, cancel_grace_s=0.3)
    job_id = add_cluster_job(store, tmp_path, wait_for="never", deaf=True)
    drive(worker, lambda: has_learned(store, job_id))
    queue.cancel_job(store, job_id)
    job = drive_to_end(worker, store, job_id)
    with store.read() as session:
        (attempt, *_) = jobs.attempts(session, job_id)
    assert attempt.exit_code == -9
    assert job.status == CANCELLED


def test_one_that_waits_for_room_can_be_cancelled(
    worker: Worker, store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    cluster.has_room = False
    job_id = add_cluster_job(store, tmp_path)
    drive(worker, lambda: "free machine" in job_of(store, job_id).progress.get("message", ""))
    queue.cancel_job(store, job_id)
    assert drive_to_end(worker, store, job_id).status == CANCELLED


def test_begun_here_it_goes_on_there_and_back_again(
    worker: Worker, store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    job_id = add_cluster_job(store, tmp_path, place=HERE, steps=9, hold_at=[2, 5])
    for step, place in ((2, CLUSTER), (5, HERE)):
        drive(worker, lambda step=step: (job_of(store, job_id).progress.get("step") or 0) >= step)
        queue.pause_job(store, job_id)
        drive(worker, lambda: status_of(store, job_id) == PAUSED)
        placing.put_job(store, job_id, place)
        queue.resume_job(store, job_id)
        drive(worker, lambda: status_of(store, job_id) in (RUNNING, SUCCEEDED))
    job = drive_to_end(worker, store, job_id)
    assert (job.status, job.attempt) == (SUCCEEDED, 3)
    assert [attempt for _, attempt in sorted(losses(store, job).items())] == [
        *(1, 1),
        *(2, 2, 2),
        *(3, 3, 3, 3),
    ]
    with store.read() as session:
        assert [row.launcher for row in jobs.attempts(session, job_id)] == [HERE, CLUSTER, HERE]


def test_a_job_that_runs_keeps_its_place(
    worker: Worker, store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    job_id = add_cluster_job(store, tmp_path, place=HERE, wait_for="never")
    drive(worker, lambda: has_learned(store, job_id))
    with pytest.raises(WorkbenchError, match="pause it first"):
        placing.put_job(store, job_id, CLUSTER)
    queue.cancel_job(store, job_id)
    assert drive_to_end(worker, store, job_id).status == CANCELLED


def test_as_many_jobs_as_the_cluster_takes_run_beside_each_other(
    worker: Worker, store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    ids = [add_cluster_job(store, tmp_path, wait_for="never") for _ in range(5)]
    drive(worker, lambda: sum(has_learned(store, job_id) for job_id in ids) == 4)
    assert status_of(store, ids[-1]) == QUEUED


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "without a token"),
        ({"WORKBENCH_RAY_TOKEN_FILE": "/no/such/file"}, "cannot be read"),
        ({"WORKBENCH_RAY_ADDRESS": "head:8265"}, "http://head:8265"),
        ({"WORKBENCH_RAY_TOKEN_FILE": "token"}, "leave files for each other"),
    ],
)
def test_a_cluster_of_which_not_all_is_said_is_refused(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: dict[str, str], words: str
) -> None:
    (tmp_path / "token").write_text("secret\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WORKBENCH_RAY_ADDRESS", "http://head:8265")
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(WorkbenchError, match=words):
        configured()
