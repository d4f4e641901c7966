"""Every spec is read as it was written, and a wrong field is named."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from workbench.core.errors import WorkbenchError
from workbench.core.recipe import Recipe
from workbench.jobs.process import specs
from workbench.jobs.process.specs import (
    AddSpec,
    BaseModelRef,
    CertifySpec,
    ChangeSpec,
    CheckSpec,
    ConvertSpec,
    EvaluateSpec,
    ExportModelSpec,
    ExportSpec,
    FetchSpec,
    FirstAnswersSpec,
    HabitsSpec,
    ImportSpec,
    JudgeSpec,
    MeasureSpec,
    MustPassSpec,
    PredictSpec,
    PrepareSpec,
    PromptSpec,
    PushModelSpec,
    PushSpec,
    ReplayOrder,
    ServeSpec,
    Spec,
    SweepSpec,
    TableRef,
    TrainSpec,
    WriteAnswersSpec,
)

BASE = BaseModelRef("tiny", Path("/models/tiny"), "causal", None)
TABLE = TableRef("mails.csv", Path("/objects/ab"), {"sheet": "Mails"})
OF_RUN: dict[str, Any] = {
    "run_id": 3,
    "task": "completion",
    "data": Path("/objects/cd"),
    "system": "Be kind.",
    "base": BASE,
    "recipe": Recipe(r=4, learning_rate=1e-3),
}
CHANGE: dict[str, Any] = {
    "version_id": 5,
    "data": Path("/objects/cd"),
    "task": "completion",
    "mapping": {"roles": {"prompt": "Mail"}},
    "seed": 7,
    "report": {},
    "change": {"kind": "fix"},
}
SPECS: list[Spec] = [
    TrainSpec(**OF_RUN, job_id=9, attempt=2, continue_from=Path("/jobs/8/checkpoints")),
    TrainSpec(**OF_RUN, cache=Path("/cache/encoded")),
    TrainSpec(**OF_RUN, practises=True),
    SweepSpec(
        task="completion",
        version_id=4,
        model_id=2,
        recipe=Recipe(r=4),
        space={"learning_rate": {"low": 1e-5, "high": 1e-3, "log": True}},
        minutes=60.0,
        most=6,
        start_run_id=3,
    ),
    MeasureSpec(**OF_RUN, cache=Path("/cache/encoded"), version_id=4, model_id=2),
    EvaluateSpec(**OF_RUN, adapter=Path("/jobs/8/adapter"), split="April"),
    PredictSpec(**OF_RUN, source={"digest": "ab", "name": "new.csv"}, read={"sheet": "A"}),
    PredictSpec(
        **OF_RUN,
        source={"digest": "ab", "name": "new.xlsx"},
        read_as={"sheet": "A", "header_row": 3},
        columns={"prompt": "Mail"},
        asks={"prompt": "Mail"},
        former=Path("/jobs/6"),
    ),
    FirstAnswersSpec(**OF_RUN, most=20),
    WriteAnswersSpec(
        answers=(Path("/objects/ef"),),
        key="k",
        task="completion",
        source=Path("/objects/ab"),
        name="new.xlsx",
        read={"sheet": "A"},
        answer_title="Reply (answer)",
        fields=("name",),
        threshold=0.8,
    ),
    HabitsSpec(**OF_RUN, adapter=Path("/jobs/8/adapter")),
    MustPassSpec(**OF_RUN, adapter=Path("/jobs/8/adapter")),
    PromptSpec(
        **OF_RUN,
        version_id=5,
        model_id=2,
        learned_from=Path("/objects/ef"),
        shown=3,
        labels=("Delivery", "Refund"),
        is_exam=True,
    ),
    JudgeSpec(
        run_id=3,
        other="base",
        exam="ef",
        data=Path("/objects/ab"),
        url="http://127.0.0.1:9/v1",
        model="m",
        rubric="Be fair.",
        former=Path("/jobs/6"),
    ),
    AddSpec(source=Path("/downloads/tiny.gguf"), family="causal", target=Path("/models/tiny")),
    FetchSpec(hub_id="team/set", revision="abc", files=("a.csv",), size_bytes=5, name="set.csv"),
    ImportSpec(hub_id="team/tiny", revision="abc", target=Path("/models/tiny")),
    CheckSpec(data=Path("/objects/cd"), task="chat", mapping={}, seed=1, table=TABLE, encoder=BASE),
    ConvertSpec(source=Path("/objects/ab"), name="mails.csv", key="k", digest="ab"),
    PrepareSpec(
        task="chat", mapping={}, seed=1, table=TABLE, earlier=(Path("/objects/1"),), key="k"
    ),
    ChangeSpec(**CHANGE, checkup=Path("/jobs/7"), finding="copies", fix="remove", leave=(3, 4)),
    ChangeSpec(
        **CHANGE, replay=ReplayOrder(Path("/1"), Path("/2"), True, TABLE, {"prompt": "Mail"})
    ),
    ExportSpec(format="csv", data=Path("/objects/cd"), task="chat", rows=10),
    PushSpec(
        hub_id="ann/letters",
        is_public=True,
        licence="mit",
        title="Letters",
        rows=10,
        task="chat",
        data=Path("/objects/cd"),
    ),
    CertifySpec(**OF_RUN, adapter=Path("/jobs/8/adapter"), earlier=(Path("/jobs/6"),)),
    ExportModelSpec(
        **OF_RUN,
        adapter=Path("/jobs/8/adapter"),
        threshold=0.8,
        format="gguf",
        quantization="q8_0",
        name="letters",
    ),
    PushModelSpec(archive=Path("/exports/9/letters.zip"), hub_id="ann/letters", title="Letters"),
    ServeSpec(registry=Path("/serve/models.json"), idle_timeout_s=60, preload="run-1"),
]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.kind)
def test_a_spec_is_read_as_it_was_written(spec: Spec) -> None:
    written = json.loads(json.dumps(spec.as_dict()))
    assert written["kind"] == spec.kind
    assert type(spec).from_dict(written) == spec


def test_every_kind_of_spec_is_tried() -> None:
    kinds = {
        value
        for value in vars(specs).values()
        if isinstance(value, type) and issubclass(value, Spec) and "kind" in vars(value)
    }
    assert kinds == {type(spec) for spec in SPECS}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"attempt": "two"}, "TrainSpec.attempt must be a whole number, but it is 'two'"),
        ({"attempt": True}, "TrainSpec.attempt must be a whole number"),
        ({"data": 3}, "TrainSpec.data must be a text"),
        ({"base": "tiny"}, "TrainSpec.base must be an object"),
        ({"base": {"name": "tiny"}}, "BaseModelRef.path is missing"),
        ({"recipe": {"r": "many"}}, "The setting r must be a whole number"),
        ({"recipe": {"rank": 3}}, "There is no setting 'rank'"),
    ],
)
def test_a_wrong_field_is_named(values: dict[str, Any], sentence: str) -> None:
    written = SPECS[0].as_dict() | values
    with pytest.raises(WorkbenchError, match=sentence):
        TrainSpec.from_dict(written)


def test_a_missing_field_is_named() -> None:
    written = SPECS[0].as_dict()
    del written["task"]
    with pytest.raises(WorkbenchError, match=r"TrainSpec\.task is missing"):
        TrainSpec.from_dict(written)


def test_what_a_newer_version_adds_is_passed_over() -> None:
    assert TrainSpec.from_dict(SPECS[0].as_dict() | {"colour": "blue"}) == SPECS[0]


def test_a_spec_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        SPECS[0].attempt = 4  # type: ignore[misc]


def test_a_row_leaves_to_the_worker_what_the_worker_adds() -> None:
    spec = ImportSpec(hub_id="team/tiny", target=Path("/models/tiny"), job_id=9, attempt=2)
    row = {"kind": "import", "hub_id": "team/tiny", "target": "/models/tiny"}
    row |= {"family": "", "model_type": ""}
    assert spec.as_row() == row
    assert ImportSpec.from_dict({**row, "job_id": 9, "attempt": 2}) == spec


def test_what_is_left_unsaid_does_not_stand_in_the_json() -> None:
    written = ChangeSpec(**CHANGE, edit={"remove": [3], "note": None}).as_dict()
    assert {"checkup", "again"}.isdisjoint(written)
    assert written["edit"] == {"remove": [3], "note": None}
    assert TableRef("mails.csv", folder=Path("/jobs/3")).as_dict().keys().isdisjoint({"path"})
