"""Training of models that write text, as a job, in this process."""

import math
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import torch
from safetensors.torch import load_file

from tests.trainer.encoders import PEFT_WARNS, events, predictions, run, run_orphaned
from tests.trainer.writers import recipe, replies, split_replies, write_job, write_rows
from workbench.job_dir import JobDir, read_json, write_json
from workbench.trainer import checkpoints, learning, loss, machine
from workbench.trainer.process import Process

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return split_replies(tmp_path / "replies.parquet")


def at_step(step: int, monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    """Do `act` (with the process) when a training step has been told."""
    tell = Process.metric

    def metric(self: Process, kind: str, number: int, values: Any) -> None:
        tell(self, kind, number, values)
        if (kind, number) == ("train", step):
            act(self)

    monkeypatch.setattr(Process, "metric", metric)


def losses(job: JobDir) -> dict[int, float]:
    """Step → loss of the training curve."""
    return {
        event["step"]: event["values"]["loss"]
        for event in events(job, "metric")
        if event["kind"] == "train"
    }


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
    assert set(scores["test"]["base"]) == {"loss", "exact_match", "chrf"}
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


def worker_dies(process: Process) -> None:
    process.orphaned.set()


def user_pauses(process: Process) -> None:
    process.job.pause.touch()
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize("interrupt", [worker_dies, user_pauses])
def test_a_run_that_goes_on_learns_as_if_never_interrupted(
    tmp_path: Path,
    writer: Path,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    interrupt: Callable[[Process], None],
) -> None:
    settings = recipe(lora_dropout=0.1, num_train_epochs=3)
    whole = write_job(tmp_path / "whole", writer, data, recipe=settings)
    run(whole)
    torn = write_job(tmp_path / "torn", writer, data, recipe=settings)
    with monkeypatch.context() as patch:
        at_step(6, patch, interrupt)
        run_orphaned(torn)
    torn.pause.unlink(missing_ok=True)
    write_json(torn.spec, {**read_json(torn.spec), "attempt": 2})
    run(torn)
    assert losses(torn) == losses(whole)
    assert any("checkpoint of step 7" in event["message"] for event in events(torn, "log"))
    weights = [load_file(job.adapter / "adapter_model.safetensors") for job in (whole, torn)]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])


def test_a_training_that_is_only_concluded_keeps_its_best_state(
    tmp_path: Path, writer: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = write_job(tmp_path / "job", writer, data)
    with monkeypatch.context() as patch:
        at_step(6, patch, worker_dies)
        run_orphaned(job)
    write_json(job.spec, {**read_json(job.spec), "attempt": 2, "conclude": True})
    result = run(job)
    assert (result["status"], result["best_step"]) == ("cancelled", 4)
    assert (job.adapter / "adapter_model.safetensors").is_file()
    assert result["steps"] <= 8


def test_another_run_goes_on_from_a_checkpoint_as_if_it_were_its_own(
    tmp_path: Path, writer: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = recipe(lora_dropout=0.1, num_train_epochs=3)
    whole = write_job(tmp_path / "whole", writer, data, recipe=settings)
    run(whole)
    former = write_job(tmp_path / "former", writer, data, recipe=settings)
    with monkeypatch.context() as patch:
        at_step(6, patch, worker_dies)
        run_orphaned(former)
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


def test_a_torn_checkpoint_counts_as_absent(
    tmp_path: Path, writer: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = write_job(tmp_path / "job", writer, data)
    with monkeypatch.context() as patch:
        at_step(5, patch, lambda process: process.orphaned.set())
        run_orphaned(job)
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


def test_cancelling_keeps_the_best_checkpoint(
    tmp_path: Path, writer: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = write_job(tmp_path / "job", writer, data)
    at_step(6, monkeypatch, lambda process: process.stop.set())
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
    at_step(1, monkeypatch, lambda process: process.stop.set())
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
            tick.__self__.stop.set()
        return whole_pass(loss, batches, tick)

    whole_pass = learning.mean_loss
    monkeypatch.setattr(learning, "mean_loss", mean_loss)
    result = run(job)
    assert (result["status"], result["steps"], result["best_step"]) == ("cancelled", 8, 4)
    assert (job.adapter / "adapter_model.safetensors").is_file()


def test_cancelling_the_exam_keeps_the_model_without_scores(
    tmp_path: Path, writer: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = write_job(tmp_path / "job", writer, data)
    enter = Process.phase

    def phase(self: Process, name: str, message: str) -> None:
        enter(self, name, message)
        if name == "evaluating":
            self.stop.set()

    monkeypatch.setattr(Process, "phase", phase)
    result = run(job)
    assert result["status"] == "cancelled"
    assert (job.adapter / "workbench.json").is_file()
    assert "test" not in result["scores"]


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
    monkeypatch.setattr(machine, "dtype", lambda: torch.float32)
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


def test_categories_are_learned_and_compared_with_the_simple_baseline(
    tmp_path: Path, writer: Path
) -> None:
    rows = [
        {"text": row["prompt"], "label": "late" if i % 2 else "lost"}
        for i, row in enumerate(replies(24))
    ]
    splits = ["train"] * 16 + ["validation"] * 4 + ["test"] * 4
    data = write_rows(tmp_path / "data.parquet", rows, splits)
    result = run(write_job(tmp_path / "job", writer, data, task="classification"))
    scores = result["scores"]["test"]
    assert set(scores["tuned"]) == {"loss", "accuracy", "macro_f1"}
    assert set(scores["baseline"]) == {"accuracy", "macro_f1"}
    table = predictions(result)
    assert set(table["tuned"]) | set(table["base"]) | set(table["baseline"]) <= {"late", "lost"}
    assert all(0.5 <= share <= 1 for share in table["probability"])
    assert read_json(tmp_path / "job/adapter/workbench.json")["labels"] == ["late", "lost"]


def test_documents_are_learned_whole_and_go_on_in_the_exam(tmp_path: Path, writer: Path) -> None:
    rows = [{"text": f"{row['prompt']} {row['response']} " * 9} for row in replies(24)]
    splits = ["train"] * 16 + ["validation"] * 4 + ["test"] * 4
    data = write_rows(tmp_path / "data.parquet", rows, splits)
    result = run(write_job(tmp_path / "job", writer, data, task="language-modelling"))
    scores = result["scores"]["test"]
    assert set(scores["tuned"]) == {"loss"}
    assert scores["tuned"]["loss"] < scores["base"]["loss"]
    assert rows[20]["text"].startswith(predictions(result)["input"][0])


def test_a_file_is_scored_and_answered_with_the_trained_model(
    tmp_path: Path, writer: Path, data: Path
) -> None:
    trained = write_job(tmp_path / "job", writer, data)
    result = run(trained)
    again = write_job(
        tmp_path / "again",
        writer,
        write_rows(tmp_path / "test.parquet", replies(24)[20:], ["file"] * 4),
        kind="evaluate",
        adapter=str(trained.adapter),
        split="file",
    )
    scored = run(again)
    assert scored["scores"] == result["scores"]["test"]
    assert predictions(scored)["tuned"] == predictions(result)["tuned"]
    asked = tmp_path / "asked.parquet"
    pq.write_table(pq.read_table(tmp_path / "test.parquet", columns=["row_id", "prompt"]), asked)
    answered = run(
        write_job(tmp_path / "answers", writer, asked, kind="predict", adapter=str(trained.adapter))
    )
    assert answered["rows"] == 4
    assert predictions(answered)["output"] == predictions(result)["tuned"]
    base = run(write_job(tmp_path / "base", writer, asked, kind="predict", adapter=None))
    assert predictions(base)["output"] == predictions(result)["base"]


def test_all_weights_of_a_writing_model_are_not_trained(
    tmp_path: Path, writer: Path, data: Path
) -> None:
    result = run(write_job(tmp_path / "job", writer, data, recipe=recipe(method="full")))
    assert "LoRA" in result["reason"]
