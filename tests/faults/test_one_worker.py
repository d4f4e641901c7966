"""The worker as a process: one for a home, as new as the code, and what ends it."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from storage import files
from storage.database import Store
from storage.tables import SUCCEEDED, Job
from tests.fakes.harness import add_job, new_worker, starts_of, status_of, until
from workbench.jobs import worker, worker_loop, worker_process

CHECKOUT = Path(__file__).resolve().parents[2]


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
            [sys.executable, "-m", "workbench.jobs.worker"],
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
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
        worker_loop.run(new_worker(store), wait)
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
        worker_loop.run(tired, wait)
    assert pauses.count(1.0) == 2
    assert len(starts_of(job_id)) == 1


def test_an_error_of_ours_ends_the_worker_loudly(store: Store) -> None:
    class Broken(worker.Worker):
        def step(self) -> None:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), worker_process.lock_path().open("a"):
        worker_loop.run(Broken(store), lambda _seconds: False)
