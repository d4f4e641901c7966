"""What earlier runs took on this machine: the best ground for an estimate."""

from typing import Any

from storage import models
from storage.database import Store
from workbench.core.recipe import Recipe
from workbench.models.model_info import ModelInfo
from workbench.training.estimate import PastRun, tokens_of

LEAST_STEPS = 10
"""A shorter run says more about its start than about its speed."""
_SAME = ("method", "quantization", "gradient_checkpointing")
"""Settings that change the speed so much that only runs that share them say anything."""


def past_runs(store: Store, model: ModelInfo, recipe: Recipe) -> list[PastRun]:
    """Speeds of earlier runs of this base model and kind of training, the newest first."""
    with store.read() as session:
        found = models.finished_runs(session, model.id)
    wanted = {name: getattr(recipe, name) for name in _SAME}
    return [
        PastRun(
            examples_per_second=float(speed),
            mean_tokens=tokens_of(float((version.report or {}).get("mean_chars") or 0)),
            max_length=int(run.recipe.get("max_length") or recipe.max_length),
        )
        for run, version in found
        if (speed := _speed(run.result)) and {n: run.recipe.get(n) for n in _SAME} == wanted
    ]


def _speed(result: dict[str, Any] | None) -> float | None:
    """Examples a second of a run long enough to tell; None for one that was stopped or tiny."""
    result = result or {}
    if result.get("status") != "succeeded" or (result.get("steps") or 0) < LEAST_STEPS:
        return None
    return result.get("examples_per_second")
