"""What earlier runs took on this machine: the best ground for an estimate."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from storage import models
from storage.database import Store
from storage.tables import DatasetVersion, Run
from workbench.core.long_texts.ways import HEAD
from workbench.core.recipe import Recipe
from workbench.models.model_info import ModelInfo
from workbench.training.lengths import read_lengths
from workbench.training.memory import longest
from workbench.training.pace import PastRun

CHARACTERS_PER_TOKEN = 4.0
LEAST_STEPS = 10
"""A shorter run says more about its start than about its speed."""
_SAME = ("method", "quantization", "gradient_checkpointing", "objective")
"""Settings that change the speed so much that only runs that share them say anything."""


def past_runs(store: Store, model: ModelInfo, recipe: Recipe) -> list[PastRun]:
    """Speeds of earlier runs of this base model and kind of training, the newest first."""
    found = finished(store, model.id)
    wanted = {name: getattr(recipe, name) for name in _SAME}
    usual = Recipe().as_dict()  # of what a run of an earlier release does not name
    return [
        PastRun(
            examples_per_second=float(speed),
            mean_tokens=_mean_tokens(run.result, version.report),
            max_length=_learned_at_once(model, recipe, run.recipe),
        )
        for run, version in found
        if (speed := _speed(run.result))
        and {n: run.recipe.get(n, usual[n]) for n in _SAME} == wanted
    ]


def finished(store: Store, model_id: int) -> Sequence[tuple[Run, DatasetVersion]]:
    """The last runs that started from this model and have a result, newest first, for reading."""
    return store.known(("finished runs", model_id), partial(_finished, store, model_id))


def _finished(store: Store, model_id: int) -> Sequence[tuple[Run, DatasetVersion]]:
    with store.read() as session:
        return models.finished_runs(session, model_id)


def _learned_at_once(model: ModelInfo, recipe: Recipe, then: dict[str, Any]) -> int:
    """Tokens of an example that an earlier run learned from at once."""
    way = str(then.get("long_texts") or HEAD)
    most = int(then.get("max_length") or recipe.max_length)
    return longest(model, recipe.changed(max_length=most, long_texts=way))


def _mean_tokens(result: dict[str, Any] | None, report: dict[str, Any] | None) -> float:
    """Of an example, as it was counted; from its characters where it was not."""
    counted = read_lengths((result or {}).get("tokens"))
    if counted is not None:
        return counted.mean
    return max(4.0, float((report or {}).get("mean_chars") or 0) / CHARACTERS_PER_TOKEN)


def _speed(result: dict[str, Any] | None) -> float | None:
    """Examples a second of a run long enough to tell; None for one that was stopped or tiny."""
    result = result or {}
    if result.get("status") != "succeeded" or (result.get("steps") or 0) < LEAST_STEPS:
        return None
    return result.get("examples_per_second")
