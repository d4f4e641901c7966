"""What the exam of a training on pairs of answers says beside its curves.

DPO only widens the distance between two answers, so it can make both of them less likely, the better one
less so (Razin et al. 2024, arXiv:2410.08847, "likelihood displacement"). Its curves do not show that.
"""

import math
from collections.abc import Mapping
from typing import Any

from workbench.core.recipe import DPO, FIELDS, Recipe
from workbench.core.tasks import task_named
from workbench.core.words import percent
from workbench.training.diagnosis.diagnosis import (
    BETTER_FELL,
    BY_HEART,
    NO_LEARNING,
    UNSTABLE,
    Change,
    Diagnosis,
)

FELL = 0.05
"""Nats a token: so much less likely than before, some 5 % a word piece, is told."""
CLOSER = 3.0
"""So many times as dear it shall be next time to move away."""
_GRAVER = (UNSTABLE, NO_LEARNING, BY_HEART)


def with_exam(
    found: Diagnosis | None, task: str, recipe: Recipe, result: Mapping[str, Any]
) -> Diagnosis | None:
    """The diagnosis of a training, or, where its better answers became less likely, that.

    Args:
        found: what its curves say.
        result: of the training, with the scores of its exam.
    """
    if not task_named(task).compares or recipe.loss != DPO:
        return found
    if found is not None and found.kind in _GRAVER:
        return found
    moved = _moved(result)
    if moved is None or moved > -FELL:
        return found
    less = percent(1 - math.exp(moved))
    return Diagnosis(
        BETTER_FELL,
        f"It told the answers apart by finding both less likely: even of the better ones a word piece is "
        f"now {less} less likely than before. Look on the Use page whether it still writes well; next "
        "time keep it nearer to what it was.",
        _closer(recipe),
    )


def _moved(result: Mapping[str, Any]) -> float | None:
    scores = (result.get("scores") or {}).get("test") or {}
    value = (scores.get("tuned") or {}).get("better_moved")
    return float(value) if isinstance(value, int | float) else None


def _closer(recipe: Recipe) -> Change | None:
    value = min(float(FIELDS["beta"].metadata["high"]), float(f"{recipe.beta * CLOSER:.2g}"))
    return Change("beta", value, recipe.beta) if value != recipe.beta else None
