"""Cancelling: what was saved is kept, and no process stays."""

import time

import psutil
import pytest

from storage.database import Store
from storage.tables import CANCELLED, CANCELLING, SUCCEEDED, Job, Run
from tests.fakes.harness import (
    add_job,
    drive,
    drive_to_end,
    folder_of,
    has_learned,
    is_alive,
    job_of,
    new_worker,
    starts_of,
    status_of,
    until,
)
from workbench.jobs.queue import cancel_job
from workbench.jobs.worker import Worker
from workbench.training import runs


def test_cancelling_a_queued_job_starts_nothing(store: Store, worker: Worker) -> None:
    job_id = add_job(store)
    cancel_job(store, job_id)
    worker.step()
    assert (status_of(store, job_id), starts_of(job_id)) == (CANCELLED, [])


def test_cancelling_keeps_what_the_training_saved(store: Store, worker: Worker) -> None:
    job_id = add_job(store, wait_for="never", result={"adapter": "/adapter"})
    drive(worker, lambda: has_learned(store, job_id))
    cancel_job(store, job_id)
    job = drive_to_end(worker, store, job_id)
    assert (job.status, job.reason) == (CANCELLED, "Stopped at your request.")
    with store.read() as session:
        assert (session.get_one(Run, job.run_id).result or {})["adapter"] == "/adapter"


def test_a_cancelled_run_can_still_be_used_for_what_it_saved(store: Store, worker: Worker) -> None:
    job_id = add_job(store, wait_for="never", result={"adapter": "/adapter"})
    drive(worker, lambda: has_learned(store, job_id))
    run_id = job_of(store, job_id).run_id or 0
    assert not runs.get_run(store, run_id).is_usable
    runs.cancel_run(store, run_id)
    drive_to_end(worker, store, job_id)
    assert runs.get_run(store, run_id).is_usable


@pytest.mark.parametrize(("limit_s", "kept"), [(60.0, True), (0.2, False)])
def test_saving_may_take_its_time_up_to_a_limit(store: Store, limit_s: float, kept: bool) -> None:
    worker = new_worker(store, cancel_grace_s=0.6, cancel_limit_s=limit_s)
    job_id = add_job(store, wait_for="never", saving_parts=9)
    drive(worker, lambda: has_learned(store, job_id))
    cancel_job(store, job_id)
    job = drive_to_end(worker, store, job_id)
    assert (job.status, job.result is not None) == (CANCELLED, kept)


def test_one_that_ignores_the_request_is_ended_with_its_children(store: Store) -> None:
    worker = new_worker(store, cancel_grace_s=1.0)
    job_id = add_job(store, wait_for="never", deaf=True, child=True, result={"adapter": "/a"})
    drive(worker, lambda: has_learned(store, job_id))
    children = psutil.Process(starts_of(job_id)[0][0]).children()
    cancel_job(store, job_id)
    worker.step()
    assert status_of(store, job_id) == CANCELLING
    job = drive_to_end(worker, store, job_id)
    assert (job.status, (job.result or {}).get("adapter")) == (CANCELLED, "/a")
    assert len(children) == 1
    until(lambda: not any(is_alive(child.pid) for child in children))


def test_who_concludes_a_cancelled_one_may_start_slowly(store: Store) -> None:
    """Loading libraries takes longer than saving may take, on a computer that has much else to do."""
    worker = new_worker(store, cancel_grace_s=0.5)
    job_id = add_job(store, wait_for="never", deaf=True, starts_with="go", result={"adapter": "/a"})
    drive(worker, lambda: has_learned(store, job_id))
    cancel_job(store, job_id)
    drive(worker, lambda: len(starts_of(job_id)) == 2)
    later = time.monotonic() + 0.7
    drive(worker, lambda: time.monotonic() > later)
    (folder_of(job_id).path / "go").touch()
    job = drive_to_end(worker, store, job_id)
    assert (job.status, job.attempt, (job.result or {}).get("adapter")) == (CANCELLED, 2, "/a")


def test_a_finished_result_beats_a_late_cancel(store: Store, worker: Worker) -> None:
    job_id = add_job(store, linger=True, deaf=True)
    drive(worker, lambda: folder_of(job_id).result.exists())
    cancel_job(store, job_id)
    job = drive_to_end(worker, store, job_id)
    assert (job.status, job.attempt) == (SUCCEEDED, 1)


def test_a_cancel_during_a_retry_ends_it(store: Store, worker: Worker) -> None:
    job_id = add_job(store, crash_at=2, wait_for="never")
    until(lambda: worker.step() or len(starts_of(job_id)) == 1)
    cancel_job(store, job_id)
    assert drive_to_end(worker, store, job_id).status == CANCELLED


def test_what_it_left_behind_is_ended_before_the_job_is_over(store: Store) -> None:
    worker = new_worker(store, alive_s=0.3)
    job_id = add_job(store, heir=True)
    drive(worker, lambda: folder_of(job_id).result.exists())
    worker.step()
    assert folder_of(job_id).is_locked()
    assert drive_to_end(worker, store, job_id).status == SUCCEEDED
    assert not folder_of(job_id).is_locked()


def test_the_process_of_a_deleted_job_ends_and_its_folder_goes(
    store: Store, worker: Worker
) -> None:
    job_id = add_job(store, wait_for="never", deaf=True)
    drive(worker, lambda: has_learned(store, job_id))
    pid = starts_of(job_id)[0][0]
    with store.write() as session:
        session.delete(session.get_one(Job, job_id))
    drive(worker, lambda: not folder_of(job_id).path.exists())
    assert not is_alive(pid)
