"""Real steps before a training: they measure, refuse what cannot fit, and change nothing."""

from pathlib import Path
from typing import Any

import pytest

from tests.helpers import encoders, rewriters, writers
from tests.helpers.engine_jobs import events, losses, run
from workbench.engine.runtime import device
from workbench.engine.training import preflight
from workbench.jobs.process.job_dir import JobDir, read_json, write_json
from workbench.jobs.process.specs import MeasureSpec
from workbench.training.lengths import read_lengths
from workbench.training.outlook import Measured

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """However short a run is, it is measured before."""
    monkeypatch.setattr(preflight, "COSTLY", 1e9)


def as_measurement(job: JobDir) -> JobDir:
    write_json(job.spec, {**(read_json(job.spec) or {}), "kind": MeasureSpec.kind})
    return job


def phases(job: JobDir) -> list[str]:
    return [event["name"] for event in events(job, "phase")]


@pytest.mark.parametrize("settings", [{"lora_dropout": 0.1}, {"gradient_checkpointing": True}])
def test_a_measured_training_learns_the_same(
    writer: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, Any],
) -> None:  # fmt: skip
    recipe = writers.recipe(num_train_epochs=1, **settings)
    plain = writers.write_job(tmp_path / "plain", writer, data, recipe=recipe)
    assert run(plain)["status"] == "succeeded"
    assert "measuring" not in phases(plain)  # it would cost more than it tells
    monkeypatch.setattr(preflight, "COSTLY", 1e9)
    measured = writers.write_job(tmp_path / "measured", writer, data, recipe=recipe)
    result = run(measured)
    assert phases(measured).index("measuring") < phases(measured).index("training")
    assert losses(measured) == losses(plain)
    assert result["measured"]["training_mb"] > 50
    (told,) = events(measured, "measured")
    assert told["values"] == result["measured"]


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("objective", ["classes", "contrastive"])
def test_an_encoder_that_was_measured_learns_the_same(
    objective: str, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encoders.split_data(tmp_path / "data.parquet", encoders.examples())
    recipe = encoders.recipe(num_train_epochs=1, objective=objective)
    monkeypatch.setattr("workbench.engine.encoder.few.learn.best_of", lambda found: list(found)[-1])
    measured = encoders.make_job(tmp_path / "measured", tiny, data, recipe=recipe)
    assert run(measured)["measured"]["step_s"] > 0
    monkeypatch.setattr(preflight, "COSTLY", 0.0)
    plain = encoders.make_job(tmp_path / "plain", tiny, data, recipe=recipe)
    run(plain)
    assert losses(measured) == losses(plain)


def test_without_measuring_the_first_steps_tell(writer: Path, data: Path, tmp_path: Path) -> None:
    recipe = writers.recipe(num_train_epochs=1)
    job = writers.write_job(tmp_path / "job", writer, data, recipe=recipe)
    result = run(job)
    assert result["measured"]["tokens_in_step"] > 0
    lengths = read_lengths(result["tokens"])
    assert lengths is not None
    assert lengths.counted
    assert 0 < lengths.answer_mean < lengths.mean <= lengths.longest


@pytest.mark.usefixtures("always")
def test_what_needs_too_much_is_refused_before_a_whole_step(
    writer: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "free_memory", lambda: -(10**12))
    job = writers.write_job(tmp_path / "job", writer, data)
    result = run(job)
    assert result["status"] == "failed"
    assert result["out_of_memory"] is True
    assert result["needed_mb"] > result["there_mb"]
    assert result["reason"].startswith("The training was not begun: measured on its longest")
    assert "training" not in phases(job)


@pytest.mark.parametrize("quantization", ["none", "nf4"])
def test_a_measurement_tells_every_phase_and_leaves_no_model_to_use(
    writer: Path, data: Path, tmp_path: Path, quantization: str
) -> None:
    recipe = writers.recipe(quantization=quantization)
    job = as_measurement(writers.write_job(tmp_path / "job", writer, data, recipe=recipe))
    result = run(job)
    assert result["status"] == "succeeded", result["reason"]
    told = Measured.read(result["measured"])
    assert told is not None
    assert set(told.phases) == {"load", "training", "exam"}
    assert told.memory_mb >= max(told.phases.values()) - 1
    assert told.disk_mb > 0
    assert "adapter" not in result


def test_encoders_and_encoder_decoders_are_measured_as_well(tiny: Path, tmp_path: Path) -> None:
    data = encoders.split_data(tmp_path / "data.parquet", encoders.examples())
    reader = as_measurement(encoders.make_job(tmp_path / "reader", tiny, data))
    classes = run(reader)["measured"]
    assert Measured.read(classes) is not None
    few = encoders.recipe(objective="contrastive")
    reader = as_measurement(encoders.make_job(tmp_path / "few", tiny, data, recipe=few))
    contrastive = run(reader)["measured"]
    assert Measured.read(contrastive) is not None
    longer = contrastive["tokens"]["quantiles"] != classes["tokens"]["quantiles"]
    assert longer, "the names and the practice questions are lessons as well"
    base = rewriters.make_rewriter(tmp_path / "t5")
    replies = writers.split_replies(tmp_path / "replies.parquet")
    rewriter = as_measurement(
        writers.write_job(tmp_path / "rewriter", base, replies, family="seq2seq")
    )
    result = run(rewriter)
    assert Measured.read(result["measured"]) is not None, result["reason"]
    lengths = read_lengths(result["measured"]["tokens"])
    assert lengths is not None
    assert lengths.answer_longest > 0


def test_one_example_at_a_time_is_tried_by_its_beginning() -> None:
    import torch

    ids = torch.arange(8)[None]
    labels = torch.full_like(ids, -100)
    labels[0, -1] = 7
    part = preflight._part({"input_ids": ids, "labels": labels}, 0.25)
    assert part["input_ids"].shape == (1, 2)
    assert (part["labels"] >= 0).all()
