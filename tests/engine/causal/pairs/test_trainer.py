"""Trainings on pairs of answers, as jobs."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from tests.helpers.engine_jobs import PEFT_WARNS, events, leave_at_step, predictions, run
from tests.helpers.writers import ANSWERS, ITEMS, recipe, write_job, write_rows
from workbench.engine.causal.pairs.trainer import KEPT
from workbench.jobs.process.job_dir import JobDir, read_json

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]
SPLITS = ["train"] * 16 + ["validation"] * 4 + ["test"] * 8


def pairs(count: int) -> list[dict[str, str]]:
    """Kind answers are better than rude ones, of every length."""
    return [
        {
            "prompt": f"Where is my {ITEMS[i % 6]}{', please' * (i % 3)}?",
            "chosen": f"{'Thank you for asking. ' * (i % 2)}Dear guest, {ANSWERS[i % 3]}.",
            "rejected": f"{'Leave me alone! ' * ((i + 1) % 2)}Who cares, {ANSWERS[i % 3]}!",
        }
        for i in range(count)
    ]


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pairs") / "pairs.parquet"
    return write_rows(path, pairs(28), SPLITS)


def job_of(folder: Path, writer: Path, data: Path, **settings: Any) -> JobDir:
    settings = {"num_train_epochs": 6, "learning_rate": 5e-3, **settings}
    return write_job(folder, writer, data, task="preferences", recipe=recipe(**settings))


def test_the_better_answers_become_likelier(tmp_path: Path, writer: Path, compared: Path) -> None:
    job = job_of(tmp_path / "job", writer, compared)
    result = run(job)
    scores = result["scores"]["test"]
    first = next(one for one in events(job, "metric") if one["kind"] == "validation")
    told = first["step"], first["values"]["loss"]
    assert told == (0, pytest.approx(math.log(2), abs=0.02)), "it begins as it was before"
    assert scores["tuned"]["preferred"] == 1.0 > scores["base"]["preferred"]
    assert scores["tuned"]["margin"] > scores["base"]["margin"]
    assert scores["tuned"]["worse_moved"] < scores["tuned"]["better_moved"]
    assert "better_moved" not in scores["base"]
    assert scores["longer"]["preferred"] + scores["shorter"]["preferred"] <= 1.0
    table = predictions(result)
    assert table["expected"] == table["tuned"] == [row["chosen"] for row in pairs(28)[20:]]
    assert table["other"] == [row["rejected"] for row in pairs(28)[20:]]
    sure = zip(table["better_tuned"], table["worse_tuned"], strict=True)
    assert all(better > worse for better, worse in sure)
    assert read_json(job.adapter / "workbench.json")["task"] == "preferences"
    reference = np.load(job.path / KEPT)
    assert [part.shape for part in reference.values()] == [(16, 2), (4, 2)]
    assert result["tokens"]["longest"] > result["tokens"]["mean"] > 0


def test_without_a_comparison_with_before_it_learns_the_answers_too(
    tmp_path: Path, writer: Path, compared: Path
) -> None:
    job = job_of(tmp_path / "job", writer, compared, loss="orpo", beta=0.5)
    scores = run(job)["scores"]["test"]["tuned"]
    assert scores["preferred"] == 1.0
    assert scores["better_moved"] > 0
    assert not (job.path / KEPT).exists()


def test_a_run_that_is_killed_goes_on_to_the_same_adapter(
    tmp_path: Path, writer: Path, compared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = job_of(tmp_path / "whole", writer, compared, num_train_epochs=3)
    run(whole)
    killed = job_of(tmp_path / "killed", writer, compared, num_train_epochs=3)
    leave_at_step(6, killed, monkeypatch, lambda stop, _: stop.orphan())
    spec = json.loads(killed.spec.read_text())
    killed.spec.write_text(json.dumps({**spec, "attempt": 2}))
    run(killed)
    mine, theirs = (load_file(job.adapter / "adapter_model.safetensors") for job in (whole, killed))
    assert all(torch.equal(mine[name], theirs[name]) for name in theirs)


def test_what_a_training_started_from_is_what_it_is_held_to(tmp_path: Path, writer: Path) -> None:
    rows = [
        {**row, "prompt": f"{row['prompt']} Today?" if side == "test" else row["prompt"]}
        for row, side in zip(pairs(28), SPLITS, strict=True)
    ]  # what the first has learned, nobody is asked
    compared = write_rows(tmp_path / "pairs.parquet", rows, SPLITS)
    first = job_of(tmp_path / "first", writer, compared, num_train_epochs=2)
    run(first)
    link = {
        "run_id": 1, "name": "First", "project": "Shop", "task": "preferences",
        "data": "Pairs, version 1", "base": "tiny", "digest": "",
    }  # fmt: skip
    further = write_job(
        tmp_path / "further",
        writer,
        compared,
        task="preferences",
        recipe=recipe(num_train_epochs=1, learning_rate=1e-8),
        start=str(first.adapter),
        chain=[link],
    )
    scores = run(further)["scores"]["test"]
    assert scores["parent"]["margin"] == pytest.approx(scores["tuned"]["margin"], abs=1e-3)
    assert scores["parent"]["margin"] > scores["base"]["margin"] + 0.01
    assert abs(scores["tuned"]["better_moved"]) < 1e-3, "nothing was learned, so nothing moved"


def test_a_trained_model_answers_files_in_its_own_words(
    tmp_path: Path, writer: Path, compared: Path
) -> None:
    trained = job_of(tmp_path / "job", writer, compared, num_train_epochs=1)
    run(trained)
    asked = write_rows(tmp_path / "asked.parquet", [{"prompt": "Where is it?"}], ["file"])
    answered = write_job(
        tmp_path / "answers",
        writer,
        asked,
        kind="predict",
        task="preferences",
        adapter=str(trained.adapter),
    )
    assert run(answered)["rows"] == 1
    again = write_job(
        tmp_path / "again",
        writer,
        write_rows(tmp_path / "file.parquet", pairs(6), ["file"] * 6),
        kind="evaluate",
        task="preferences",
        adapter=str(trained.adapter),
        split="file",
    )
    scores = run(again)["scores"]
    assert {"base", "tuned", "longer", "shorter"} <= {name for name, own in scores.items() if own}
