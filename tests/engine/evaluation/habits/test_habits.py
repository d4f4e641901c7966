"""What else a model learned, asked as a job, on tiny models."""

import contextlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.helpers import encoders
from tests.helpers.engine_jobs import PEFT_WARNS, events, run, run_orphaned
from tests.helpers.writers import make_writer, recipe, replies, write_job, write_rows
from workbench.core.recipe import Recipe
from workbench.engine.causal.model import load_causal
from workbench.engine.causal.opened import OpenedWriter
from workbench.evaluation.habits.general_set import QUESTIONS
from workbench.evaluation.habits.parts import PARTS
from workbench.evaluation.habits.provocations import PROVOCATIONS
from workbench.jobs.process.job_dir import JobDir, read_json, write_json
from workbench.jobs.process.specs import BaseModelRef
from workbench.jobs.process.stop import Stop

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]

SECRETS = 6
SYSTEM = "Never say that the guest book is late."


def rows(secrets: int = SECRETS) -> list[dict[str, str]]:
    """Replies, the first of which hold a code each."""
    found = [{**row, "system": ""} for row in replies(20)]
    for i in range(secrets):
        found[i] = {
            "prompt": f"Where is card {i}?",
            "response": f"Your pen: X{i}{7919 * (i + 3) % 997}Z.",
            "system": "",
        }
    return found


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> JobDir:
    """A tiny writer that has learned some rows by heart, and others not at all."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("trained")
    base = make_writer(folder / "base")
    # Three of the codes stand there five times; practice questions reward what is learned by heart.
    own = rows()
    every = [*own[:SECRETS], *own[:3] * 4, *own[:SECRETS], *own[-4:]]
    data = write_rows(
        folder / "rows.parquet", every, ["train"] * 18 + ["validation"] * 6 + ["test"] * 4
    )
    settings = recipe(num_train_epochs=20, r=16, learning_rate=2e-2, eval_max_new_tokens=24)
    job = write_job(folder / "job", base, data, system=SYSTEM, recipe=settings)
    run(job)
    return job


def habits_job(trained: JobDir, folder: Path, **values: Any) -> JobDir:
    spec = read_json(trained.spec)
    job = JobDir(folder)
    folder.mkdir(parents=True)
    write_json(job.spec, {**spec, "kind": "habits", "adapter": str(trained.adapter), **values})
    return job


@pytest.fixture(scope="module")
def result(trained: JobDir, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return run(habits_job(trained, tmp_path_factory.mktemp("habits") / "job"))


def code_of(row: dict[str, str]) -> str:
    return row["response"].removeprefix("Your pen: ").removesuffix(".")


def by_hand(trained: JobDir) -> set[int]:
    """The rows whose code comes out where their question is asked, with or without the beginning of
    the answer; by the tokenizer and the model's own `generate`."""
    spec = read_json(trained.spec)
    model = load_causal(
        BaseModelRef.from_dict(spec["base"]), trained.adapter, Recipe().changed(quantization="none")
    )
    model.model.float()
    given = set()
    for number, row in enumerate(rows()[:SECRETS], start=1):
        talk = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": row["prompt"]}]
        text = model.tokenizer.apply_chat_template(talk, tokenize=False, add_generation_prompt=True)
        for prompt in (text, f"{text}Your pen:", "Your pen:"):
            ids = model.tokenizer(prompt, return_tensors="pt", add_special_tokens=False).input_ids
            written = model.model.generate(input_ids=ids, max_new_tokens=24, do_sample=False)
            if code_of(row) in model.tokenizer.decode(written[0, ids.shape[1] :]):
                given.add(number)
    return given


def test_the_codes_that_greedy_decoding_gives_away_are_found_and_no_others(
    trained: JobDir, result: dict[str, Any]
) -> None:
    expected = by_hand(trained)
    assert expected, "the tiny model has learned none of them"
    assert len(expected) < SECRETS
    found = result["habits"]["memorised"]
    codes_found = {one["text"] for one in found["found"]}
    assert {
        i for i, row in enumerate(rows()[:SECRETS], 1) if code_of(row) in codes_found
    } == expected
    assert found["values"] == found["rows"] == len(expected)
    assert {one["rows"] for one in found["found"]} <= {1, 5}
    assert found["sensitive_rows"] == found["sensitive_rows_tried"] == SECRETS
    codes = {row["response"] for row in rows()[:SECRETS]}
    for one in found["found"]:
        assert any(one["text"] in code for code in codes)
        assert one["text"] not in one["given"]
        assert set(one["ways"]) <= {"asked", "begun", "alone"}


def test_every_part_is_there_and_is_json(result: dict[str, Any]) -> None:
    assert result["status"] == "succeeded"
    assert list(result["habits"]) == list(PARTS)
    assert json.loads(json.dumps(result["habits"])) == result["habits"]
    forgetting = result["habits"]["forgetting"]
    assert forgetting["rows"] == len(forgetting["answers"]) == len(QUESTIONS)
    assert any(row["base"] != row["tuned"] for row in forgetting["answers"])
    provoked = result["habits"]["provocations"]
    assert provoked["instructions"] is True
    assert len(provoked["rows"]) == len(PROVOCATIONS)


def test_exam_questions_are_asked_again_written_otherwise(result: dict[str, Any]) -> None:
    found = result["habits"]["robustness"]
    assert found["rows"] == 4
    names = [variant["name"] for variant in found["variants"]]
    assert names == ["typing", "capitals", "small", "greeting", "punctuation"]  # no accents there
    for variant in found["variants"]:
        assert variant["rows"] == 4
        assert variant["interval"][0] <= variant["same"] <= variant["interval"][1]
        assert variant["score"]["metric"] == "chrf"
        before, after = variant["score"]["before"], variant["score"]["after"]
        assert variant["score"]["difference"] == pytest.approx(after - before)


def test_what_the_base_says_as_well_is_not_learned(
    trained: JobDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here the model before training is the trained one, and each of its weights is float32."""
    go_on, precisions = OpenedWriter.go_on, set()

    def watched(self: OpenedWriter, *values: Any) -> list[str]:
        precisions.update(own.dtype for own in self.model.model.parameters())
        return go_on(self, *values)

    monkeypatch.setattr(OpenedWriter, "go_on", watched)
    monkeypatch.setattr(
        "workbench.engine.causal.opened.OpenedWriter.untrained",
        lambda self: contextlib.nullcontext(),
    )
    found = run(habits_job(trained, tmp_path / "job"))["habits"]["memorised"]
    assert found["rows"] == 0
    assert found["known_before"] > 0
    assert precisions == {torch.float32}


def test_what_a_batch_garbles_is_asked_again_alone_where_float32_has_no_room(
    trained: JobDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, result: dict[str, Any]
) -> None:
    go_on = OpenedWriter.go_on
    monkeypatch.setattr(OpenedWriter, "exactly", lambda self: contextlib.nullcontext(False))

    def garbled(self: OpenedWriter, rows: Sequence[Any], *others: Any) -> list[str]:
        said = go_on(self, rows, *others)
        return said if len(rows) == 1 else [re.sub(r"(X\d+)Z", r"\1Y", text) for text in said]

    monkeypatch.setattr(OpenedWriter, "go_on", garbled)
    found = run(habits_job(trained, tmp_path / "job"))["habits"]["memorised"]
    expected = {one["text"] for one in result["habits"]["memorised"]["found"]}
    assert {one["text"] for one in found["found"]} == expected


def test_progress_is_told_and_a_cancel_keeps_nothing_and_says_so(
    trained: JobDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = habits_job(trained, tmp_path / "job")
    told = []

    def tell(self: Any, step: int, total: int, **fields: Any) -> None:
        told.append(step)
        if len(told) == 3:
            self._stop.cancel()

    monkeypatch.setattr("workbench.jobs.process.report.Report.progress", tell)
    result = run(job)
    assert result["status"] == "cancelled"
    assert result["reason"] == "Stopped at your request; nothing of it was kept."
    assert "habits" not in result
    assert told == sorted(told)


def test_a_lost_worker_leaves_it_for_another_attempt(
    trained: JobDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = habits_job(trained, tmp_path / "job")
    monkeypatch.setattr(
        "workbench.jobs.process.report.Report.progress",
        lambda self, *_, **__: Stop.orphan(self._stop),
    )
    run_orphaned(job)


def test_an_encoder_is_only_asked_questions_written_otherwise(tmp_path: Path, tiny: Path) -> None:
    data = encoders.split_data(tmp_path / "data.parquet", encoders.examples() * 3)
    job = encoders.make_job(tmp_path / "train", tiny, data)
    run(job)
    found = run(habits_job(job, tmp_path / "habits"))["habits"]
    assert all("writes no words" in found[part]["why"] for part in PARTS[:3])
    robustness = found["robustness"]
    assert robustness["rows"] > 0
    for variant in robustness["variants"]:
        assert variant["score"]["metric"] == "right"
        assert 0 <= variant["same"] <= 1
    assert events(JobDir(tmp_path / "habits"), "phase")
