"""The trained model's answers to the practice questions, kept for choosing a limit."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.engine.encoder.few.test_learn import few
from tests.helpers.encoders import examples, make_job, recipe, split_data
from tests.helpers.engine_jobs import PEFT_WARNS, run
from workbench.engine.encoder.model import load_encoder_model
from workbench.engine.rows import read_rows
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.specs import BaseModelRef

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return split_data(tmp_path_factory.mktemp("data") / "data.parquet", examples() * 2)


@pytest.fixture(scope="module")
def trained(tiny: Path, data: Path, tmp_path_factory: pytest.TempPathFactory) -> JobDir:
    folder = tmp_path_factory.mktemp("job")
    return make_job(folder, tiny, data, recipe=recipe(num_train_epochs=1))


@pytest.fixture(scope="module")
def result(trained: JobDir) -> dict[str, Any]:
    return run(trained)


def kept(result: dict[str, Any]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = pq.read_table(result["practice"]).to_pydict()
    return columns


def test_a_training_keeps_what_its_model_answers_to_the_practice_questions(
    trained: JobDir, result: dict[str, Any], tiny: Path, data: Path
) -> None:
    rows, found = read_rows(data, "validation"), kept(result)
    assert found["row_id"] == [row["row_id"] for row in rows]
    assert found["expected"] == [row["label"] for row in rows]
    model = load_encoder_model(BaseModelRef("tiny", tiny), trained.adapter)
    told = model.sort([str(row["text"]) for row in rows])
    assert found["tuned"] == [model.labels[n] for n in told.probabilities.argmax(1)]
    assert found["probability"] == pytest.approx(told.probabilities.max(1).tolist())
    assert found.get("none_of_these") == told.none_of_these


def test_scoring_the_exam_again_keeps_them_again_and_scoring_a_file_does_not(
    trained: JobDir, result: dict[str, Any], tiny: Path, data: Path, tmp_path: Path
) -> None:
    told = {"adapter": str(trained.adapter), "recipe": recipe()}
    again = run(make_job(tmp_path / "again", tiny, data, "evaluate", **told))
    assert kept(again) == kept(result)
    file = run(make_job(tmp_path / "file", tiny, data, "evaluate", split="mails.csv", **told))
    assert "practice" not in file


def test_a_model_that_has_learned_its_practice_questions_keeps_none(
    tiny: Path, data: Path, tmp_path: Path
) -> None:
    few_rows = run(make_job(tmp_path / "job", tiny, data, recipe=few()))
    assert few_rows["status"] == "succeeded"
    assert "practice" not in few_rows
