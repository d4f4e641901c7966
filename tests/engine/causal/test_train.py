"""Training of models that write text, as a job, in this process."""

import math
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.helpers.engine_jobs import PEFT_WARNS, events, losses, predictions, run
from tests.helpers.writers import recipe, replies, split_replies, write_job, write_rows
from workbench.engine.causal import loss
from workbench.engine.runtime import device
from workbench.jobs.process.job_dir import read_json

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]


def test_training_lowers_the_loss_and_leaves_a_model_with_scores(
    tmp_path: Path, writer: Path, data: Path
) -> None:
    job = write_job(tmp_path / "job", writer, data, recipe=recipe(num_train_epochs=6))
    result = run(job)
    assert (result["status"], result["steps"], result["epochs"]) == ("succeeded", 24, 6.0)
    scores = result["scores"]
    assert scores["test"]["tuned"]["loss"] < scores["test"]["base"]["loss"] - 0.5
    assert scores["validation"]["loss"] == min(
        event["values"]["loss"]
        for event in events(job, "metric")
        if event["kind"] == "validation" and event["step"] == result["best_step"]
    )
    assert set(scores["test"]["base"]) == {"loss", "exact_match", "chrf", "rouge_l", "invented"}
    assert scores["test"]["baseline"] is None
    table = predictions(result)
    assert table["row_id"] == [21, 22, 23, 24]
    assert table["input"][0] == replies(24)[20]["prompt"]
    assert table["expected"][0] == replies(24)[20]["response"]
    assert table["base"] != table["tuned"]
    assert result["peak_memory_mb"] > 50
    assert result["examples_per_second"] > 0


def test_the_events_tell_phases_progress_and_curves(
    tmp_path: Path, writer: Path, data: Path
) -> None:
    job = write_job(tmp_path / "job", writer, data)
    run(job)
    phases = [event["name"] for event in events(job, "phase")]
    assert list(dict.fromkeys(phases)) == ["preparing", "training", "saving", "evaluating"]
    assert sorted(losses(job)) == list(range(1, 9))
    last = [e for e in events(job, "progress") if e["total_steps"] == 8 and "epoch" in e][-1]
    assert (last["step"], last["seconds_left"]) == (8, 0.0)
    assert last["tokens_per_second"] > 0
    checks = [e["step"] for e in events(job, "metric") if e["kind"] == "validation"]
    assert checks == [0, 4, 8]


def test_the_adapter_folder_is_enough_to_use_it_alone(
    tmp_path: Path, writer: Path, data: Path
) -> None:
    job = write_job(tmp_path / "job", writer, data, system="Be kind.")
    result = run(job)
    names = {path.name for path in job.adapter.iterdir()}
    assert names >= {
        "adapter_model.safetensors", "adapter_config.json", "workbench.json",
        "tokenizer.json", "tokenizer_config.json", "chat_template.jinja",
    }  # fmt: skip
    facts = read_json(job.adapter / "workbench.json")
    assert facts["system"] == "Be kind."
    assert facts["chat_template"] == (writer / "chat_template.jinja").read_text()
    assert facts["base"]["path"] == str(writer)
    assert facts["versions"] == result["versions"]


def test_an_unstable_training_says_what_to_lower(
    tmp_path: Path, writer: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    real = loss.AnswerLoss.__call__

    def wrong(self: Any, batch: Any) -> Any:
        total, count = real(self, batch)
        calls.append(total)
        return (total * math.nan if total.requires_grad and len(calls) > 3 else total), count

    monkeypatch.setattr(loss.AnswerLoss, "__call__", wrong)
    result = run(write_job(tmp_path / "job", writer, data))
    assert (result["status"], result["retryable"]) == ("failed", False)
    assert "unstable at step" in result["reason"]
    assert "learning rate (now 0.005)" in result["reason"]


def test_training_stops_when_practice_no_longer_improves(
    tmp_path: Path, writer: Path, data: Path
) -> None:
    settings = recipe(learning_rate=0.5, num_train_epochs=20, early_stopping_patience=2)
    result = run(write_job(tmp_path / "job", writer, data, recipe=settings))
    assert result["stopped_early"]
    assert result["steps"] < 80
    assert result["best_step"] == result["steps"] - 8


def test_a_version_without_validation_keeps_its_last_step(tmp_path: Path, writer: Path) -> None:
    data = split_replies(tmp_path / "data.parquet", train=16, validation=0, test=2)
    result = run(write_job(tmp_path / "job", writer, data))
    assert (result["status"], result["best_step"]) == ("succeeded", 8)
    assert result["scores"]["validation"] == {}


def test_without_test_rows_there_is_no_exam(tmp_path: Path, writer: Path) -> None:
    data = split_replies(tmp_path / "data.parquet", train=8, validation=2, test=0)
    result = run(write_job(tmp_path / "job", writer, data))
    assert (result["status"], result["rows"]) == ("succeeded", 0)
    assert "predictions" not in result


def test_no_examples_are_refused_in_a_sentence(tmp_path: Path, writer: Path) -> None:
    data = split_replies(tmp_path / "data.parquet", train=0, validation=2, test=2)
    result = run(write_job(tmp_path / "job", writer, data))
    assert result["status"] == "failed"
    assert "no examples to learn from" in result["reason"]


def test_a_folder_without_a_model_is_named(tmp_path: Path, data: Path) -> None:
    empty = tmp_path / "nothing"
    empty.mkdir()
    result = run(write_job(tmp_path / "job", empty, data))
    assert result["status"] == "failed"
    assert str(empty) in result["reason"]


def test_every_token_weighs_the_same_in_accumulated_batches(
    tmp_path: Path, writer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "dtype", lambda: torch.float32)
    rows = [
        {**row, "response": row["response"] * (1 + 4 * (i % 2))} for i, row in enumerate(replies(4))
    ]
    data = write_rows(tmp_path / "four.parquet", rows, ["train"] * 4)
    at_once = recipe(max_steps=1, max_length=256, lora_dropout=0.0)
    in_parts = {**at_once, "per_device_train_batch_size": 1, "gradient_accumulation_steps": 4}
    one = write_job(tmp_path / "one", writer, data, recipe=at_once)
    four = write_job(tmp_path / "four", writer, data, recipe=in_parts)
    run(one)
    run(four)
    assert losses(one)[1] == pytest.approx(losses(four)[1], rel=1e-5)
    norms = [events(job, "metric")[0]["values"]["grad_norm"] for job in (one, four)]
    assert norms[0] == pytest.approx(norms[1], rel=1e-4)


def test_all_weights_of_a_writing_model_are_not_trained(
    tmp_path: Path, writer: Path, data: Path
) -> None:
    result = run(write_job(tmp_path / "job", writer, data, recipe=recipe(method="full")))
    assert "LoRA" in result["reason"]
