"""Which trainings several machines do together."""

from pathlib import Path
from typing import Any

import pytest

from workbench.core.recipe import Recipe
from workbench.jobs.process.remote.sharing import machines_for
from workbench.jobs.process.specs import BaseModelRef, MeasureSpec, TrainSpec

RECIPE = Recipe().changed(per_device_train_batch_size=2, gradient_accumulation_steps=2)


def spec(**values: Any) -> dict[str, Any]:
    base = BaseModelRef("tiny", Path("/base"))
    told = {"task": "completion", "data": Path("/data"), "base": base, "recipe": RECIPE}
    return TrainSpec(**{**told, "together": True, **values}).as_dict()


def test_as_many_as_are_allowed_but_no_more_than_a_step_has_examples() -> None:
    assert machines_for(spec(), 1) == (1, "")
    assert machines_for(spec(), 3) == (3, "")
    assert machines_for(spec(), 9) == (4, "")


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"together": None}, "models of this kind learn on one"),
        ({"shows": 3}, "there is nothing to learn"),
        ({"conclude": True}, "there is nothing to learn"),
        ({"recipe": RECIPE.changed(exam="turns")}, "its exam is by turns"),
        (
            {"recipe": Recipe().changed(
                per_device_train_batch_size=1, gradient_accumulation_steps=1)},
            "a step has one example",
        ),
    ],
)  # fmt: skip
def test_what_one_machine_does_says_why(values: dict[str, Any], why: str) -> None:
    machines, sentence = machines_for(spec(**values), 2)
    assert machines == 1
    assert sentence.startswith("One machine does this training, though 2 may learn together: ")
    assert why in sentence


def test_only_trainings_are_shared_out() -> None:
    base = BaseModelRef("tiny", Path("/base"))
    measures = MeasureSpec(
        task="completion", data=Path("/data"), base=base, recipe=RECIPE, together=True
    )
    assert machines_for(measures.as_dict(), 2) == (1, "")
