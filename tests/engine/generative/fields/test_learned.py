"""The fields that a training teaches."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.core.fields.field import TEXT, Field, as_dicts
from workbench.core.recipe import Recipe
from workbench.engine.generative.fields.learned import learned_fields
from workbench.jobs.process.specs import BaseModelRef, TrainSpec
from workbench.models.trained import TrainedModel


@pytest.fixture
def spec(tmp_path: Path) -> TrainSpec:
    rows = [
        {"row_id": n, "split": ("train", "validation", "test")[n % 3], "text": f"t {n}",
         "response": json.dumps({"total": f"{n}.00" + "0" * 50 * (n == 2)})}
        for n in range(60)
    ]  # fmt: skip
    path = tmp_path / "data.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    said = as_dicts([Field("total", TEXT, may_be_missing=False, help="The sum.", is_set=True)])
    base = BaseModelRef("tiny", tmp_path, "causal")
    return TrainSpec(task="extraction", data=path, base=base, recipe=Recipe(), fields=tuple(said))


def test_what_was_said_is_kept_and_the_exam_is_not_looked_at(spec: TrainSpec) -> None:
    (field,) = learned_fields(spec)
    assert (field.kind, field.help, field.may_be_missing) == (TEXT, "The sum.", False)
    assert field.longest == 5, "row 2, an exam question, is longer"


def test_a_trained_model_keeps_them(spec: TrainSpec) -> None:
    told = tuple(as_dicts(learned_fields(spec)))
    model = TrainedModel(task=spec.task, family="causal", base=spec.base, fields=told)
    assert TrainedModel.from_dict(json.loads(json.dumps(model.as_dict()))).fields == told
    old = {name: value for name, value in model.as_dict().items() if name != "fields"}
    assert TrainedModel.from_dict(old).fields == ()
