"""Learning from few examples as a job, in this process."""

import random
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import torch
from safetensors.torch import load_file

from tests.helpers.encoders import LABELS, examples, make_job, recipe, split_data
from tests.helpers.engine_jobs import events, predictions, run, run_orphaned
from workbench.data.examples.unlabelled import with_texts
from workbench.engine.encoder.encoder import Encoder
from workbench.engine.encoder.few.candidates import PROBE
from workbench.engine.encoder.few.turns import Turns
from workbench.engine.encoder.model import load_encoder_model
from workbench.jobs.process.job_dir import JobDir, read_json, write_json
from workbench.jobs.process.report import Report
from workbench.jobs.process.specs import BaseModelRef

pytestmark = pytest.mark.usefixtures("one_thread")


def few(**values: Any) -> dict[str, Any]:
    settings = {"objective": "contrastive", "max_steps": 12, "per_device_train_batch_size": 8}
    return recipe(**{**settings, **values})


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return split_data(tmp_path / "data.parquet", [*examples(), *examples()])


@pytest.fixture
def tuned_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """A random encoder has little to gain: the last candidate is taken, whatever it is worth."""
    monkeypatch.setattr("workbench.engine.encoder.few.learn.best_of", lambda found: list(found)[-1])


def stop_at(monkeypatch: pytest.MonkeyPatch, doing: str, event: str, at: int = 1) -> None:
    progress = Report.progress

    def watched(self: Report, step: int, total_steps: int, **fields: Any) -> None:
        progress(self, step, total_steps, **fields)
        if self.doing.startswith(doing) and step >= at:
            getattr(self._stop, event)()

    monkeypatch.setattr(Report, "progress", watched)


def weights(job: JobDir, name: str) -> dict[str, torch.Tensor]:
    return load_file(job.adapter / f"{name}.safetensors")


@pytest.mark.usefixtures("tuned_wins")
@pytest.mark.parametrize(("method", "rate"), [("full", 2e-3), ("lora", 2e-2)])
def test_it_learns_from_practice_rows_too_and_sits_its_exam(
    method: str, rate: float, tiny: Path, data: Path, tmp_path: Path
) -> None:
    settings = few(method=method, learning_rate=rate)
    job = make_job(tmp_path / "job", tiny, data, recipe=settings)
    result = run(job)
    assert result["status"] == "succeeded"
    assert (result["steps"], result["best_step"]) == (12, 12)
    assert result["share"] == 1.0
    phases = dict.fromkeys(event["name"] for event in events(job, "phase"))
    assert list(phases) == [
        "preparing", "embedding", "trying", "training", "saving", "evaluating",
    ]  # fmt: skip
    curve = [event for event in events(job, "metric") if event["kind"] == "validation"]
    assert [point["step"] for point in curve] == [0, 12]
    assert curve[1]["values"] == result["scores"]["validation"]
    assert set(result["scores"]["validation"]) == {"accuracy", "macro_f1", "loss"}
    assert set(result["scores"]["test"]) == {"base", "tuned", "baseline", "frequent", "nearest"}
    assert "Learning from 51 examples" in [e["message"] for e in events(job, "phase")]
    model = load_encoder_model(BaseModelRef.from_dict(read_json(job.spec)["base"]), job.adapter)
    answers = predictions(result)
    again = model.probabilities(answers["input"])
    assert [sorted(LABELS)[i] for i in again.argmax(1)] == answers["tuned"]


@pytest.mark.usefixtures("tuned_wins")
def test_held_out_rows_tell_what_belongs_to_no_category(tiny: Path, tmp_path: Path) -> None:
    rows = examples() * 5
    random.Random(1).shuffle(rows)
    data = split_data(tmp_path / "data.parquet", rows)
    job = make_job(tmp_path / "job", tiny, data, recipe=few())
    result = run(job)
    assert (result["status"], result["share"]) == ("succeeded", 1.0)
    model = load_encoder_model(BaseModelRef.from_dict(read_json(job.spec)["base"]), job.adapter)
    found = model.sort(["where is my parcel", "??? 0000 %%%% zzzzz"])
    assert found.none_of_these == [False, True]
    refused = predictions(result)["none_of_these"]
    assert sum(refused) <= 0.1 * len(refused)


@pytest.mark.usefixtures("tuned_wins")
def test_rows_without_a_category_are_examples_where_they_help(
    tiny: Path, data: Path, tmp_path: Path
) -> None:
    """Where nothing else is chosen the last candidate learns from them; all of it again by hand."""
    texts = [f"is the {subject} here" for subject in ("parcel", "invoice", "password")] * 4
    told = tmp_path / "told.parquet"
    pq.write_table(with_texts(pq.read_table(data), texts), told)
    heads = {}
    for name, path in (("without", data), ("with", told)):
        job = make_job(tmp_path / name, tiny, path, recipe=few())
        assert run(job)["status"] == "succeeded"
        heads[name] = weights(job, "head")["linear.weight"]
    logs = [event["message"] for event in events(job, "log")]
    assert "12 rows without a category will be tried as examples, too." in logs
    assert not torch.equal(heads["with"], heads["without"])


@pytest.mark.usefixtures("tuned_wins")
def test_the_same_seed_gives_the_same_model_after_a_break_in_each_phase(
    tiny: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = make_job(tmp_path / "whole", tiny, data, recipe=few())
    expected = run(whole)
    assert expected["share"] > 0

    job = make_job(tmp_path / "job", tiny, data, recipe=few())
    with monkeypatch.context() as patch:
        stop_at(patch, "trying it", "orphan", at=14)
        run_orphaned(job)
    assert [path.name for path in (job.path / "turns").iterdir()] == ["turn-0.safetensors"]
    write_json(job.spec, {**read_json(job.spec), "attempt": 2})
    taken: list[int] = []
    answers = Turns._answers
    with monkeypatch.context() as patch:
        patch.setattr(
            Turns,
            "_answers",
            lambda self, held, *rest: taken.append(1) or answers(self, held, *rest),
        )
        stop_at(patch, "learning", "orphan", at=5)
        run_orphaned(job)
    assert taken == [1]  # the first turn is not taken again
    write_json(job.spec, {**read_json(job.spec), "attempt": 3})
    result = run(job)
    assert result["scores"] == expected["scores"]
    for name in ("model", "head", "probe"):
        mine, theirs = weights(job, name), weights(whole, name)
        assert all(torch.equal(mine[key], theirs[key]) for key in theirs)


def test_turns_leave_the_encoder_as_it_was(
    tiny: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.engine.encoder.few.learn.best_of", lambda found: PROBE)
    job = make_job(tmp_path / "job", tiny, data, recipe=few())
    result = run(job)
    assert (result["share"], result["steps"]) == (0.0, 0)
    mine, base = weights(job, "model"), load_file(tiny / "model.safetensors")
    assert all(torch.equal(mine[name], base[name]) for name in mine)


@pytest.mark.usefixtures("tuned_wins")
@pytest.mark.parametrize("doing", ["trying it", "learning"])
def test_cancel_keeps_the_probe(
    doing: str, tiny: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job(tmp_path / "job", tiny, data, recipe=few())
    stop_at(monkeypatch, doing, "cancel", at=3)
    result = run(job)
    assert (result["status"], result["share"], result["best_step"]) == ("cancelled", 0.0, 0)
    mine, base = weights(job, "model"), load_file(tiny / "model.safetensors")
    assert all(torch.equal(mine[name], base[name]) for name in mine)
    head, probe = weights(job, "head"), weights(job, "probe")
    assert torch.allclose(
        head["linear.weight"] * head["scale"], probe["linear.weight"] * probe["scale"], atol=1e-4
    )


def test_a_training_that_harms_leaves_the_encoder(tiny: Path, data: Path, tmp_path: Path) -> None:
    job = make_job(tmp_path / "job", tiny, data, recipe=few(learning_rate=0.5))
    result = run(job)
    assert (result["status"], result["share"]) == ("succeeded", 0.0)
    assert any("did not help" in event["message"] for event in events(job, "log"))


def test_one_row_a_category_is_enough(tiny: Path, tmp_path: Path) -> None:
    data = split_data(tmp_path / "data.parquet", examples()[:3])
    result = run(make_job(tmp_path / "job", tiny, data, recipe=few()))
    assert (result["status"], result["share"]) == ("succeeded", 0.0)


def test_cancel_while_names_are_tried_leaves_nothing(
    tiny: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job(tmp_path / "job", tiny, data, recipe=few())
    stop_at(monkeypatch, "trying whether", "cancel", at=3)
    result = run(job)
    assert (result["status"], result.get("adapter")) == ("cancelled", None)
    told = [event["message"] for event in events(job, "phase")]
    assert told[-1] == "Trying whether the categories' names help"


def test_it_learns_with_tokens_hidden_and_reads_whole_texts(
    tiny: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forward, holes = Encoder.forward, {True: 0, False: 0}

    def watched(
        self: Encoder, input_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> torch.Tensor:
        seen = attention_mask.long()
        holes[torch.is_grad_enabled()] += int((seen.diff(dim=1) > 0).sum())
        return forward(self, input_ids, attention_mask)

    monkeypatch.setattr(Encoder, "forward", watched)
    assert run(make_job(tmp_path / "job", tiny, data, recipe=few()))["status"] == "succeeded"
    assert holes[True] > 0
    assert holes[False] == 0
