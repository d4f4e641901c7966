"""Where a training does not fit into memory: what to change, the smallest harm first.

First what leaves the result as it is (fewer examples at a time, as many for a correction; values
computed twice), then what changes it a little (moments of the optimiser in 8 bits), then what costs
something (shorter examples), and last another model. Each step builds on those before it, and the
first that fits is the last.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.core.recipe import Recipe
from workbench.core.words import count, percent, plural, size
from workbench.models.families import family_named
from workbench.models.model_info import READY, ModelInfo, can_learn
from workbench.system.hardware import Hardware
from workbench.training.estimate import limit_mb, memory_mb
from workbench.training.lengths import Lengths

SHORTEST = 64
"""Tokens; examples cut shorter than that teach nothing."""
WORTH = 0.01
"""Of the memory: a step that saves less is none."""
EIGHT_BITS = "adamw_bnb_8bit"
"""The optimiser whose moments take 8 bits; the paged one needs a GPU, and pages nothing without."""


@dataclass(frozen=True)
class Rung:
    """One step down in memory, with those before it."""

    name: str
    """batch, checkpointing, optimiser, length or model."""
    sentence: str
    """What changes and what it saves."""
    settings: dict[str, Any]
    """Of the recipe, all that differs from the one asked for."""
    model_id: int | None
    """Another model, where that is the step."""
    memory_mb: float
    fits: bool

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**vars(self), "memory_mb": round(self.memory_mb)}


@dataclass(frozen=True)
class Asked:
    """The training that does not fit."""

    machine: Hardware
    model: ModelInfo
    recipe: Recipe
    task: str
    lengths: Lengths
    rows: int
    correction: float = 1.0
    """What was measured by what was estimated."""
    most_mb: float | None = None
    """What may be taken; None for what the machine allows."""

    def memory_mb(self, recipe: Recipe, model: ModelInfo | None = None) -> float:
        """What it takes with other settings, or with another model."""
        found = memory_mb(
            self.machine, model or self.model, recipe, self.lengths, rows=self.rows, task=self.task
        )
        return found * (self.correction if model is None else 1.0)


def ladder(asked: Asked, models: Sequence[ModelInfo] = ()) -> list[Rung]:
    """The steps that lead to what fits; empty where it fits as it is.

    Args:
        models: that could take the model's place.
    """
    most = limit_mb(asked.machine) if asked.most_mb is None else asked.most_mb
    held = first = asked.memory_mb(asked.recipe)
    if held <= most:
        return []
    rungs: list[Rung] = []
    recipe = asked.recipe
    for name, step in _STEPS:
        changed = step(asked, recipe, most)
        needed = asked.memory_mb(changed) if changed is not None else held
        if changed is None or held - needed < WORTH * first:
            continue
        said = _sentence(name, asked, recipe, changed, held - needed)
        rungs.append(
            Rung(name, said, _differing(asked.recipe, changed), None, needed, needed <= most)
        )
        if needed <= most:
            return rungs
        recipe, held = changed, needed
    return [*rungs, *_other_models(asked, models, most)]


def _fewer(asked: Asked, recipe: Recipe, most: float) -> Recipe | None:
    return _first_that_fits(asked, most, _halved(recipe))


def _halved(recipe: Recipe) -> Iterator[Recipe]:
    """Ever fewer examples at a time, always as many for a correction."""
    while recipe.per_device_train_batch_size > 1:
        half = -(-recipe.per_device_train_batch_size // 2)
        all_ = recipe.per_device_train_batch_size * recipe.gradient_accumulation_steps
        recipe = recipe.changed(
            per_device_train_batch_size=half, gradient_accumulation_steps=max(1, all_ // half)
        )
        yield recipe


def _twice(asked: Asked, recipe: Recipe, most: float) -> Recipe | None:
    return None if recipe.gradient_checkpointing else recipe.changed(gradient_checkpointing=True)


def _eight_bits(asked: Asked, recipe: Recipe, most: float) -> Recipe | None:
    return None if "8bit" in recipe.optim else recipe.changed(optim=EIGHT_BITS)


def _shorter(asked: Asked, recipe: Recipe, most: float) -> Recipe | None:
    return _first_that_fits(asked, most, _cut(recipe, asked.lengths))


def _cut(recipe: Recipe, lengths: Lengths) -> Iterator[Recipe]:
    """Ever shorter examples, from the first length that cuts any."""
    while recipe.max_length // 2 >= SHORTEST:
        recipe = recipe.changed(max_length=recipe.max_length // 2)
        if recipe.max_length < max(lengths.longest, lengths.answer_longest):
            yield recipe


def _first_that_fits(asked: Asked, most: float, recipes: Iterator[Recipe]) -> Recipe | None:
    """The first that fits; the smallest if none does, None if there is none."""
    last = None
    for last in recipes:
        if asked.memory_mb(last) <= most:
            break
    return last


_STEPS = (
    ("batch", _fewer),
    ("checkpointing", _twice),
    ("optimiser", _eight_bits),
    ("length", _shorter),
)


def _other_models(asked: Asked, models: Sequence[ModelInfo], most: float) -> Iterator[Rung]:
    """The largest other model of those that can learn the task and fit with the settings asked for."""
    fitting = [
        (model, needed)
        for model in models
        if model.id != asked.model.id and model.state == READY and can_learn(model, asked.task)
        if family_named(model.family).writes_text == family_named(asked.model.family).writes_text
        if (needed := asked.memory_mb(asked.recipe, model)) <= most
    ]
    if fitting:
        model, needed = max(fitting, key=lambda pair: pair[0].parameters)
        saved = asked.memory_mb(asked.recipe) - needed
        said = f"Learn with {model.name} instead: saves {size(saved * 1e6)}, and knows less."
        yield Rung("model", said, {}, model.id, needed, True)


def _differing(before: Recipe, after: Recipe) -> dict[str, Any]:
    own, other = before.as_dict(), after.as_dict()
    return {name: value for name, value in other.items() if value != own[name]}


def _sentence(name: str, asked: Asked, before: Recipe, after: Recipe, saved_mb: float) -> str:
    saves = f"saves {size(saved_mb * 1e6)}"
    if name == "batch":
        times = plural(after.gradient_accumulation_steps, "time")
        return (
            f"Take {plural(after.per_device_train_batch_size, 'example')} at a time instead of "
            f"{before.per_device_train_batch_size}, {times} for each correction: {saves}; what is "
            "learned stays the same."
        )
    if name == "checkpointing":
        return f"Compute some values twice instead of keeping them: {saves}; a third slower."
    if name == "optimiser":
        return f"Keep the optimiser's memory in 8 bits: {saves}; the result differs hardly."
    share = asked.lengths.share_over(after.max_length)
    cut = round(asked.rows * share)
    return (
        f"Read {count(after.max_length)} tokens at once: {saves}; {count(cut)} of "
        f"{plural(asked.rows, 'example')} ({percent(share)}) are longer, and read as 'Long texts' says."
    )
