"""A training that is cancelled, at any moment, and what is kept of it."""

from pathlib import Path
from typing import Any

import pytest

from tests.helpers.engine_jobs import PEFT_WARNS, at_step, run
from tests.helpers.writers import write_job
from workbench.engine.causal import trainer
from workbench.jobs.process.report import Report

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]


def test_cancelling_keeps_the_best_checkpoint(
    tmp_path: Path, writer: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = write_job(tmp_path / "job", writer, data)
    at_step(6, monkeypatch, lambda stop: stop.cancel())
    result = run(job)
    assert (result["status"], result["steps"], result["best_step"]) == ("cancelled", 7, 4)
    assert result["scores"]["validation"]["loss"] > 0
    assert "test" not in result["scores"]
    assert (job.adapter / "adapter_model.safetensors").is_file()
    assert result["adapter"] == str(job.adapter)


def test_cancelling_before_the_first_check_leaves_no_model(
    tmp_path: Path, writer: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = write_job(tmp_path / "job", writer, data)
    at_step(1, monkeypatch, lambda stop: stop.cancel())
    result = run(job)
    assert (result["status"], result["adapter"]) == ("cancelled", None)
    assert not job.adapter.exists()


def test_cancelling_leaves_a_check_at_once(
    tmp_path: Path, writer: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, checks = write_job(tmp_path / "job", writer, data), []

    def mean_loss(loss: Any, batches: Any, tick: Any) -> float:
        checks.append(0)
        if len(checks) == 3:  # before the first step, at step 4 and at step 8
            tick.__self__.cancel()
        return whole_pass(loss, batches, tick)

    whole_pass = trainer.mean_loss
    monkeypatch.setattr(trainer, "mean_loss", mean_loss)
    result = run(job)
    assert (result["status"], result["steps"], result["best_step"]) == ("cancelled", 8, 4)
    assert (job.adapter / "adapter_model.safetensors").is_file()


def test_cancelling_the_exam_keeps_the_model_without_scores(
    tmp_path: Path, writer: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = write_job(tmp_path / "job", writer, data)
    enter = Report.phase

    def phase(self: Report, name: str, message: str) -> None:
        enter(self, name, message)
        if name == "evaluating":
            self._stop.cancel()

    monkeypatch.setattr(Report, "phase", phase)
    result = run(job)
    assert result["status"] == "cancelled"
    assert (job.adapter / "workbench.json").is_file()
    assert "test" not in result["scores"]
