"""Training of encoders as a job, in this process."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from tests.helpers.encoders import (
    LABELS,
    examples,
    make_job,
    many_examples,
    recipe,
    split_data,
    write_data,
)
from tests.helpers.engine_jobs import PEFT_WARNS, events, predictions, run, run_orphaned
from workbench.engine.encoder.model import load_encoder_model
from workbench.engine.encoder.out_of_scope.detector import DETECTOR
from workbench.jobs.process.checkpoints import last_whole
from workbench.jobs.process.job_dir import JobDir, read_json, write_json
from workbench.jobs.process.report import Report
from workbench.jobs.process.specs import BaseModelRef
from workbench.models.bundled import bundled_path

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return split_data(tmp_path / "data.parquet", [*examples(), *examples()])


def bundle_of(job: JobDir) -> Any:
    return load_encoder_model(BaseModelRef.from_dict(read_json(job.spec)["base"]), job.adapter)


def stop_after(monkeypatch: pytest.MonkeyPatch, step: int, event: str) -> None:
    """Ask the process to stop (`cancel`) or let its worker die (`orphan`) at a step."""
    progress = Report.progress

    def watched(self: Report, at: int, total_steps: int, **fields: Any) -> None:
        progress(self, at, total_steps, **fields)
        if self.doing.startswith("learning") and at == step:
            getattr(self._stop, event)()

    monkeypatch.setattr(Report, "progress", watched)


def test_minilm_learns_and_answers_in_use_as_in_its_exam(tmp_path: Path) -> None:
    base = bundled_path("all-MiniLM-L6-v2")
    if not (base / "model.safetensors").is_file():
        pytest.skip("all-MiniLM-L6-v2 is not installed: run `make setup`")
    data = split_data(tmp_path / "data.parquet", examples())
    settings = recipe(learning_rate=4e-4, num_train_epochs=2, per_device_train_batch_size=8)
    job = make_job(tmp_path / "job", base, data, recipe=settings)
    result = run(job)

    assert result["status"] == "succeeded"
    scores = result["scores"]
    assert scores["test"]["tuned"]["accuracy"] == 1.0
    assert set(scores["test"]["base"]) == {"accuracy", "macro_f1", "loss"}
    assert set(scores["test"]["baseline"]) == {"accuracy", "macro_f1"}
    assert set(scores["validation"]) == {"accuracy", "macro_f1", "loss"}
    assert result["rows"] == 3
    assert result["peak_memory_mb"] > 100
    names = [event["name"] for event in events(job, "phase")]
    assert list(dict.fromkeys(names)) == [
        "preparing", "embedding", "training", "saving", "evaluating",
    ]  # fmt: skip
    curve = [event for event in events(job, "metric") if event["kind"] == "validation"]
    assert [point["step"] for point in curve] == [0, 3, 6]

    answers = predictions(result)
    bundle = bundle_of(job)
    again = bundle.probabilities(answers["input"])
    assert bundle.labels == sorted(LABELS)
    np.testing.assert_allclose(again.sum(1), 1.0)
    assert [bundle.labels[i] for i in again.argmax(1)] == answers["tuned"]
    np.testing.assert_array_equal(again.max(1), answers["probability"])
    facts = read_json(job.adapter / "workbench.json")
    assert facts["labels"] == sorted(LABELS)
    assert facts["base"]["name"] == base.name


@pytest.mark.parametrize(("method", "learning_rate"), [("full", 2e-3), ("lora", 5e-3)])
def test_a_run_that_goes_on_ends_as_one_that_was_never_broken(
    method: str,
    learning_rate: float,
    tiny: Path,
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = recipe(method=method, learning_rate=learning_rate)
    whole = make_job(tmp_path / "whole", tiny, data, recipe=settings)
    expected = run(whole)

    job = make_job(tmp_path / "job", tiny, data, recipe=settings)
    with monkeypatch.context() as patch:
        stop_after(patch, 14, "orphan")
        run_orphaned(job)
    assert last_whole(job.checkpoints).name == "checkpoint-14"
    write_json(job.spec, {**read_json(job.spec), "attempt": 2})
    result = run(job)

    assert result["steps"] == expected["steps"] == 33
    assert result["scores"] == expected["scores"]
    assert result["best_step"] == expected["best_step"] > 0
    for name in ("model" if method == "full" else "adapter_model", "head"):
        mine, theirs = (load_file(j.adapter / f"{name}.safetensors") for j in (job, whole))
        assert mine.keys() == theirs.keys()
        assert all(torch.equal(mine[key], theirs[key]) for key in mine)
    logs = [event["message"] for event in events(job, "log")]
    assert "Going on from the checkpoint of step 14." in logs


def test_a_run_that_goes_on_still_knows_what_was_read_before_tuning(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = split_data(tmp_path / "many.parquet", many_examples())
    settings = recipe(num_train_epochs=2)
    whole = make_job(tmp_path / "whole", tiny, data, recipe=settings)
    run(whole)
    job = make_job(tmp_path / "job", tiny, data, recipe=settings)
    with monkeypatch.context() as patch:
        stop_after(patch, 70, "orphan")
        run_orphaned(job)
    write_json(job.spec, {**read_json(job.spec), "attempt": 2})
    run(job)
    mine, theirs = (load_file(one.adapter / DETECTOR) for one in (job, whole))
    assert "origin_embeddings" in mine
    assert mine.keys() == theirs.keys()
    assert all(torch.equal(mine[key], theirs[key]) for key in mine)


def test_a_run_broken_in_its_exam_only_sits_the_exam_again(
    tiny: Path, data: Path, tmp_path: Path
) -> None:
    job = make_job(tmp_path / "job", tiny, data)
    expected = run(job)
    job.result.unlink()
    write_json(job.spec, {**read_json(job.spec), "attempt": 2})
    before = len(events(job, "metric"))
    result = run(job)
    assert result["scores"] == expected["scores"]
    assert (result["steps"], result["best_step"]) == (expected["steps"], expected["best_step"])
    assert len(events(job, "metric")) == before


def test_cancel_keeps_the_best_so_far(
    tiny: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job(tmp_path / "job", tiny, data)
    stop_after(monkeypatch, 13, "cancel")
    result = run(job)
    assert result["status"] == "cancelled"
    assert result["steps"] == 13
    assert result["best_step"] == 11
    assert result["scores"].keys() == {"validation"}
    assert bundle_of(job).probabilities(["my parcel"]).shape == (1, 3)


def test_a_training_that_is_only_concluded_keeps_its_best_state(
    tiny: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job(tmp_path / "job", tiny, data)
    with monkeypatch.context() as patch:
        stop_after(patch, 14, "orphan")
        run_orphaned(job)
    write_json(job.spec, {**read_json(job.spec), "attempt": 2, "conclude": True})
    result = run(job)
    assert (result["status"], result["best_step"]) == ("cancelled", 11)
    assert bundle_of(job).probabilities(["my parcel"]).shape == (1, 3)


def test_cancel_before_the_first_check_keeps_the_probe(
    tiny: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job(tmp_path / "job", tiny, data)
    stop_after(monkeypatch, 2, "cancel")
    result = run(job)
    assert (result["status"], result["best_step"], result["share"]) == ("cancelled", 0, 0.0)
    mine, base = (load_file(f / "model.safetensors") for f in (job.adapter, tiny))
    assert all(torch.equal(mine[name], base[name]) for name in mine)
    head, probe = (load_file(job.adapter / f"{name}.safetensors") for name in ("head", "probe"))
    assert all(torch.equal(head[name], probe[name]) for name in head)


def test_cancel_while_the_texts_are_read_leaves_nothing(
    tiny: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "workbench.jobs.process.meter.Meter.__call__",
        lambda self, share: self._check.__self__.cancel(),
    )
    result = run(make_job(tmp_path / "job", tiny, data))
    assert result["status"] == "cancelled"
    assert not result.get("adapter")


def test_tuning_that_does_not_help_leaves_the_probe(tiny: Path, data: Path, tmp_path: Path) -> None:
    settings = recipe(learning_rate=0.5, num_train_epochs=1)
    job = make_job(tmp_path / "job", tiny, data, recipe=settings)
    result = run(job)
    assert (result["status"], result["share"], result["best_step"]) == ("succeeded", 0.0, 0)
    test = result["scores"]["test"]
    assert test["tuned"] == pytest.approx(test["base"])
    assert any("did not help" in event["message"] for event in events(job, "log"))


def test_an_unstable_run_says_what_to_lower(
    tiny: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "workbench.engine.encoder.goal.cross_entropy",
        lambda scores, *_, **__: scores.sum() * float("nan"),
    )
    result = run(make_job(tmp_path / "job", tiny, data))
    assert result["status"] == "failed"
    assert "became unstable at step 1" in result["reason"]
    assert "Lower the learning rate (now 0.002)" in result["reason"]


def test_ten_rows_of_two_categories_are_enough_to_try(tiny: Path, tmp_path: Path) -> None:
    rows = examples(kinds=2)[:10]
    data = write_data(
        tmp_path / "data.parquet",
        [("train", *row) for row in rows[:8]] + [("validation", *rows[8]), ("test", *rows[9])],
    )
    result = run(make_job(tmp_path / "job", tiny, data))
    assert result["status"] == "succeeded"
    assert result["rows"] == 1
    assert len(predictions(result)["tuned"]) == 1


def test_without_practice_questions_the_last_step_counts(tiny: Path, tmp_path: Path) -> None:
    rows = [("train", *row) for row in examples()[:-2]] + [("test", *examples()[-1])]
    data = write_data(tmp_path / "data.parquet", rows)
    result = run(make_job(tmp_path / "job", tiny, data))
    assert result["status"] == "succeeded"
    assert result["scores"]["validation"] == {}
    assert (result["share"], result["best_step"]) == (0.5, result["steps"])


def test_without_exam_questions_there_are_no_test_scores(tiny: Path, tmp_path: Path) -> None:
    rows = [("train", *row) for row in examples()[:24]]
    rows += [("validation", *row) for row in examples()[24:]]
    result = run(make_job(tmp_path / "job", tiny, write_data(tmp_path / "d.parquet", rows)))
    assert (result["status"], result["rows"]) == ("succeeded", 0)
    assert "test" not in result["scores"]


def test_categories_that_were_never_learned_count_as_wrong(tiny: Path, tmp_path: Path) -> None:
    rows = [("train", *row) for row in examples()] + [
        ("validation", "my parcel never came", "Delivery"),
        ("validation", "what is this", "Other"),
        ("test", "where is my parcel", "Delivery"),
        ("test", "hello there", "Other"),
    ]
    job = make_job(tmp_path / "job", tiny, write_data(tmp_path / "d.parquet", rows))
    result = run(job)
    tuned = result["scores"]["test"]["tuned"]
    assert tuned["accuracy"] <= 0.5
    own = dict(zip(predictions(result)["expected"], predictions(result)["tuned"], strict=True))
    bundle = bundle_of(job)
    place = bundle.labels.index("Delivery")
    probability = bundle.probabilities(["where is my parcel", "hello there"])[0, place]
    assert tuned["loss"] == pytest.approx(-np.log(probability))
    assert own["Other"] in LABELS
    logs = " ".join(event["message"] for event in events(job, "log"))
    assert "1 practice questions are left out" in logs
    assert "1 exam questions count as wrong: their categories ('Other')" in logs


def test_one_category_only_is_refused_in_a_sentence(tiny: Path, tmp_path: Path) -> None:
    data = write_data(tmp_path / "d.parquet", [("train", f"text {i}", "Same") for i in range(9)])
    result = run(make_job(tmp_path / "job", tiny, data))
    assert result["status"] == "failed"
    assert "All training examples are of one category ('Same')" in result["reason"]


@pytest.mark.parametrize(
    ("way", "said"), [("windows", "all is read"), ("head", "only the beginning is read")]
)
def test_how_long_texts_are_read_is_told_with_their_number(
    tiny: Path, tmp_path: Path, way: str, said: str
) -> None:
    rows = [(text + " please" * 90, label) for text, label in examples()]
    data = split_data(tmp_path / "d.parquet", rows)
    job = make_job(tmp_path / "job", tiny, data, recipe=recipe(long_texts=way))
    assert run(job)["status"] == "succeeded"
    logs = [event["message"] for event in events(job, "log")]
    (told,) = [message for message in logs if "longer than the 48 tokens" in message]
    assert said in told
    assert f"{len(rows)} of" in told or "All" in told


def test_recomputing_activations_changes_nothing_but_memory(
    tiny: Path, data: Path, tmp_path: Path
) -> None:
    results = [
        run(make_job(tmp_path / str(on), tiny, data, recipe=recipe(gradient_checkpointing=on)))
        for on in (False, True)
    ]
    assert results[0]["scores"] == results[1]["scores"]
