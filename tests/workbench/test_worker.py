"""A job's life under one worker, with real processes."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from storage import files, jobs, runs
from storage.database import Store
from storage.tables import (
    CANCELLED,
    CANCELLING,
    FAILED,
    QUEUED,
    RUNNING,
    SUCCEEDED,
    BaseModel,
    Job,
    Run,
)
from tests.fakes.harness import (
    add_job,
    drive,
    end_leftovers,
    folder_of,
    handle_of,
    is_alive,
    job_of,
    new_worker,
    starts_of,
    status_of,
    until,
)
from workbench import training
from workbench.job_dir import JobDir
from workbench.jobs import cancel_job
from workbench.launchers import Handle
from workbench.launchers.local import LocalLauncher
from workbench.worker import Worker


@pytest.fixture(autouse=True)
def _no_process_stays(home: Path) -> Iterator[None]:
    yield
    end_leftovers()


@pytest.fixture
def worker(store: Store) -> Worker:
    return new_worker(store)


def end(worker: Worker, store: Store, job_id: int) -> Job:
    """The job when it is over."""
    drive(worker, lambda: jobs_is_over(store, job_id))
    return job_of(store, job_id)


def jobs_is_over(store: Store, job_id: int) -> bool:
    return status_of(store, job_id) in (SUCCEEDED, FAILED, CANCELLED)


def losses(store: Store, job: Job) -> dict[int, int]:
    """Step → the attempt that wrote it."""
    with store.read() as session:
        points = runs.curve(session, job.run_id or 0, "train", 500)
    return {point.step: point.values["attempt"] for point in points}


def test_a_training_runs_and_everything_it_made_is_kept(store: Store, worker: Worker) -> None:
    scores = {"validation": {"loss": 1.0}, "test": {"base": {"chrf": 10}, "tuned": {"chrf": 30}}}
    job_id = add_job(
        store, steps=4, predictions="the predictions", result={"scores": scores, "rows": 7}
    )
    job = end(worker, store, job_id)
    assert (job.status, job.attempt, job.reason) == (SUCCEEDED, 1, "")
    assert job.progress["step"] == 4
    assert job.finished_at is not None
    assert losses(store, job) == {1: 1, 2: 1, 3: 1, 4: 1}
    with store.read() as session:
        run = session.get_one(Run, job.run_id)
        (evaluation,) = runs.evaluations(session, run.id)
    assert run.result is not None
    assert run.result["seconds"] == 1.5
    assert (evaluation.split, evaluation.rows) == ("test", 7)
    assert evaluation.scores == scores["test"]
    kept = files.object_path(evaluation.predictions_hash)
    assert kept.read_text() == "the predictions"
    assert "attempt 1 of the fake" in folder_of(job_id).log.read_text()


def test_an_evaluation_is_kept_under_the_name_of_its_file(store: Store, worker: Worker) -> None:
    scores = {"base": {"chrf": 10}, "tuned": {"chrf": 30}}
    job_id = add_job(store, "evaluate", predictions="p", result={"scores": scores, "rows": 2})
    with store.write() as session:
        job = session.get_one(Job, job_id)
        job.spec = {**job.spec, "split": "march.csv"}
    job = end(worker, store, job_id)
    with store.read() as session:
        (evaluation,) = runs.evaluations(session, job.run_id or 0)
    assert (evaluation.split, evaluation.scores) == ("march.csv", scores)


def test_a_downloaded_model_gets_its_exact_revision(store: Store, worker: Worker) -> None:
    with store.write() as session:
        for source in ("hub", "folder"):
            facts = {"layers": 2}
            session.add(
                BaseModel(name=source, source=source, location="a/b", kind="causal", facts=facts)
            )
    job_id = add_job(store, "import", result={"revision": "f00", "path": "/models/a--b"})
    with store.write() as session:
        job = session.get_one(Job, job_id)
        job.spec = {**job.spec, "hub_id": "a/b"}
    assert end(worker, store, job_id).status == SUCCEEDED
    with store.read() as session:
        hub, folder = session.get_one(BaseModel, 1), session.get_one(BaseModel, 2)
    assert (hub.revision, hub.facts) == ("f00", {"layers": 2, "path": "/models/a--b"})
    assert (folder.revision, folder.facts) == ("", {"layers": 2})


def test_a_training_that_was_killed_goes_on_from_its_checkpoint(
    store: Store, worker: Worker
) -> None:
    job_id = add_job(store, steps=4, crash_at=3)
    drive(worker, lambda: job_of(store, job_id).attempt == 2)
    assert job_of(store, job_id).reason == (
        "The training was ended from outside (signal 9); training goes on from step 2."
    )
    job = end(worker, store, job_id)
    assert (job.status, job.attempt, job.reason) == (SUCCEEDED, 2, "")
    assert losses(store, job) == {1: 1, 2: 1, 3: 2, 4: 2}
    assert [attempt for _, attempt in starts_of(job_id)] == [1, 2]
    with store.read() as session:
        assert [row.exit_code for row in jobs.attempts(session, job_id)] == [-9, 0]


def test_after_three_attempts_it_fails(store: Store, worker: Worker) -> None:
    job = end(worker, store, add_job(store, crash_at=1, crash_attempt=9))
    assert (job.status, job.attempt) == (FAILED, 3)
    assert "it was tried 3 times" in job.reason


def test_an_end_without_a_result_fails_with_the_last_words(store: Store, worker: Worker) -> None:
    job = end(worker, store, add_job(store, exit_code=1, last_words="KeyError: 'prompt'"))
    assert (job.status, job.attempt) == (FAILED, 1)
    assert "KeyError: 'prompt'" in job.reason


def test_jobs_of_a_lane_run_one_after_the_other(store: Store, worker: Worker) -> None:
    first = add_job(store, wait_for="go")
    second, server = add_job(store), add_job(store, "serve")
    drive(
        worker, lambda: status_of(store, first) == RUNNING and status_of(store, server) == RUNNING
    )
    assert status_of(store, second) == QUEUED
    (folder_of(first).path / "go").touch()
    assert end(worker, store, second).status == SUCCEEDED
    first_job = job_of(store, first)
    assert first_job.finished_at is not None
    assert first_job.finished_at <= (job_of(store, second).started_at or first_job.created_at)
    cancel_job(store, server)
    assert end(worker, store, server).status == CANCELLED


def test_the_next_job_runs_after_one_that_failed(store: Store, worker: Worker) -> None:
    failing, following = add_job(store, exit_code=1), add_job(store)
    assert end(worker, store, following).status == SUCCEEDED
    assert status_of(store, failing) == FAILED


def test_a_newer_server_takes_the_place_of_the_older(store: Store, worker: Worker) -> None:
    older = add_job(store, "serve")
    drive(worker, lambda: job_of(store, older).progress.get("port") == 12345)
    newer = add_job(store, "serve")
    drive(worker, lambda: job_of(store, newer).progress.get("phase") == "ready")
    assert status_of(store, older) == CANCELLED
    cancel_job(store, newer)
    end(worker, store, newer)


def test_cancelling_a_queued_job_starts_nothing(store: Store, worker: Worker) -> None:
    job_id = add_job(store)
    cancel_job(store, job_id)
    worker.step()
    assert (status_of(store, job_id), starts_of(job_id)) == (CANCELLED, [])


def test_cancelling_keeps_what_the_training_saved(store: Store, worker: Worker) -> None:
    job_id = add_job(store, wait_for="never", result={"adapter": "/adapter"})
    drive(worker, lambda: job_of(store, job_id).progress.get("step") == 3)
    cancel_job(store, job_id)
    job = end(worker, store, job_id)
    assert (job.status, job.reason) == (CANCELLED, "Stopped at your request.")
    with store.read() as session:
        assert (session.get_one(Run, job.run_id).result or {})["adapter"] == "/adapter"


@pytest.mark.parametrize(("limit_s", "kept"), [(60.0, True), (0.7, False)])
def test_saving_may_take_its_time_up_to_a_limit(store: Store, limit_s: float, kept: bool) -> None:
    worker = new_worker(store, cancel_grace_s=0.6, cancel_limit_s=limit_s)
    job_id = add_job(store, wait_for="never", saving_parts=9)
    drive(worker, lambda: job_of(store, job_id).progress.get("step") == 3)
    cancel_job(store, job_id)
    job = end(worker, store, job_id)
    assert (job.status, job.result is not None) == (CANCELLED, kept)


def test_one_that_ignores_the_request_is_ended_with_its_children(store: Store) -> None:
    worker = new_worker(store, cancel_grace_s=0.2)
    job_id = add_job(store, wait_for="never", deaf=True, child=True, result={"adapter": "/a"})
    drive(worker, lambda: job_of(store, job_id).progress.get("step") == 3)
    children = psutil.Process(starts_of(job_id)[0][0]).children()
    cancel_job(store, job_id)
    worker.step()
    assert status_of(store, job_id) == CANCELLING
    job = end(worker, store, job_id)
    assert (job.status, (job.result or {}).get("adapter")) == (CANCELLED, "/a")
    assert len(children) == 1
    until(lambda: not any(is_alive(child.pid) for child in children))


def test_a_finished_result_beats_a_late_cancel(store: Store, worker: Worker) -> None:
    job_id = add_job(store, linger=True, deaf=True)
    drive(worker, lambda: folder_of(job_id).result.exists())
    cancel_job(store, job_id)
    job = end(worker, store, job_id)
    assert (job.status, job.attempt) == (SUCCEEDED, 1)


def test_a_cancel_during_a_retry_ends_it(store: Store, worker: Worker) -> None:
    job_id = add_job(store, crash_at=2, wait_for="never")
    until(lambda: worker.step() or len(starts_of(job_id)) == 1)
    cancel_job(store, job_id)
    assert end(worker, store, job_id).status == CANCELLED


def test_without_a_sign_of_life_it_is_ended_and_tried_again(store: Store) -> None:
    worker = new_worker(store, alive_s=0.3)
    job_id = add_job(store, freeze=True)
    drive(worker, lambda: job_of(store, job_id).attempt == 2)
    assert "no longer answered" in job_of(store, job_id).reason
    first = starts_of(job_id)[0][0]
    assert not is_alive(first)
    cancel_job(store, job_id)
    end(worker, store, job_id)


def test_what_it_left_behind_is_ended_before_the_job_is_over(store: Store) -> None:
    worker = new_worker(store, alive_s=0.3)
    job_id = add_job(store, heir=True)
    drive(worker, lambda: folder_of(job_id).result.exists())
    worker.step()
    assert folder_of(job_id).is_locked()
    assert end(worker, store, job_id).status == SUCCEEDED
    assert not folder_of(job_id).is_locked()


def test_a_job_that_cannot_start_fails_with_the_reason(
    store: Store, worker: Worker, home: Path
) -> None:
    job_id = add_job(store)
    folder = home / "jobs" / str(job_id)
    (folder / "log.txt").mkdir(parents=True)
    job = end(worker, store, job_id)
    assert job.status == FAILED
    assert "Is a directory" in job.reason
    assert str(folder / "log.txt") in job.reason


def test_the_process_of_a_deleted_job_ends_and_its_folder_goes(
    store: Store, worker: Worker
) -> None:
    job_id = add_job(store, wait_for="never", deaf=True)
    drive(worker, lambda: job_of(store, job_id).progress.get("step") == 3)
    pid = starts_of(job_id)[0][0]
    with store.write() as session:
        session.delete(session.get_one(Job, job_id))
    drive(worker, lambda: not folder_of(job_id).path.exists())
    assert not is_alive(pid)


def test_a_result_of_nonsense_fails_the_job_not_the_worker(store: Store, worker: Worker) -> None:
    bad = add_job(store, result={"predictions": "/nowhere/p.parquet"})
    good = add_job(store)
    assert end(worker, store, good).status == SUCCEEDED
    job = job_of(store, bad)
    assert job.status == FAILED
    assert "worker's log" in job.reason


def test_an_error_of_ours_at_the_start_fails_the_job_not_the_worker(
    store: Store, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit = LocalLauncher.submit
    broken = iter([True])

    def break_once(self: LocalLauncher, kind: str, job: JobDir) -> Handle:
        if next(broken, False):
            raise ZeroDivisionError
        return submit(self, kind, job)

    monkeypatch.setattr(LocalLauncher, "submit", break_once)
    bad, good = add_job(store), add_job(store)
    assert end(worker, store, good).status == SUCCEEDED
    assert status_of(store, bad) == FAILED
    assert "worker's log" in job_of(store, bad).reason


def test_a_cancelled_run_can_still_be_used_for_what_it_saved(store: Store, worker: Worker) -> None:
    job_id = add_job(store, wait_for="never", result={"adapter": "/adapter"})
    drive(worker, lambda: job_of(store, job_id).progress.get("step") == 3)
    run_id = job_of(store, job_id).run_id or 0
    assert not training.get_run(store, run_id).is_usable
    training.cancel_run(store, run_id)
    end(worker, store, job_id)
    assert training.get_run(store, run_id).is_usable


def test_a_stop_by_the_system_is_tried_again(store: Store, worker: Worker) -> None:
    job_id = add_job(store, wait_for="go")
    drive(worker, lambda: job_of(store, job_id).progress.get("step") == 3)
    os.kill(starts_of(job_id)[0][0], signal.SIGTERM)
    drive(worker, lambda: job_of(store, job_id).attempt == 2)
    (folder_of(job_id).path / "go").touch()
    assert end(worker, store, job_id).status == SUCCEEDED
    assert handle_of(store, job_id) is not None
