"""Jobs on a cluster: given once, watched, told to end, and brought home whatever happens to whom."""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from storage import files, jobs
from storage.database import Store
from storage.tables import CANCELLED, FAILED, PAUSED, QUEUED, RUNNING, SUCCEEDED
from tests.fakes.harness import (
    add_run,
    drive,
    drive_to_end,
    end_leftovers,
    folder_of,
    has_learned,
    job_of,
    losses,
    status_of,
)
from tests.fakes.ray_cluster import TOKEN, FakeCluster
from tests.fakes.trainer_command import fake_trainer
from tests.fakes.worker import QUICK
from workbench.core.errors import WorkbenchError
from workbench.core.recipe import Recipe
from workbench.jobs import placing, queue
from workbench.jobs.cluster import CLUSTER, HERE, configured
from workbench.jobs.job import get_job
from workbench.jobs.launchers import remote_watch
from workbench.jobs.launchers.local import LocalLauncher
from workbench.jobs.launchers.ray import RayLauncher
from workbench.jobs.process.facts.versions import versions_here
from workbench.jobs.process.remote.incoming import FILE
from workbench.jobs.process.specs import BaseModelRef, TrainSpec
from workbench.jobs.supervision import Timing
from workbench.jobs.worker import Worker


@pytest.fixture
def cluster(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCluster]:
    monkeypatch.setattr(remote_watch, "LOOK_S", 0.05)
    monkeypatch.setattr(remote_watch, "MOST_S", 0.1)
    monkeypatch.setattr(remote_watch, "QUIET_S", 300.0)
    monkeypatch.setattr(remote_watch, "DOUBT_S", 300.0)
    monkeypatch.setenv("WORKBENCH_RAY_ADDRESS", "http://head:8265")
    made = FakeCluster(tmp_path / "cluster")
    yield made
    for launcher in made.launchers:
        launcher.close(20)
    made.end()
    end_leftovers()


def worker_on(store: Store, cluster: FakeCluster, *, cancel_grace_s: float = 20.0) -> Worker:
    """A worker, which takes the place of any other."""
    timing = replace(QUICK, cancel_grace_s=cancel_grace_s)
    for former in cluster.launchers:
        former.close(20)
    launcher = RayLauncher(cluster.named, cluster.jobs)
    cluster.launchers = [launcher]
    return Worker(store, LocalLauncher(fake_trainer), timing, others=[launcher])


@pytest.fixture
def worker(store: Store, cluster: FakeCluster) -> Worker:
    return worker_on(store, cluster)


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


def test_an_unreachable_cluster_leaves_the_job_running_until_somebody_gives_it_up(
    worker: Worker,
    store: Store,
    cluster: FakeCluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job_id = add_cluster_job(store, tmp_path, freeze=True)
    drive(worker, lambda: status_of(store, job_id) == RUNNING)
    cluster.answers = False
    monkeypatch.setattr(remote_watch, "DOUBT_S", -1.0)
    drive(worker, lambda: get_job(store, job_id).unknown_s is not None)
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
    job_id = add_cluster_job(store, tmp_path, freeze=True)
    drive(worker, lambda: status_of(store, job_id) == RUNNING)
    cluster.answers = False
    monkeypatch.setattr(remote_watch, "DOUBT_S", -1.0)
    drive(worker, lambda: get_job(store, job_id).unknown_s is not None)
    queue.give_up(store, job_id)
    stale = cluster.process_of(name_of(job_id))
    assert stale.poll() is None
    drive(worker, lambda: stale.poll() is not None)
    assert stale.returncode == 4


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


def test_a_cluster_that_is_not_named_any_more_leaves_its_jobs_alone(
    store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    job_id = add_cluster_job(store, tmp_path, freeze=True)
    drive(worker_on(store, cluster), lambda: status_of(store, job_id) == RUNNING)
    alone = Worker(store, LocalLauncher(fake_trainer), QUICK)
    drive(alone, lambda: get_job(store, job_id).unknown_s is not None)
    queue.give_up(store, job_id)
    drive(alone, lambda: status_of(store, job_id) == QUEUED)


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
