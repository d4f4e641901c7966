"""What a trainer is told of fields."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from workbench.core.fields.field import Field, as_dicts
from workbench.core.recipe import Recipe
from workbench.core.tasks import EXTRACTION
from workbench.jobs.process.specs import BaseModelRef, TrainSpec
from workbench.models.families import CAUSAL, FAMILIES
from workbench.training.readiness import train_spec


def _told(family: str = CAUSAL.name, **mapping: Any) -> TrainSpec:
    roles = {"text": "note", "response": '["total"]'}
    version: Any = SimpleNamespace(
        task=EXTRACTION.name, content_hash="0" * 64, mapping={"roles": roles, **mapping}
    )
    run: Any = SimpleNamespace(id=1, recipe=Recipe().as_dict())
    model: Any = SimpleNamespace(reference=BaseModelRef("tiny", Path("/models/tiny"), family))
    return train_spec(run, version, model)


def test_fields_are_told_and_their_help_stands_behind_the_instruction() -> None:
    fields = as_dicts([Field("total", help="The sum with tax."), Field("who")])
    spec = _told(system="Be exact.", fields=fields)
    assert spec.system == "Be exact.\n\nThe fields:\ntotal: The sum with tax."
    assert spec.fields == tuple(fields)
    assert TrainSpec.from_dict(spec.as_dict()) == spec


def test_a_version_of_earlier_tells_none() -> None:
    assert (_told(system="Be exact.").system, _told().fields) == ("Be exact.", None)


def test_several_machines_may_learn_models_that_write_and_no_others() -> None:
    for family in FAMILIES.values():
        assert bool(_told(family=family.name).together) == family.writes_text
