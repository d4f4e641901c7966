"""What the exam of a training on pairs says beside its curves."""

from typing import Any

import pytest

from workbench.core.recipe import Recipe
from workbench.core.tasks import PREFERENCES
from workbench.training.diagnosis.diagnosis import BETTER_FELL, BY_HEART, FINE, Diagnosis
from workbench.training.diagnosis.preferences import with_exam

FOUND = Diagnosis(FINE, "It learned as it should.")


def result(moved: float) -> dict[str, Any]:
    return {"scores": {"test": {"tuned": {"preferred": 0.9, "better_moved": moved}}}}


def test_better_answers_that_fell_are_told_with_a_larger_beta() -> None:
    found = with_exam(FOUND, PREFERENCES.name, Recipe(), result(-0.2))
    assert found is not None
    assert found.kind == BETTER_FELL
    assert "18.1 % less likely" in found.sentence
    assert found.change is not None
    assert (found.change.setting, found.change.value, found.change.former) == ("beta", 0.3, 0.1)


@pytest.mark.parametrize(
    ("found", "task", "loss", "moved"),
    [
        (FOUND, "preferences", "dpo", -0.01),
        (FOUND, "preferences", "orpo", -0.5),
        (FOUND, "completion", "dpo", -0.5),
        (Diagnosis(BY_HEART, "By heart."), "preferences", "dpo", -0.5),
        (None, "preferences", "dpo", 0.2),
    ],
)
def test_what_its_curves_say_stays_otherwise(
    found: Diagnosis | None, task: str, loss: str, moved: float
) -> None:
    assert with_exam(found, task, Recipe().changed(loss=loss), result(moved)) == found
    assert with_exam(found, task, Recipe(), {}) == found
