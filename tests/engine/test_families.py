"""Families of the field, each in the form in which it comes; `make families` tries them all."""

from pathlib import Path

import pytest

from tests.helpers.engine_jobs import PEFT_WARNS
from tests.helpers.family_check import check_encoder, check_writer
from workbench.engine.evaluation.jobs import Engine
from workbench.engine.families import MODULES, engine_of

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]


@pytest.mark.parametrize("name", ["llama-spm", "falcon", "lfm2"])
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
