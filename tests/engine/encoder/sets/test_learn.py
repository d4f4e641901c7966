"""A training for several categories as a job, in this process: from examples to a model that is asked."""

import itertools
from pathlib import Path

import pytest

from tests.helpers.encoders import make_encoder, make_job, recipe, split_data
from tests.helpers.engine_jobs import PEFT_WARNS, events, predictions, run
from workbench.core.tasks.category_sets import categories_in, written
from workbench.engine.encoder.model import load_encoder_model, load_probe
from workbench.jobs.process.job_dir import read_json
from workbench.jobs.process.specs import BaseModelRef

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]
WORDS = {"late": "the parcel came late", "price": "it costs too much", "crew": "a rude crew"}


def _examples() -> list[tuple[str, str]]:
    sets = [own for size in range(4) for own in itertools.combinations(WORDS, size)]
    return [
        (f"message {n}: {', '.join(WORDS[name] for name in own) or 'all is well'}", written(own))
        for n in range(6)
        for own in sets
    ]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_encoder(tmp_path_factory.mktemp("base"))


def test_every_category_is_learned_with_a_threshold_of_its_own(base: Path, tmp_path: Path) -> None:
    data = split_data(tmp_path / "data.parquet", _examples())
    job = make_job(
        tmp_path / "job", base, data, task="multi_label", recipe=recipe(label_smoothing_factor=0.0)
    )
    result = run(job)

    assert result["status"] == "succeeded"
    scores = result["scores"]["test"]
    assert set(scores) >= {"frequent", "baseline", "nearest", "base", "tuned"}
    assert set(scores["tuned"]) == {"micro_f1", "macro_f1", "exact_sets", "loss"}
    assert scores["baseline"]["micro_f1"] > 0.9
    assert scores["base"]["micro_f1"] > scores["frequent"]["micro_f1"]

    facts = read_json(job.adapter / "workbench.json")
    assert facts["labels"] == ["crew", "late", "price"]
    assert len(facts["thresholds"]) == len(facts["probe_thresholds"]) == 3
    assert any("by turns on all rows" in event["message"] for event in events(job, "log"))

    ref = BaseModelRef.from_dict(read_json(job.spec)["base"])
    answers = predictions(result)
    for load, column in ((load_encoder_model, "tuned"), (load_probe, "base")):
        model = load(ref, job.adapter)
        shares = model.probabilities(answers["input"])
        texts, sure = model.sets(shares)
        assert texts == list(answers[column])
        assert all(0 <= one <= 1 for one in sure)
        assert [categories_in(text) for text in texts] == [
            [name for name, holds in zip(model.labels, row, strict=True) if holds]
            for row in shares >= model.thresholds
        ]


def test_a_set_that_only_the_exam_has_can_be_answered(base: Path, tmp_path: Path) -> None:
    rows = [own for own in _examples() if own[1] != "crew; late; price"]
    whole = ("message: " + ", ".join(WORDS.values()), written(WORDS))
    data = split_data(tmp_path / "data.parquet", [*rows[:38], whole, *rows[38:]])
    settings = recipe(label_smoothing_factor=0.0, num_train_epochs=1)
    job = make_job(tmp_path / "job", base, data, task="multi_label", recipe=settings)
    result = run(job)
    assert "crew; late; price" in list(predictions(result)["expected"])
    assert not [e for e in events(job, "log") if "count as wrong" in e["message"]]
