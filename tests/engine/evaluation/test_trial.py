"""A trial of a sweep answers practice questions, and nobody asks it the exam."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.engine.encoder.few.test_learn import few
from tests.helpers import encoders, writers
from tests.helpers.engine_jobs import PEFT_WARNS, events, run
from workbench.core.metrics import metric_of
from workbench.core.tasks import LANGUAGE_MODELLING
from workbench.engine.encoder.model import load_encoder_model
from workbench.engine.rows import read_rows
from workbench.evaluation.scoring.intervals import wilson_interval
from workbench.jobs.process.specs import BaseModelRef

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]


def test_a_model_that_sorts_is_told_by_the_practice_rows_alone(tiny: Path, tmp_path: Path) -> None:
    data = encoders.split_data(tmp_path / "data.parquet", encoders.examples() * 2)
    job = encoders.make_job(
        tmp_path / "job", tiny, data, recipe=encoders.recipe(num_train_epochs=1), practises=True
    )
    result = run(job)
    rows = read_rows(data, "validation")
    model = load_encoder_model(BaseModelRef("tiny", tiny), job.adapter)
    told = model.sort([str(row["text"]) for row in rows]).probabilities.argmax(1)
    right = sum(model.labels[n] == row["label"] for n, row in zip(told, rows, strict=True))
    trial = result["trial"]
    assert (trial["metric"], trial["rows"]) == ("accuracy", len(rows))
    assert trial["score"] == pytest.approx(right / len(rows))
    assert trial["interval"] == pytest.approx(wilson_interval(right, len(rows)))
    assert set(result["scores"]) == {"validation"}
    assert not {"predictions", "practice"} & set(result)
    messages = [event["message"] for event in events(job, "phase")]
    assert "The trained model answers the practice questions" in messages
    assert not any("exam questions" in message for message in messages)


def test_few_rows_are_told_by_those_that_were_held_out(tiny: Path, tmp_path: Path) -> None:
    data = encoders.split_data(tmp_path / "data.parquet", encoders.examples() * 2)
    job = encoders.make_job(
        tmp_path / "job", tiny, data, recipe=few(max_steps=2, held_out_turns=1), practises=True
    )
    result = run(job)
    learned = sum(name != "test" for name in pq.read_table(data)["split"].to_pylist())
    assert 0 < result["held_out"] <= learned
    assert "trial" not in result
    assert set(result["scores"]) == {"validation"}


def test_a_model_that_writes_answers_some_practice_questions(tmp_path: Path) -> None:
    base = writers.make_writer(tmp_path / "base")
    data = writers.split_replies(tmp_path / "data.parquet", validation=8)
    recipe = writers.recipe(num_train_epochs=1, eval_max_rows=3)
    result = run(writers.write_job(tmp_path / "job", base, data, recipe=recipe, practises=True))
    trial = result["trial"]
    assert (trial["metric"], trial["rows"]) == ("chrf", 3)
    low, high = trial["interval"]
    assert 0 <= low <= trial["score"] <= high <= 100
    assert trial["loss"] == pytest.approx(result["scores"]["validation"]["loss"], rel=0.05)
    assert "test" not in result["scores"]


def test_documents_are_told_by_how_likely_they_are(tmp_path: Path) -> None:
    base = writers.make_writer(tmp_path / "base")
    texts = [{"text": f"{row['prompt']} {row['response']}"} for row in writers.replies(24)]
    splits = ["train"] * 16 + ["validation"] * 6 + ["test"] * 2
    data = writers.write_rows(tmp_path / "data.parquet", texts, splits)
    told = {"task": LANGUAGE_MODELLING.name, "recipe": writers.recipe(num_train_epochs=1)}
    result = run(writers.write_job(tmp_path / "job", base, data, practises=True, **told))
    trial = result["trial"]
    assert trial["metric"] == metric_of(LANGUAGE_MODELLING.name).name
    assert trial["rows"] == 6
    low, high = trial["interval"]
    assert low <= trial["score"] <= high
