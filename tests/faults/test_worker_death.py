"""The worker as a process: one for a home, and what happens to jobs when it dies."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage import files, jobs
from storage.database import Store
from storage.tables import FAILED, PAUSED, RUNNING, STARTING, SUCCEEDED, Job
from tests.fakes.harness import (
    add_job,
    drive,
    end_leftovers,
    folder_of,
    is_alive,
    job_of,
    new_worker,
    starts_of,
    status_of,
    until,
)
from workbench import worker, worker_process
from workbench.jobs import cancel_job, pause_job

CHECKOUT = Path(__file__).resolve().parents[2]
Start = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def start_worker(home: Path) -> Iterator[Start]:
    """Starts workers in processes of their own, and ends what is left of them."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.fakes.worker"]
        process = subprocess.Popen(command, cwd=CHECKOUT, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
    end_leftovers()


def running(store: Store, job_id: int) -> bool:
    return job_of(store, job_id).progress.get("step") == 3


def release(job_id: int) -> None:
    (folder_of(job_id).path / "go").touch()


def test_a_new_worker_takes_over_from_one_that_was_killed(
    store: Store, start_worker: Start
) -> None:
    job_id = add_job(store, wait_for="go")
    former = start_worker()
    until(lambda: running(store, job_id))
    trainer = starts_of(job_id)[0][0]
    former.kill()
    former.wait()
    new = new_worker(store)
    drive(new, lambda: job_of(store, job_id).attempt == 2)
    assert not is_alive(trainer)
    assert job_of(store, job_id).reason == (
        "The worker was restarted; training goes on from step 3."
    )
    release(job_id)
    drive(new, lambda: status_of(store, job_id) == SUCCEEDED)
    assert [attempt for _, attempt in starts_of(job_id)] == [1, 2]


def test_a_trainer_that_outlives_its_worker_is_ended_before_a_second_starts(
    store: Store, start_worker: Start
) -> None:
    job_id = add_job(store, wait_for="go", deaf=True)
    former = start_worker()
    until(lambda: running(store, job_id))
    trainer = starts_of(job_id)[0][0]
    os.kill(trainer, signal.SIGSTOP)  # frozen: it notices nothing
    former.kill()
    former.wait()
    new = new_worker(store)
    new.step()
    assert (job_of(store, job_id).attempt, is_alive(trainer)) == (1, True)
    drive(new, lambda: len(starts_of(job_id)) == 2)
    assert not is_alive(trainer)
    release(job_id)
    drive(new, lambda: status_of(store, job_id) == SUCCEEDED)


def test_a_trainer_whose_worker_died_before_noting_it_is_found(
    store: Store, start_worker: Start
) -> None:
    job_id = add_job(store, wait_for="go", deaf=True)
    former = start_worker()
    until(lambda: running(store, job_id))
    former.kill()
    former.wait()
    with store.write() as session:
        jobs.set_handle(session, job_id, 1, None)  # type: ignore[arg-type]
    new = new_worker(store)
    drive(new, lambda: len(starts_of(job_id)) == 2)
    release(job_id)
    drive(new, lambda: status_of(store, job_id) == SUCCEEDED)


def test_a_result_written_while_no_worker_lived_counts(store: Store, start_worker: Start) -> None:
    job_id = add_job(store, wait_for="go", deaf=True)
    former = start_worker()
    until(lambda: running(store, job_id))
    former.kill()
    former.wait()
    release(job_id)
    until(lambda: folder_of(job_id).result.exists())
    drive(new_worker(store), lambda: status_of(store, job_id) == SUCCEEDED)
    assert len(starts_of(job_id)) == 1


def test_a_cancel_asked_for_while_no_worker_lived_is_kept(
    store: Store, start_worker: Start
) -> None:
    job_id = add_job(store, wait_for="go")
    former = start_worker()
    until(lambda: running(store, job_id))
    former.kill()
    former.wait()
    cancel_job(store, job_id)
    drive(new_worker(store), lambda: status_of(store, job_id) == "cancelled")


def test_a_pause_asked_for_while_no_worker_lived_is_kept(store: Store, start_worker: Start) -> None:
    job_id = add_job(store, wait_for="go", deaf=True)
    former = start_worker()
    until(lambda: running(store, job_id))
    former.kill()
    former.wait()
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
    job_id = add_job(store, wait_for="go")
    former = start_worker()
    until(lambda: running(store, job_id))
    former.terminate()
    assert former.wait() == 0
    release(job_id)
    drive(new_worker(store), lambda: status_of(store, job_id) == SUCCEEDED)
    assert [attempt for _, attempt in starts_of(job_id)] == [1, 2]


def test_ensure_worker_starts_one_and_only_one(store: Store, home: Path) -> None:
    worker_process._started_at = -100.0
    worker_process.ensure_worker()
    process = worker_process._started
    assert process is not None
    assert worker_process.worker_info() is not None  # from the first moment on
    try:
        info = until(lambda: (worker_process.worker_info() or {}).get("pid") and _info())
        assert info["pid"] == process.pid
        assert min(_ensure_s() for _ in range(20)) < 0.005
        assert worker_process._started is process
        second = subprocess.run(
            [sys.executable, "-m", "workbench.worker"], cwd=CHECKOUT, capture_output=True, text=True
        )
        assert second.returncode == 2
        assert second.stderr == (f"A worker runs for {home} already: there is nothing to do.\n")
    finally:
        process.terminate()
        assert process.wait() == 0
    assert worker_process.worker_info() is None
    assert "The worker ends" in worker_process.log_path().read_text()


def test_after_an_update_the_worker_is_replaced(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker_process._started_at = -100.0
    worker_process.ensure_worker()
    former = worker_process._started
    assert former is not None
    until(lambda: _info().get("pid") == former.pid)
    _ensure_s()
    assert former.poll() is None  # it is as new as we are
    newer = worker_process.code_time() + 1
    monkeypatch.setattr(worker_process, "code_time", lambda: newer)
    _ensure_s()
    assert former.wait(timeout=20) == 0
    _ensure_s()
    latter = worker_process._started
    assert latter is not None
    try:
        until(lambda: _info().get("pid") == latter.pid != former.pid)
    finally:
        latter.terminate()
        latter.wait()


def _ensure_s() -> float:
    worker_process._started_at = -100.0
    began = time.perf_counter()
    worker_process.ensure_worker()
    return time.perf_counter() - began


def _info() -> dict[str, int]:
    return worker_process.worker_info() or {}


def test_where_the_worker_is_a_service_nobody_else_starts_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WORKBENCH_WORKER", "service")
    monkeypatch.setattr(worker_process, "_started_at", -100.0)
    monkeypatch.setattr(worker_process, "_spawn", pytest.fail)
    worker_process.ensure_worker()
    assert worker_process.worker_info() is None


def test_the_worker_ends_when_its_home_is_gone(store: Store) -> None:
    lock = worker_process.take_lock()
    assert lock is not None
    waits = iter((False, False, True))

    def wait(_seconds: float) -> bool:
        worker_process.lock_path().unlink()
        return next(waits)

    with lock:
        worker.run(new_worker(store), wait)
    assert next(waits) is False


def test_a_shortage_is_waited_out(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = add_job(store)
    tired = new_worker(store)
    failures = iter([OSError(28, "No space left on device")] * 2)
    put_file = files.put_file

    def full_disk(path: Path) -> str:
        if error := next(failures, None):
            raise error
        return put_file(path)

    monkeypatch.setattr(files, "put_file", full_disk)
    with store.write() as session:
        job = session.get_one(Job, job_id)
        job.spec = {**job.spec, "fake": {"predictions": "p"}}
    pauses = []

    def wait(seconds: float) -> bool:
        pauses.append(seconds)
        time.sleep(min(seconds, 0.01))
        return status_of(store, job_id) == SUCCEEDED

    lock = worker_process.take_lock()
    assert lock is not None
    with lock:
        worker.run(tired, wait)
    assert pauses.count(1.0) == 2
    assert len(starts_of(job_id)) == 1


def test_an_error_of_ours_ends_the_worker_loudly(store: Store) -> None:
    class Broken(worker.Worker):
        def step(self) -> None:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), worker_process.lock_path().open("a"):
        worker.run(Broken(store), lambda _seconds: False)
