"""Families of the field, each in the form in which it comes; `make families` tries them all."""

from pathlib import Path

import pytest

from tests.helpers import encoders
from tests.helpers.engine_jobs import PEFT_WARNS, predictions, run
from tests.helpers.family_check import check_encoder, check_writer
from tests.helpers.field_models import make_writer
from tests.helpers.writers import recipe, write_job, write_rows
from workbench.engine.evaluation.jobs import Engine
from workbench.engine.families import MODULES, engine_of

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]


@pytest.mark.parametrize("name", ["llama-spm", "falcon", "lfm2", "qwen3", "phi3"])
def test_a_model_that_writes_is_added_learns_stops_and_stays_the_same(
    tmp_path: Path, name: str
) -> None:
    seen = check_writer(name, tmp_path)
    assert seen.is_green, seen


@pytest.mark.parametrize("name", ["mpnet", "deberta-v2"])
def test_an_encoder_is_added_learns_and_stays_the_same(tmp_path: Path, name: str) -> None:
    seen = check_encoder(name, tmp_path)
    assert seen.is_green, seen


def test_every_engine_offers_all_that_an_engine_offers() -> None:
    offered = {name for name in vars(Engine) if not name.startswith("_")}
    assert offered
    for family in MODULES:
        assert not [name for name in offered if not hasattr(engine_of(family), name)]


@pytest.mark.parametrize("name", ["lfm2", "mamba"])
def test_a_model_that_carries_a_state_on_learns_categories_too(tmp_path: Path, name: str) -> None:
    base = make_writer(tmp_path / name, name)
    rows = [{"text": text, "label": label} for text, label in encoders.examples()] * 2
    splits = (["train"] * 6 + ["validation", "test"]) * 8
    data = write_rows(tmp_path / "data.parquet", rows[: len(splits)], splits[: len(rows)])
    settings = recipe(quantization="nf4", max_steps=12, learning_rate=2e-2)
    job = write_job(tmp_path / "job", base, data, task="classification", recipe=settings)
    result = run(job)
    assert result["status"] == "succeeded"
    before, after = (result["scores"]["test"][system] for system in ("base", "tuned"))
    assert after["loss"] < before["loss"]
    assert set(predictions(result)["tuned"]) <= set(encoders.LABELS)
