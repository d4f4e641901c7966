"""A training that is interrupted, and what goes on from its checkpoints."""

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.helpers.engine_jobs import PEFT_WARNS, at_step, events, leave_at_step, losses, run
from tests.helpers.writers import recipe, write_job
from workbench.jobs.process import checkpoints
from workbench.jobs.process.job_dir import JobDir, read_json, write_json
from workbench.jobs.process.stop import Stop

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]


def worker_dies(stop: Stop, _job: JobDir) -> None:
    stop.orphan()


def user_pauses(_stop: Stop, job: JobDir) -> None:
    job.pause.touch()
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize("interrupt", [worker_dies, user_pauses])
def test_a_run_that_goes_on_learns_as_if_never_interrupted(
    tmp_path: Path,
    writer: Path,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    interrupt: Callable[[Stop, JobDir], None],
) -> None:
    settings = recipe(lora_dropout=0.1, num_train_epochs=3)
    whole = write_job(tmp_path / "whole", writer, data, recipe=settings)
    run(whole)
    torn = write_job(tmp_path / "torn", writer, data, recipe=settings)
    leave_at_step(6, torn, monkeypatch, interrupt)
    torn.pause.unlink(missing_ok=True)
    write_json(torn.spec, {**read_json(torn.spec), "attempt": 2})
    run(torn)
    assert losses(torn) == losses(whole)
    assert any("checkpoint of step 7" in event["message"] for event in events(torn, "log"))
    weights = [load_file(job.adapter / "adapter_model.safetensors") for job in (whole, torn)]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])


def test_another_run_goes_on_from_a_checkpoint_as_if_it_were_its_own(
    tmp_path: Path, writer: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = recipe(lora_dropout=0.1, num_train_epochs=3)
    whole = write_job(tmp_path / "whole", writer, data, recipe=settings)
    run(whole)
    former = write_job(tmp_path / "former", writer, data, recipe=settings)
    leave_at_step(6, former, monkeypatch, worker_dies)
    where = {"continue_from": str(former.checkpoints)}
    job = write_job(tmp_path / "job", writer, data, recipe=settings, **where)
    with monkeypatch.context() as patch:  # the former run is deleted as soon as this one learns
        at_step(8, patch, lambda _: shutil.rmtree(former.path))
        result = run(job)
    assert result["status"] == "succeeded"
    assert sorted(losses(job)) == list(range(8, 13))
    assert losses(job).items() <= losses(whole).items()
    weights = [load_file(j.adapter / "adapter_model.safetensors") for j in (whole, job)]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])


def test_a_training_that_is_only_concluded_keeps_its_best_state(
    tmp_path: Path, writer: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = write_job(tmp_path / "job", writer, data)
    leave_at_step(6, job, monkeypatch, worker_dies)
    write_json(job.spec, {**read_json(job.spec), "attempt": 2, "conclude": True})
    result = run(job)
    assert (result["status"], result["best_step"]) == ("cancelled", 4)
    assert (job.adapter / "adapter_model.safetensors").is_file()
    assert result["steps"] <= 8


def test_a_torn_checkpoint_counts_as_absent(
    tmp_path: Path, writer: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = write_job(tmp_path / "job", writer, data)
    leave_at_step(5, job, monkeypatch, worker_dies)
    last = checkpoints.last_whole(job.checkpoints)
    assert last is not None
    with (last / "optimizer.pt").open("ab") as handle:
        handle.truncate(100)
    whole = checkpoints.last_whole(job.checkpoints)
    assert whole is not None
    assert checkpoints.step_of(whole) == 4
    write_json(job.spec, {**read_json(job.spec), "attempt": 2})
    assert run(job)["status"] == "succeeded"
    assert any("checkpoint of step 4" in event["message"] for event in events(job, "log"))


def test_a_first_attempt_ignores_what_lies_in_the_folder(
    tmp_path: Path, writer: Path, data: Path
) -> None:
    job = write_job(tmp_path / "job", writer, data)
    run(job)
    run(job)
    assert not [e for e in events(job, "log") if "Going on" in e["message"]]
