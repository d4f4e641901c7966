"""Other tasks of models that write text: categories, documents, answers for a file."""

import json
import math
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
import torch

from tests.helpers.engine_jobs import PEFT_WARNS, predictions, run
from tests.helpers.writers import recipe, replies, write_job, write_rows
from workbench.core.chats.calls import introduced
from workbench.core.recipe import Recipe
from workbench.core.tools.tool import read
from workbench.engine.causal import engine
from workbench.engine.causal.systems import prompt_of
from workbench.engine.generative.fields.writing import free
from workbench.engine.runtime import device
from workbench.evaluation.scoring.all_scores import all_scores
from workbench.evaluation.scoring.row_scores import score_rows
from workbench.jobs.process.job_dir import read_json
from workbench.jobs.process.specs import BaseModelRef, PredictSpec
from workbench.models.trained import read_trained

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]


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


def test_several_categories_are_written_and_held_to_those_that_there_are(
    tmp_path: Path, writer: Path
) -> None:
    sets = ("late", "late; lost", "none of them", "lost")
    rows = [{"text": row["prompt"], "label": sets[i % 4]} for i, row in enumerate(replies(24))]
    splits = ["train"] * 16 + ["validation"] * 4 + ["test"] * 4
    data = write_rows(tmp_path / "data.parquet", rows, splits)
    result = run(write_job(tmp_path / "job", writer, data, task="multi_label"))
    scores = result["scores"]["test"]
    assert set(scores["tuned"]) == {"loss", "micro_f1", "macro_f1", "exact_sets"}
    assert set(scores["baseline"]) == {"micro_f1", "macro_f1", "exact_sets"}
    table = predictions(result)
    assert set(table["tuned"]) | set(table["base"]) | set(table["baseline"]) <= {*sets}
    facts = read_json(tmp_path / "job/adapter/workbench.json")
    assert facts["labels"] == ["late", "lost"]
    assert facts["thresholds"] == []


def test_documents_are_learned_whole_and_go_on_in_the_exam(
    tmp_path: Path, writer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"text": f"{row['prompt']} {row['response']} " * 9} for row in replies(24)]
    splits = ["train"] * 16 + ["validation"] * 4 + ["test"] * 4
    data = write_rows(tmp_path / "data.parquet", rows, splits)
    few = recipe(eval_max_rows=2)
    job = write_job(tmp_path / "job", writer, data, task="language-modelling", recipe=few)
    result = run(job)
    scores = result["scores"]["test"]
    assert set(scores["tuned"]) == {"loss", "perplexity", "bits_per_byte"}
    assert scores["tuned"]["loss"] < scores["base"]["loss"]
    table = predictions(result)
    assert rows[20]["text"].startswith(table["input"][0])
    assert result["rows"] == len(table["input"]) == 4, "each held-out text is scored"
    assert sum(map(bool, table["tuned"])) == 2, "and some are gone on with"
    assert table["bytes"] == [len(row["text"].encode()) for row in rows[20:]]
    nats, size = sum(table["nats_tuned"]), sum(table["bytes"])
    assert scores["tuned"]["bits_per_byte"] == pytest.approx(nats / size / math.log(2))
    assert scores["tuned"]["perplexity"] == pytest.approx(
        math.exp(nats / sum(table["tokens_tuned"]))
    )
    assert "Packed into" in capsys.readouterr().out


def test_a_file_is_scored_and_answered_with_the_trained_model(
    tmp_path: Path, writer: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In float32: exam and file are computed by two engines, whose 16 bits round apart."""
    monkeypatch.setattr(device, "dtype", lambda: torch.float32)
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


def test_tools_are_kept_with_the_model_and_every_call_is_an_exam_question(
    tmp_path: Path, writer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = '<tool_call>\n{"name": "find", "arguments": {"what": "pen"}}\n</tool_call>'
    said = ["Where is my pen?", call, "<tool_response>\nshelf\n</tool_response>", "On the shelf."]
    turns = [{"role": "system", "content": introduced(["find(what): Finds things."])}]
    turns += [
        {"role": ("user", "assistant")[place % 2], "content": text}
        for place, text in enumerate(said)
    ]
    rows = [{"messages": json.dumps(turns)}] * 10
    splits = ["train"] * 6 + ["validation"] * 2 + ["test"] * 2
    data = write_rows(tmp_path / "data.parquet", rows, splits)
    few = recipe(max_length=256)
    result = run(write_job(tmp_path / "job", writer, data, task="chat", recipe=few))
    table = predictions(result)
    assert table["expected"] == [call, "On the shelf."] * 2
    trained = read_trained(tmp_path / "job/adapter")
    assert trained.calls_tools
    (tool,) = read(trained.tools)
    assert (tool.name, tool.line, tool.calls) == ("find", "find(what): Finds things.", 8)
    assert [(own.name, own.schema) for own in tool.inputs] == [("what", {"type": ["string"]})]
    scores = {score.name: score for score in all_scores("chat", _judged(table), "tuned")}
    assert "calls_right" in scores
    _is_told_of_tools(tmp_path / "job/adapter", writer, monkeypatch)


def _is_told_of_tools(adapter: Path, writer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question of a file that names no tools."""
    seen: list[Any] = []
    monkeypatch.setattr(engine, "answer", lambda model, *others: seen.append(model))
    base = BaseModelRef("w", writer, "causal", "r")
    spec = PredictSpec(
        run_id=1, task="chat", base=base, recipe=Recipe(), data=adapter, adapter=adapter
    )
    ask: Any = engine.answerer(spec)
    ask([], None, None)
    with free():
        ask = engine.answerer(spec)
        ask([], None, None)
    row = {"messages": json.dumps([{"role": "user", "content": "Hi"}])}
    assert ["- find(what): Finds things." in prompt_of(model, row) for model in seen] == [
        True,
        False,
    ]


def _judged(table: dict[str, list[Any]]) -> pd.DataFrame:
    return score_rows(pd.DataFrame(table), "chat")
