"""What becomes of jobs when their worker dies."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage import jobs
from storage.database import Store
from storage.tables import FAILED, PAUSED, RUNNING, STARTING, SUCCEEDED
from tests.fakes.harness import (
    add_job,
    drive,
    end_leftovers,
    folder_of,
    goes_on,
    has_learned,
    is_alive,
    job_of,
    let_go,
    new_worker,
    starts_of,
    status_of,
    until,
)
from workbench.jobs.queue import cancel_job, pause_job

CHECKOUT = Path(__file__).resolve().parents[2]
Process = subprocess.Popen[str]
Start = Callable[[], Process]


@pytest.fixture
def start_worker(home: Path) -> Iterator[Start]:
    """Starts workers in processes of their own, and ends what is left of them."""
    started: list[Process] = []

    def start() -> Process:
        command = [sys.executable, "-m", "tests.fakes.worker"]
        process = subprocess.Popen(command, cwd=CHECKOUT, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
    end_leftovers()


def start_job(store: Store, start_worker: Start, **fake: object) -> tuple[int, Process]:
    """A training that has done its steps under a worker, and waits to be let go on."""
    job_id = add_job(store, wait_for="go", **fake)
    worker = start_worker()
    until(lambda: has_learned(store, job_id))
    return job_id, worker


def kill(worker: Process) -> None:
    worker.kill()
    worker.wait()


def test_a_new_worker_takes_over_from_one_that_was_killed(
    store: Store, start_worker: Start
) -> None:
    job_id, former = start_job(store, start_worker)
    trainer = starts_of(job_id)[0][0]
    kill(former)
    new = new_worker(store)
    drive(new, lambda: job_of(store, job_id).attempt == 2)
    assert not is_alive(trainer)
    assert job_of(store, job_id).reason == (
        "The worker was restarted; training goes on from step 3."
    )
    goes_on(new, store, job_id)
    assert [attempt for _, attempt in starts_of(job_id)] == [1, 2]


def test_a_trainer_that_outlives_its_worker_is_ended_before_a_second_starts(
    store: Store, start_worker: Start
) -> None:
    job_id, former = start_job(store, start_worker, deaf=True)
    trainer = starts_of(job_id)[0][0]
    os.kill(trainer, signal.SIGSTOP)  # frozen: it notices nothing
    kill(former)
    new = new_worker(store)
    new.step()
    assert (job_of(store, job_id).attempt, is_alive(trainer)) == (1, True)
    drive(new, lambda: len(starts_of(job_id)) == 2)
    assert not is_alive(trainer)
    goes_on(new, store, job_id)


def test_a_trainer_whose_worker_died_before_noting_it_is_found(
    store: Store, start_worker: Start
) -> None:
    job_id, former = start_job(store, start_worker, deaf=True)
    kill(former)
    with store.write() as session:
        jobs.set_handle(session, job_id, 1, None)  # type: ignore[arg-type]
    new = new_worker(store)
    drive(new, lambda: len(starts_of(job_id)) == 2)
    goes_on(new, store, job_id)


def test_a_result_written_while_no_worker_lived_counts(store: Store, start_worker: Start) -> None:
    job_id, former = start_job(store, start_worker, deaf=True)
    kill(former)
    let_go(job_id)
    until(lambda: folder_of(job_id).result.exists())
    drive(new_worker(store), lambda: status_of(store, job_id) == SUCCEEDED)
    assert len(starts_of(job_id)) == 1


def test_a_cancel_asked_for_while_no_worker_lived_is_kept(
    store: Store, start_worker: Start
) -> None:
    job_id, former = start_job(store, start_worker)
    kill(former)
    cancel_job(store, job_id)
    drive(new_worker(store), lambda: status_of(store, job_id) == "cancelled")


def test_a_pause_asked_for_while_no_worker_lived_is_kept(store: Store, start_worker: Start) -> None:
    job_id, former = start_job(store, start_worker, deaf=True)
    kill(former)
    pause_job(store, job_id)
    drive(new_worker(store), lambda: status_of(store, job_id) == PAUSED)
    assert not is_alive(starts_of(job_id)[0][0])


def test_a_job_that_was_claimed_but_not_started_is_tried_again(store: Store) -> None:
    job_id = add_job(store)
    with store.write() as session:
        jobs.claim(session, ("train",))
    assert status_of(store, job_id) == STARTING
    drive(new_worker(store), lambda: status_of(store, job_id) == SUCCEEDED)
    assert [attempt for _, attempt in starts_of(job_id)] == [2]


def test_after_a_reboot_a_process_with_the_old_number_is_not_touched(store: Store) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as stranger:
        job_id = add_job(store)
        handle = {"pid": stranger.pid, "started_s": 1.0, "boot_id": "another boot"}
        _leave_running(store, handle)
        new = new_worker(store, orphan_grace_s=0.0)
        drive(new, lambda: job_of(store, job_id).attempt == 2)
        assert job_of(store, job_id).reason.startswith("The computer was restarted; ")
        drive(new, lambda: status_of(store, job_id) == SUCCEEDED)
        assert stranger.poll() is None
        stranger.kill()


def test_a_server_is_not_started_again_by_itself(store: Store) -> None:
    job_id = add_job(store, "serve")
    _leave_running(store, {"pid": 1, "started_s": 1.0, "boot_id": "another boot"})
    drive(new_worker(store), lambda: status_of(store, job_id) == FAILED)
    assert job_of(store, job_id).reason == (
        "The model server ended with the worker; it starts again with the next question."
    )


def _leave_running(store: Store, handle: dict[str, object]) -> None:
    """As if a former worker had started the one job that there is."""
    with store.write() as session:
        job = jobs.claim(session, ("train", "serve"))
        assert job is not None
        jobs.change(session, job.id, 1, (STARTING,), status=RUNNING)
        jobs.set_handle(session, job.id, 1, handle)


def test_told_to_end_it_ends_and_the_next_one_goes_on(store: Store, start_worker: Start) -> None:
    job_id, former = start_job(store, start_worker)
    former.terminate()
    assert former.wait() == 0
    new = new_worker(store)
    drive(new, lambda: len(starts_of(job_id)) == 2)
    goes_on(new, store, job_id)
    assert [attempt for _, attempt in starts_of(job_id)] == [1, 2]
