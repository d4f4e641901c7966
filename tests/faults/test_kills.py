"""`kill -9` of trainer, worker, web process and all of them, in every phase of a training."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Store
from storage.tables import SUCCEEDED
from tests.fakes.harness import until
from tests.faults.real import (
    PATIENCE_S,
    Machine,
    all_events,
    start_run,
    trainers,
    training_steps,
    wait_for_end,
    wait_for_phase,
)
from workbench.jobs import worker_process

LOOK_S = 0.2


def kill(computer: Machine, victim: str, job_id: int) -> None:
    """End it, and start again what a person would start again."""
    if victim in ("worker", "all"):
        computer.kill_worker()
    if victim in ("trainer", "all"):
        computer.kill_trainer(job_id)
    if victim == "all":
        computer.kill_web()
        computer.start_web()
    if victim in ("worker", "all"):
        computer.start_worker()


@contextlib.contextmanager
def counting_trainers(job_id: int) -> Iterator[set[int]]:
    """How many trainers of the job there are, looked at all the time."""
    counts, over = {0}, threading.Event()

    def look() -> None:
        while not over.wait(LOOK_S):
            counts.add(len(trainers(job_id)))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield counts
    finally:
        over.set()
        looking.join()


EARLY, LATE = ("preparing", "training"), ("saving", "evaluating")


@pytest.mark.parametrize(
    ("victim", "moments"),
    [
        ("trainer", EARLY),
        ("worker", EARLY),
        ("all", LATE),
        pytest.param("trainer", LATE, marks=pytest.mark.release),
        pytest.param("worker", LATE, marks=pytest.mark.release),
        pytest.param("all", EARLY, marks=pytest.mark.release),
    ],
)
def test_a_training_survives_what_is_killed(
    computer: Machine, store: Store, tiny: Path, tmp_path: Path, victim: str, moments: list[str]
) -> None:
    job_id = start_run(store, tiny, tmp_path)
    if victim == "all":
        computer.start_web()
    computer.start_worker()
    attempt = 0
    with counting_trainers(job_id) as counts:
        for moment in moments:
            attempt = wait_for_phase(job_id, moment, after=attempt)
            kill(computer, victim, job_id)
        job = wait_for_end(store, job_id)
    assert (job.status, job.retries) == (SUCCEEDED, 2)
    assert max(counts) == 1  # at no moment were there two
    steps = [
        e["step"] for e in all_events(job_id) if (e["type"], e.get("kind")) == ("metric", "train")
    ]
    assert training_steps(store, job) == sorted(set(steps)) == list(range(1, max(steps) + 1))
    assert not trainers(job_id)
    attempts = [event["attempt"] for event in all_events(job_id)]
    assert attempts == sorted(attempts)  # no two trainers ever wrote at the same time


def test_without_the_web_process_a_training_goes_on(
    computer: Machine, store: Store, tiny: Path, tmp_path: Path
) -> None:
    job_id = start_run(store, tiny, tmp_path)
    computer.start_web()
    computer.start_worker()
    wait_for_phase(job_id, "preparing", after=0)
    computer.kill_web()
    job = wait_for_end(store, job_id)
    assert (job.status, job.attempt) == (SUCCEEDED, 1)


def test_a_second_worker_is_refused(computer: Machine, store: Store) -> None:
    computer.start_worker()
    until(worker_process.worker_info, PATIENCE_S)
    second = computer.start_worker()
    said, _ = second.communicate(timeout=PATIENCE_S)
    assert second.returncode == 2
    assert "A worker runs for" in said
    assert "Traceback" not in said
