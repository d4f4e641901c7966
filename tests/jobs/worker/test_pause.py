"""Pausing and going on: in every state, and against everything else that may happen."""

import datetime as dt

import pytest

from storage import jobs
from storage.database import Store
from storage.tables import CANCELLED, PAUSED, PAUSING, QUEUED, RUNNING, SUCCEEDED, Run, now
from tests.fakes.harness import (
    add_job,
    drive,
    folder_of,
    goes_on,
    job_of,
    learned_job,
    new_worker,
    starts_of,
    status_of,
)
from workbench.core.errors import WorkbenchError
from workbench.jobs.queue import cancel_job, pause_job, resume_job
from workbench.jobs.worker import Worker


def test_a_paused_training_goes_on_from_its_checkpoint(store: Store, worker: Worker) -> None:
    job_id = learned_job(worker, store)
    assert pause_job(store, job_id).status == RUNNING
    drive(worker, lambda: status_of(store, job_id) == PAUSED)
    job = job_of(store, job_id)
    assert (job.reason, job.finished_at) == ("Paused at your request at step 3.", None)
    assert not folder_of(job_id).is_locked()
    for _ in range(5):
        worker.step()
    assert len(starts_of(job_id)) == 1
    assert resume_job(store, job_id).status == QUEUED
    goes_on(worker, store, job_id)
    assert [attempt for _, attempt in starts_of(job_id)] == [1, 2]


def test_the_time_that_a_run_took_is_that_of_all_its_attempts(store: Store, worker: Worker) -> None:
    job_id = learned_job(worker, store)
    pause_job(store, job_id)
    drive(worker, lambda: status_of(store, job_id) == PAUSED)
    with store.write() as session:
        first = jobs.attempts(session, job_id)[0]
        first.started_at = (first.ended_at or now()) - dt.timedelta(seconds=100)
    resume_job(store, job_id)
    goes_on(worker, store, job_id)
    with store.read() as session:
        run = session.get_one(Run, job_of(store, job_id).run_id)
    assert (run.result or {})["seconds"] == pytest.approx(101.5)


def test_pausing_does_not_use_up_the_tries(store: Store, worker: Worker) -> None:
    job_id = learned_job(worker, store)
    for _ in range(4):
        pause_job(store, job_id)
        drive(worker, lambda: status_of(store, job_id) == PAUSED)
        resume_job(store, job_id)
        drive(worker, lambda: status_of(store, job_id) == RUNNING)
    goes_on(worker, store, job_id)
    assert job_of(store, job_id).retries == 0


def test_the_queue_goes_on_while_a_job_is_paused(store: Store, worker: Worker) -> None:
    first = learned_job(worker, store)
    second = add_job(store)
    pause_job(store, first)
    drive(worker, lambda: status_of(store, second) == SUCCEEDED)
    assert status_of(store, first) == PAUSED


def test_a_job_that_waits_is_paused_at_once_and_keeps_its_place(
    store: Store, worker: Worker
) -> None:
    running, held, last = learned_job(worker, store), add_job(store), add_job(store, wait_for="go")
    assert pause_job(store, held).status == PAUSED
    goes_on(worker, store, running)
    drive(worker, lambda: job_of(store, last).progress.get("step") == 3)
    resume_job(store, held)
    goes_on(worker, store, last)
    drive(worker, lambda: status_of(store, held) == SUCCEEDED)


def test_a_trainer_that_ignores_the_pause_is_ended_and_still_paused(store: Store) -> None:
    worker = new_worker(store, cancel_grace_s=0.2)
    job_id = learned_job(worker, store, deaf=True)
    pause_job(store, job_id)
    worker.step()
    assert status_of(store, job_id) == PAUSING
    drive(worker, lambda: status_of(store, job_id) == PAUSED)
    resume_job(store, job_id)
    goes_on(worker, store, job_id)


def test_a_pause_that_comes_too_late_changes_nothing(store: Store, worker: Worker) -> None:
    job_id = add_job(store, linger=True, deaf=True)
    drive(worker, lambda: folder_of(job_id).result.exists())
    pause_job(store, job_id)
    drive(worker, lambda: status_of(store, job_id) == SUCCEEDED)
    with pytest.raises(WorkbenchError, match="over already: there is nothing to pause"):
        pause_job(store, job_id)
    with pytest.raises(WorkbenchError, match="over already: start a new one"):
        resume_job(store, job_id)


def test_who_resumes_in_the_midst_of_pausing_loses_nothing(store: Store, worker: Worker) -> None:
    job_id = learned_job(worker, store, saving_parts=1)
    pause_job(store, job_id)
    worker.step()
    resume_job(store, job_id)
    goes_on(worker, store, job_id)


@pytest.mark.parametrize("when", ["paused", "pausing"])
def test_cancelling_a_paused_training_keeps_what_it_learned(
    store: Store, worker: Worker, when: str
) -> None:
    job_id = learned_job(worker, store, result={"adapter": "/adapter"})
    pause_job(store, job_id)
    worker.step()
    if when == "paused":
        drive(worker, lambda: status_of(store, job_id) == PAUSED)
    cancel_job(store, job_id)
    drive(worker, lambda: status_of(store, job_id) == CANCELLED)
    job = job_of(store, job_id)
    assert job.result is not None
    assert (job.result["adapter"], job.reason) == ("/adapter", "Stopped at your request.")


def test_cancelling_a_paused_job_that_never_ran_ends_it_at_once(store: Store) -> None:
    job_id = add_job(store)
    pause_job(store, job_id)
    assert cancel_job(store, job_id).status == CANCELLED


def test_a_server_cannot_be_paused(store: Store) -> None:
    with pytest.raises(WorkbenchError, match="stop it instead"):
        pause_job(store, add_job(store, "serve"))
