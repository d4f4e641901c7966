"""A file of very many rows is answered by several machines of a cluster, whatever happens to them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from storage import files, jobs
from storage.database import Store
from storage.tables import CANCELLED, FAILED, PAUSED, SUCCEEDED, Job
from tests.fakes import answerer
from tests.fakes.harness import (
    add_run,
    drive,
    drive_to_end,
    end_leftovers,
    folder_of,
    job_of,
    status_of,
)
from tests.fakes.ray_cluster import FakeCluster
from tests.fakes.trainer_command import fake_trainer
from tests.fakes.worker import QUICK
from workbench.core.recipe import Recipe
from workbench.jobs import queue
from workbench.jobs.cluster import CLUSTER
from workbench.jobs.launchers import remote_watch
from workbench.jobs.launchers.local import LocalLauncher
from workbench.jobs.launchers.ray import RayLauncher
from workbench.jobs.process.parts import parts_in, rows_in
from workbench.jobs.process.specs import BaseModelRef, PredictSpec
from workbench.jobs.worker import Worker

ROWS = 103


@pytest.fixture
def cluster(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCluster]:
    monkeypatch.setattr(remote_watch, "LOOK_S", 0.05)
    monkeypatch.setenv("WORKBENCH_RAY_ADDRESS", "http://head:8265")
    made = FakeCluster(tmp_path / "cluster", [answerer.__file__])
    yield made
    for launcher in made.launchers:
        launcher.close(20)
    made.end()
    end_leftovers()


def worker_on(store: Store, cluster: FakeCluster) -> Worker:
    """A worker, which takes the place of any other."""
    for former in cluster.launchers:
        former.close(20)
    launcher = RayLauncher(cluster.named, cluster.jobs)
    cluster.launchers = [launcher]
    timing = replace(QUICK, cancel_grace_s=20.0)
    return Worker(store, LocalLauncher(fake_trainer), timing, others=[launcher])


@pytest.fixture
def worker(store: Store, cluster: FakeCluster) -> Worker:
    return worker_on(store, cluster)


def add_file(store: Store, folder: Path, *, share_rows: int = 25, **fake: object) -> int:
    """A file of `ROWS` rows to be answered on the cluster."""
    (folder / "base").mkdir(exist_ok=True)
    pq.write_table(pa.table({"row_id": range(ROWS)}), folder / "rows.parquet")
    data = files.object_path(files.put_file(folder / "rows.parquet"))
    base = BaseModelRef("tiny", folder / "base", "encoder")
    with store.write() as session:
        run_id = add_run(session)
        spec = PredictSpec(
            run_id=run_id,
            task="classification",
            data=data,
            base=base,
            recipe=Recipe(),
            share_rows=share_rows,
        )
        told = {**spec.as_row(), "kind": "predict", "fake": fake}
        return jobs.add(session, "predict", "answers", told, run_id=run_id, place=CLUSTER).id


def names(cluster: FakeCluster, job_id: int) -> list[str]:
    """What the cluster was given: `a1-home`, `a1-s0-home` and so on, without the home's name."""
    home = (files.home() / "cluster" / "name").read_text()
    own = (name.removeprefix(f"job-{job_id}-") for name in cluster.submitted)
    return sorted(name.replace(f"-{home}", "") for name in own)


def asked(job_id: int) -> Counter[int]:
    """Row → how often it was asked."""
    lines = folder_of(job_id).log.read_text().splitlines()
    return Counter(int(n) for line in lines if line.startswith("asked") for n in line.split()[1:])


def answers(job: Job) -> list[int]:
    assert job.result is not None
    table = pq.read_table(files.object_path(job.result["predictions_hash"]))
    numbers: list[int] = table["row_id"].to_pylist()
    return numbers


def test_several_machines_answer_each_row_once(
    worker: Worker, store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    job_id = add_file(store, tmp_path)
    job = drive_to_end(worker, store, job_id)
    assert (job.status, job.reason) == (SUCCEEDED, "")
    assert names(cluster, job_id) == ["a1-s0", "a1-s1", "a1-s2", "a1-s3"]
    assert answers(job) == list(range(ROWS))
    assert asked(job_id) == dict.fromkeys(range(ROWS), 1)
    assert job.result is not None
    assert (job.result["rows"], job.result["of"]) == (ROWS, ROWS)
    assert (job.progress["step"], job.progress["total_steps"]) == (ROWS, ROWS)


@pytest.mark.parametrize(("share_rows", "machines"), [(0, 1), (ROWS, 1), (60, 2)])
def test_no_machine_is_asked_for_a_few_rows(
    worker: Worker,
    store: Store,
    cluster: FakeCluster,
    tmp_path: Path,
    share_rows: int,
    machines: int,
) -> None:
    job_id = add_file(store, tmp_path, share_rows=share_rows)
    assert drive_to_end(worker, store, job_id).status == SUCCEEDED
    assert len(names(cluster, job_id)) == machines


def test_what_other_jobs_need_is_left_to_them(
    worker: Worker, store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    first = add_file(store, tmp_path, share_rows=0, hold=[-1])
    drive(worker, lambda: job_of(store, first).progress.get("step"))
    job_id = add_file(store, tmp_path)
    assert drive_to_end(worker, store, job_id).status == SUCCEEDED
    assert len([name for name in cluster.submitted if name.startswith(f"job-{job_id}-")]) == 3


def test_what_a_lost_machine_left_is_answered_at_the_end(
    worker: Worker, store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    job_id = add_file(store, tmp_path, die=[1])
    job = drive_to_end(worker, store, job_id)
    assert (job.status, job.retries) == (SUCCEEDED, 0)
    assert names(cluster, job_id) == ["a1", "a1-s0", "a1-s1", "a1-s2", "a1-s3"]
    assert answers(job) == list(range(ROWS))
    assert set(asked(job_id).values()) == {1}


def test_where_all_machines_are_lost_it_is_tried_again(
    worker: Worker, store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    cluster.has_room = False
    job_id = add_file(store, tmp_path)
    drive(worker, lambda: len(cluster.submitted) == 4)
    drive(worker, lambda: job_of(store, job_id).progress.get("message") == remote_watch.WAITS)
    cluster.has_room = True
    for name in list(cluster.submitted):
        cluster.say(name, status="FAILED", error_type="ACTOR_DIED", message="it died")
        cluster.say(name, status="FAILED", driver_exit_code=-9, message="it died")
    job = drive_to_end(worker, store, job_id)
    assert (job.status, job.attempt, job.retries) == (SUCCEEDED, 2, 1)
    assert set(asked(job_id).values()) == {1}


def test_what_is_wrong_with_the_file_ends_the_job(
    worker: Worker, store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    job_id = add_file(store, tmp_path, fail=[0, 1, 2, 3])
    job = drive_to_end(worker, store, job_id)
    assert (job.status, job.reason) == (FAILED, "There is no such column.")
    assert len(names(cluster, job_id)) == 4


def test_after_a_pause_no_row_is_asked_again(
    worker: Worker, store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    job_id = add_file(store, tmp_path, hold=[0, 2])
    drive(worker, lambda: job_of(store, job_id).progress.get("step", 0) >= 65)
    queue.pause_job(store, job_id)
    drive(worker, lambda: status_of(store, job_id) == PAUSED)
    queue.resume_job(store, job_id)
    job = drive_to_end(worker, store, job_id)
    assert (job.status, job.attempt, answers(job)) == (SUCCEEDED, 2, list(range(ROWS)))
    assert set(asked(job_id).values()) == {1}


def test_a_cancel_keeps_the_answers_so_far(
    worker: Worker, store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    job_id = add_file(store, tmp_path, hold=[2])
    drive(worker, lambda: job_of(store, job_id).progress.get("step", 0) >= 80)
    queue.cancel_job(store, job_id)
    job = drive_to_end(worker, store, job_id)
    assert job.status == CANCELLED
    # Parts of five rows go round the four machines behind the first twenty; the third one held.
    assert job.reason == f"Stopped at your request; 45 of {ROWS} rows are answered."
    assert answers(job) == list(range(45))


def test_another_worker_takes_the_shares_up(
    store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    job_id = add_file(store, tmp_path, hold=[3])
    first = worker_on(store, cluster)
    drive(first, lambda: job_of(store, job_id).progress.get("step", 0) >= 80)
    second = worker_on(store, cluster)
    drive(second, lambda: rows_in(parts_in(folder_of(job_id).path)) >= 30)
    queue.pause_job(store, job_id)
    drive(second, lambda: status_of(store, job_id) == PAUSED)
    assert len(cluster.submitted) == 4
    queue.resume_job(store, job_id)
    assert answers(drive_to_end(second, store, job_id)) == list(range(ROWS))
    assert set(asked(job_id).values()) == {1}


def test_a_cluster_that_gives_it_up_throws_all_shares_away(
    worker: Worker, store: Store, cluster: FakeCluster, tmp_path: Path
) -> None:
    job_id = add_file(store, tmp_path)
    drive_to_end(worker, store, job_id)
    home = next(cluster.files.iterdir())
    drive(worker, lambda: not any((home / "jobs").glob(f"{job_id}/attempts/*")))
