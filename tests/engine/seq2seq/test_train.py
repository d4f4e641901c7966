"""Encoder-decoders in all the jobs there are: training, exam, a file to score, a file to answer."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.helpers.engine_jobs import PEFT_WARNS, predictions, run
from tests.helpers.rewriters import make_rewriter
from tests.helpers.writers import recipe, replies, write_job, write_rows
from workbench.jobs.process.job_dir import JobDir, read_json
from workbench.models.families import SEQ2SEQ

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]
SPLITS = ["train"] * 16 + ["validation"] * 4 + ["test"] * 4


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_rewriter(tmp_path_factory.mktemp("rewriters") / "bart", "bart")


def job_of(folder: Path, base: Path, data: Path, **values: Any) -> JobDir:
    return write_job(folder, base, data, family=SEQ2SEQ.name, **values)


def test_categories_are_learned_and_come_with_probabilities(tmp_path: Path, base: Path) -> None:
    rows = [
        {"text": row["prompt"], "label": "late" if i % 2 else "lost"}
        for i, row in enumerate(replies(24))
    ]
    data = write_rows(tmp_path / "data.parquet", rows, SPLITS)
    result = run(job_of(tmp_path / "job", base, data, task="classification"))
    scores = result["scores"]["test"]
    assert set(scores["tuned"]) == {"loss", "accuracy", "macro_f1"}
    assert set(scores["baseline"]) == {"accuracy", "macro_f1"}
    table = predictions(result)
    assert set(table["tuned"]) | set(table["base"]) <= {"late", "lost"}
    assert all(0.5 <= share <= 1 for share in table["probability"])
    assert read_json(tmp_path / "job/adapter/workbench.json")["labels"] == ["late", "lost"]


def test_fields_are_pulled_out(tmp_path: Path, base: Path) -> None:
    rows = [{"text": row["prompt"], "response": '{"late": true}'} for row in replies(24)]
    data = write_rows(tmp_path / "data.parquet", rows, SPLITS)
    settings = recipe(learning_rate=1e-2, max_steps=40, r=16, lora_alpha=32, eval_max_new_tokens=32,
                      lr_scheduler_type="constant")  # fmt: skip
    result = run(job_of(tmp_path / "job", base, data, task="extraction", recipe=settings))
    assert result["scores"]["test"]["tuned"]["exact_match"] == 1.0
    assert predictions(result)["tuned"] == ['{"late": true}'] * 4


def test_conversations_are_learned_turn_by_turn(tmp_path: Path, base: Path) -> None:
    rows = [
        {"messages": [
            {"role": "user", "content": row["prompt"]},
            {"role": "assistant", "content": "on its way"},
            {"role": "user", "content": "When?"},
            {"role": "assistant", "content": row["response"]},
        ]} for row in replies(24)
    ]  # fmt: skip
    data = write_rows(tmp_path / "data.parquet", rows, SPLITS)
    result = run(job_of(tmp_path / "job", base, data, task="chat", system="Be kind."))
    assert result["status"] == "succeeded"
    assert result["steps"] == 16  # two answers of each conversation, four at a time, two passes
    assert predictions(result)["expected"][0] == rows[20]["messages"][-1]["content"]


def test_a_file_is_scored_and_answered_with_the_trained_model(tmp_path: Path, base: Path) -> None:
    data = write_rows(tmp_path / "data.parquet", replies(24), SPLITS)
    trained = job_of(tmp_path / "job", base, data)
    result = run(trained)
    assert not (trained.adapter / "chat_template.jinja").exists()
    file = write_rows(tmp_path / "test.parquet", replies(24)[20:], ["file"] * 4)
    again = job_of(tmp_path / "again", base, file, kind="evaluate", adapter=str(trained.adapter),
                   split="file")  # fmt: skip
    scored = run(again)
    assert scored["scores"] == result["scores"]["test"]
    assert predictions(scored)["tuned"] == predictions(result)["tuned"]
    asked = tmp_path / "asked.parquet"
    pq.write_table(pq.read_table(file, columns=["row_id", "prompt"]), asked)
    tuned = job_of(tmp_path / "tuned", base, asked, kind="predict", adapter=str(trained.adapter))
    assert predictions(run(tuned))["output"] == predictions(result)["tuned"]
    plain = job_of(tmp_path / "plain", base, asked, kind="predict", adapter=None)
    assert predictions(run(plain))["output"] == predictions(result)["base"]


def test_documents_are_refused_in_a_sentence(tmp_path: Path, base: Path) -> None:
    rows = [{"text": row["prompt"]} for row in replies(24)]
    data = write_rows(tmp_path / "data.parquet", rows, SPLITS)
    result = run(job_of(tmp_path / "job", base, data, task="language-modelling"))
    assert result["status"] == "failed"
    assert "bart turns one text into another and does not go on with texts" in result["reason"]


def test_all_weights_are_not_trained(tmp_path: Path, base: Path) -> None:
    data = write_rows(tmp_path / "data.parquet", replies(24), SPLITS)
    result = run(job_of(tmp_path / "job", base, data, recipe=recipe(method="full")))
    assert "LoRA" in result["reason"]


@pytest.mark.parametrize("family", ["t5", "bart"])
def test_half_precision_attention_and_checkpointing_learn_too(tmp_path: Path, family: str) -> None:
    folder = make_rewriter(tmp_path / family, family)
    data = write_rows(tmp_path / "data.parquet", replies(24), SPLITS)
    settings = recipe(quantization="int8", gradient_checkpointing=True, max_steps=4)
    result = run(job_of(tmp_path / "job", folder, data, recipe=settings))
    assert result["status"] == "succeeded"
    scores = result["scores"]["test"]
    assert scores["tuned"]["loss"] < scores["base"]["loss"]
