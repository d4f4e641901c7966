"""What ends too early: tried again from its checkpoint, or failed with the reason."""

import os
import signal
from pathlib import Path

import pytest

from storage import jobs
from storage.database import Store
from storage.tables import FAILED, SUCCEEDED
from tests.fakes.harness import (
    add_job,
    drive,
    drive_to_end,
    folder_of,
    handle_of,
    has_learned,
    is_alive,
    job_of,
    losses,
    new_worker,
    starts_of,
    status_of,
)
from workbench.jobs.launchers import Handle
from workbench.jobs.launchers.local import LocalLauncher
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.queue import cancel_job
from workbench.jobs.worker import Worker


def test_a_training_that_was_killed_goes_on_from_its_checkpoint(
    store: Store, worker: Worker
) -> None:
    job_id = add_job(store, steps=4, crash_at=3)
    drive(worker, lambda: job_of(store, job_id).attempt == 2)
    assert job_of(store, job_id).reason == (
        "The training was ended from outside (signal 9); training goes on from step 2."
    )
    job = drive_to_end(worker, store, job_id)
    assert (job.status, job.attempt, job.reason) == (SUCCEEDED, 2, "")
    assert losses(store, job) == {1: 1, 2: 1, 3: 2, 4: 2}
    assert [attempt for _, attempt in starts_of(job_id)] == [1, 2]
    with store.read() as session:
        assert [row.exit_code for row in jobs.attempts(session, job_id)] == [-9, 0]


def test_after_three_attempts_it_fails(store: Store, worker: Worker) -> None:
    job = drive_to_end(worker, store, add_job(store, crash_at=1, crash_attempt=9))
    assert (job.status, job.attempt) == (FAILED, 3)
    assert "it was tried 3 times" in job.reason


def test_a_stop_by_the_system_is_tried_again(store: Store, worker: Worker) -> None:
    job_id = add_job(store, wait_for="go")
    drive(worker, lambda: has_learned(store, job_id))
    os.kill(starts_of(job_id)[0][0], signal.SIGTERM)
    drive(worker, lambda: job_of(store, job_id).attempt == 2)
    (folder_of(job_id).path / "go").touch()
    assert drive_to_end(worker, store, job_id).status == SUCCEEDED
    assert handle_of(store, job_id) is not None


def test_without_a_sign_of_life_it_is_ended_and_tried_again(store: Store) -> None:
    worker = new_worker(store, alive_s=0.3)
    job_id = add_job(store, freeze=True)
    drive(worker, lambda: job_of(store, job_id).attempt == 2)
    assert "no longer answered" in job_of(store, job_id).reason
    first = starts_of(job_id)[0][0]
    assert not is_alive(first)
    cancel_job(store, job_id)
    drive_to_end(worker, store, job_id)


def test_an_end_without_a_result_fails_with_the_last_words(store: Store, worker: Worker) -> None:
    job = drive_to_end(worker, store, add_job(store, exit_code=1, last_words="KeyError: 'prompt'"))
    assert (job.status, job.attempt) == (FAILED, 1)
    assert "KeyError: 'prompt'" in job.reason


def test_a_job_that_cannot_start_fails_with_the_reason(
    store: Store, worker: Worker, home: Path
) -> None:
    job_id = add_job(store)
    folder = home / "jobs" / str(job_id)
    (folder / "log.txt").mkdir(parents=True)
    job = drive_to_end(worker, store, job_id)
    assert job.status == FAILED
    assert "Is a directory" in job.reason
    assert str(folder / "log.txt") in job.reason


def test_a_result_of_nonsense_fails_the_job_not_the_worker(store: Store, worker: Worker) -> None:
    bad = add_job(store, result={"predictions": "/nowhere/p.parquet"})
    good = add_job(store)
    assert drive_to_end(worker, store, good).status == SUCCEEDED
    job = job_of(store, bad)
    assert job.status == FAILED
    assert "worker's log" in job.reason


def test_an_error_of_ours_at_the_start_fails_the_job_not_the_worker(
    store: Store, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit = LocalLauncher.submit
    broken = iter([True])

    def break_once(self: LocalLauncher, job_kind: str, job: JobDir) -> Handle:
        if next(broken, False):
            raise ZeroDivisionError
        return submit(self, job_kind, job)

    monkeypatch.setattr(LocalLauncher, "submit", break_once)
    bad, good = add_job(store), add_job(store)
    assert drive_to_end(worker, store, good).status == SUCCEEDED
    assert status_of(store, bad) == FAILED
    assert "worker's log" in job_of(store, bad).reason
