"""Pausing, going on and cancelling with the real trainer, and cancels at every possible moment."""

import random
from pathlib import Path

from storage.database import Store
from storage.tables import CANCELLED, PAUSED, RUNNING, STARTING, SUCCEEDED
from tests.fakes.harness import add_job, drive, end_leftovers, folder_of, job_of, new_worker, until
from tests.faults.real import (
    PATIENCE_S,
    Machine,
    all_events,
    losses,
    start_run,
    wait_for_end,
    wait_for_phase,
)
from workbench.jobs.queue import cancel_job, pause_job, resume_job

JOBS = 25


def wait_for_step(job_id: int, step: int) -> None:
    """Wait until the training itself, not what goes before it, has come so far."""

    def seen() -> bool:
        events = all_events(job_id)
        begun = [
            n for n, e in enumerate(events) if (e["type"], e.get("name")) == ("phase", "training")
        ]
        learned = events[begun[0] :] if begun else []
        return any(e["type"] == "progress" and e["step"] >= step for e in learned)

    until(seen, PATIENCE_S)


def wait_for_status(store: Store, job_id: int, status: str) -> None:
    def seen() -> bool:
        job = job_of(store, job_id)
        return job.status == status or job.finished_at is not None

    until(seen, PATIENCE_S)
    assert job_of(store, job_id).status == status


def test_the_curve_of_a_paused_run_is_that_of_one_that_never_was(
    computer: Machine, store: Store, tiny: Path, tmp_path: Path
) -> None:
    settings = {
        "num_train_epochs": 40, "evals_per_epoch": 0.5, "early_stopping_patience": 0,
        "lora_dropout": 0.1,
    }  # fmt: skip
    paused = start_run(store, tiny, tmp_path, **settings)
    computer.start_worker()
    wait_for_step(paused, 3)
    pause_job(store, paused)
    wait_for_status(store, paused, PAUSED)
    whole = start_run(store, tiny, tmp_path, **settings)
    wait_for_status(store, whole, RUNNING)
    assert job_of(store, paused).reason.startswith("Paused at your request at step")
    resume_job(store, paused)
    ends = [wait_for_end(store, job_id) for job_id in (whole, paused)]
    assert [job.status for job in ends] == [SUCCEEDED, SUCCEEDED]
    curves = [losses(store, job) for job in ends]
    assert len(curves[0]) == 160
    assert curves[0] == curves[1]
    adapters = [(folder_of(job.id).adapter / "adapter_model.safetensors") for job in ends]
    assert adapters[0].read_bytes() == adapters[1].read_bytes()


def test_a_pause_in_another_phase_is_a_pause(
    computer: Machine, store: Store, tiny: Path, tmp_path: Path
) -> None:
    slow = {"examples": 1500, "eval_max_new_tokens": 90, "max_steps": 4}  # an exam of some seconds
    job_id = start_run(store, tiny, tmp_path, **slow)
    computer.start_worker()
    for number, moment in enumerate(("preparing", "evaluating")):
        wait_for_phase(job_id, moment, after=number)
        pause_job(store, job_id)
        wait_for_status(store, job_id, PAUSED)
        resume_job(store, job_id)
    assert wait_for_end(store, job_id).status == SUCCEEDED
    assert job_of(store, job_id).retries == 0


def test_a_cancelled_training_leaves_a_model_that_can_be_used(
    computer: Machine, store: Store, tiny: Path, tmp_path: Path
) -> None:
    job_id = start_run(store, tiny, tmp_path, num_train_epochs=100)
    computer.start_worker()
    wait_for_step(job_id, 5)
    cancel_job(store, job_id)
    job = wait_for_end(store, job_id)
    assert job.status == CANCELLED
    assert Path((job.result or {})["adapter"], "adapter_model.safetensors").is_file()


def test_a_cancel_while_it_starts_leaves_nothing(
    computer: Machine, store: Store, tiny: Path, tmp_path: Path
) -> None:
    job_id = start_run(store, tiny, tmp_path)
    computer.start_worker()
    wait_for_status(store, job_id, STARTING)
    cancel_job(store, job_id)
    job = wait_for_end(store, job_id)
    assert (job.status, (job.result or {}).get("adapter")) == (CANCELLED, None)


def test_a_cancel_at_any_moment_ends_as_succeeded_or_as_cancelled(store: Store) -> None:
    """A result that was written first wins; a cancel that came first leaves none that succeeded."""
    worker, chance = new_worker(store), random.Random(7)
    try:
        for _ in range(JOBS):
            job_id = add_job(store, steps=5, step_s=0.01)
            looks = chance.randrange(30)
            for _ in range(looks):
                worker.step()
            cancel_job(store, job_id)
            drive(worker, lambda job_id=job_id: job_of(store, job_id).finished_at is not None)
            job = job_of(store, job_id)
            result = (job.result or {}).get("status")
            assert (job.status, result) in (
                (SUCCEEDED, SUCCEEDED),
                (CANCELLED, CANCELLED),
                (CANCELLED, None),
            )
            if folder_of(job_id).path.exists():
                assert not folder_of(job_id).is_locked()
    finally:
        end_leftovers()
