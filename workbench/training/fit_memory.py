"""Settings that fit into memory, for a training that ran out of it."""

from collections.abc import Iterator

from storage.database import Store
from workbench.core.recipe import FIELDS, Recipe, from_dict
from workbench.models import catalogue
from workbench.models.model_info import ModelInfo
from workbench.system.hardware import Hardware
from workbench.training.estimate import COMFORT, memory_mb, tokens_of
from workbench.training.lengths import Lengths, read_lengths
from workbench.training.run_view import RunView

RELIEF = 0.65
"""Of what settings can save, what ran out of memory is tried again with at most this share."""
SHORTEST = 64
"""Tokens; examples cut shorter than that teach nothing."""


def ran_out(run: RunView) -> bool:
    """Whether a training failed because memory ran out."""
    return run.status == "failed" and bool((run.job.result or {}).get("out_of_memory"))


def fitting_recipe(store: Store, machine: Hardware, run: RunView) -> Recipe | None:
    """The run's settings with as little changed as needs to be; None if nothing helps."""
    model = catalogue.get_model(store, run.base_model_id)
    counted = read_lengths((run.job.result or {}).get("tokens"))
    lengths = counted or tokens_of(run.mean_chars)
    return fit(machine, model, from_dict(run.recipe), lengths)


def fit(
    machine: Hardware, model: ModelInfo, recipe: Recipe, tokens: Lengths | float
) -> Recipe | None:
    """The first of ever smaller settings that needs clearly less memory than `recipe`.

    The same examples make up a step, so that the result stays the same as long as possible:
    fewer of them at a time, then values computed twice, and only then shorter examples.
    """
    needs = [(memory_mb(machine, model, r, tokens), r) for r in (recipe, *_smaller(recipe))]
    (most_mb, _), (least_mb, _) = needs[0], needs[-1]
    relieved_mb = least_mb + RELIEF * (most_mb - least_mb)
    limit_mb = min(machine.training_memory_gb * 1000 * COMFORT, relieved_mb)
    return next((smaller for needed_mb, smaller in needs[1:] if needed_mb <= limit_mb), None)


def _smaller(recipe: Recipe) -> Iterator[Recipe]:
    while recipe.per_device_train_batch_size > 1:
        half = -(-recipe.per_device_train_batch_size // 2)
        steps = recipe.per_device_train_batch_size * recipe.gradient_accumulation_steps
        recipe = recipe.changed(
            per_device_train_batch_size=half, gradient_accumulation_steps=max(1, steps // half)
        )
        yield recipe
    if not recipe.gradient_checkpointing:
        recipe = recipe.changed(gradient_checkpointing=True)
        yield recipe
    while recipe.max_length // 2 >= SHORTEST:
        recipe = recipe.changed(max_length=recipe.max_length // 2)
        yield recipe


def changes(before: Recipe, after: Recipe) -> str:
    """What differs, in the words of the settings: "Examples per step (batch size): 4 instead of 8"."""
    differing = (name for name in FIELDS if getattr(before, name) != getattr(after, name))
    return "; ".join(
        f"{FIELDS[name].metadata['label']}: {_said(getattr(after, name))} instead of "
        f"{_said(getattr(before, name))}"
        for name in differing
    )


def _said(value: object) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)
