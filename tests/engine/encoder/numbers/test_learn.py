"""A training for numbers as a job, in this process: from examples to a model that is asked."""

import random
from pathlib import Path

import pytest

from tests.helpers.encoders import make_encoder, make_job, recipe, split_data
from tests.helpers.engine_jobs import PEFT_WARNS, events, predictions, run
from workbench.engine.encoder.model import load_encoder_model
from workbench.jobs.process.job_dir import read_json
from workbench.jobs.process.specs import BaseModelRef

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]
WORDS = {"late": -3, "rude": -2, "clean": 2, "kind": 3, "quiet": 1, "dear": -1}


def _examples(rows: int) -> list[tuple[str, str]]:
    draw = random.Random(4)
    found = []
    for n in range(rows):
        own = draw.sample(sorted(WORDS), 2)
        found.append((f"stay {n}: {' and '.join(own)}", str(50 + 5 * sum(WORDS[w] for w in own))))
    return found


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_encoder(tmp_path_factory.mktemp("base"))


def test_numbers_are_learned_with_how_far_off_they_may_be(base: Path, tmp_path: Path) -> None:
    data = split_data(tmp_path / "data.parquet", _examples(120))
    settings = recipe(label_smoothing_factor=0.0, num_train_epochs=2)
    job = make_job(tmp_path / "job", base, data, task="regression", recipe=settings)
    result = run(job)

    assert result["status"] == "succeeded"
    scores = result["scores"]["test"]
    assert set(scores) == {"median", "baseline", "nearest", "base", "tuned"}
    assert set(scores["tuned"]) == {"mae", "within", "r2", "spearman", "loss"}
    assert scores["baseline"]["mae"] < scores["median"]["mae"]
    assert scores["base"]["mae"] < scores["median"]["mae"]
    assert set(result["scores"]["validation"]) >= {"mae", "loss"}

    facts = read_json(job.adapter / "workbench.json")
    assert facts["labels"] == []
    known = facts["numbers"]
    assert known["low"] >= 25
    assert known["high"] <= 75
    assert known["width"] > 0
    assert any("by turns on all rows" in event["message"] for event in events(job, "log"))

    answers = predictions(result)
    model = load_encoder_model(BaseModelRef.from_dict(read_json(job.spec)["base"]), job.adapter)
    found = model.estimates(list(answers["input"]))
    assert [own.value for own in found] == [float(text) for text in answers["tuned"]]
    for name in ("low", "high", "outside"):
        assert [getattr(own, name) for own in found] == list(answers[name])
    assert all(known["low"] <= own.value <= known["high"] for own in found)


def test_one_number_alone_teaches_nothing(base: Path, tmp_path: Path) -> None:
    data = split_data(tmp_path / "data.parquet", [(f"stay {n}", "5") for n in range(40)])
    job = make_job(tmp_path / "job", base, data, task="regression", recipe=recipe())
    result = run(job)
    assert result["status"] == "failed"
    assert "All training examples have the same number" in result["reason"]
