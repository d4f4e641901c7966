"""The search space: which settings of a recipe vary, and between what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.recipe import FIELDS, Recipe
from workbench.core.tasks import task_named
from workbench.core.words import joined
from workbench.models.families import family_named

RATE, PASSES, STEPS, RANK, ALPHA = (
    "learning_rate", "num_train_epochs", "max_steps", "r", "lora_alpha",
)  # fmt: skip
SCHEDULE, SMOOTHING = "lr_scheduler_type", "label_smoothing_factor"
VARIABLE = (
    RATE, PASSES, STEPS, RANK, SCHEDULE, "lora_dropout", "warmup_ratio", "weight_decay", SMOOTHING,
    "per_device_train_batch_size", "gradient_accumulation_steps", "use_rslora",
)  # fmt: skip
"""What may vary: settings by which a training learns, not those by which it is examined."""
_LORA = (RANK, "lora_dropout", "use_rslora")
_UP_TO = {"lora_dropout": 0.2, "warmup_ratio": 0.2, "weight_decay": 0.1}
_DIGITS = 2
"""That tried numbers are rounded to; more would only look exact."""


@dataclass(frozen=True)
class Range:
    """Between what a setting varies: from `low` to `high`, or one of `choices`."""

    low: float = 0.0
    high: float = 0.0
    log: bool = False
    """Whether what counts is the ratio of two values, as of learning rates."""
    choices: tuple[Any, ...] = ()

    @property
    def words(self) -> str:
        """As `read_range` reads it: "1e-05:0.001" or "8,16,32"."""
        if self.choices:
            return ",".join(_said(value) for value in self.choices)
        return f"{self.low:g}:{self.high:g}"

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        if self.choices:
            return {"choices": list(self.choices)}
        return {"low": self.low, "high": self.high, "log": self.log}

    def contains(self, value: Any) -> bool:
        """Whether a value lies in it."""
        return value in self.choices if self.choices else self.low <= value <= self.high


Space = Mapping[str, Range]


def usual_space(recipe: Recipe, *, family: str, task: str) -> dict[str, Range]:
    """What is worth trying around a recipe: the pace, how often, how strong, and by which schedule."""
    names = [RATE, STEPS, PASSES, RANK, SCHEDULE]
    if not family_named(family).writes_text:
        names.append(SMOOTHING)
    able = able_to_vary(recipe, family=family, task=task)
    return {name: suggested(name, recipe) for name in names if name in able}


def suggested(name: str, recipe: Recipe) -> Range:
    """Between what a setting may sensibly vary around a recipe."""
    value = getattr(recipe, name)
    if name == RATE:
        return Range(rounded(value / 4), min(1.0, rounded(value * 4)), log=True)
    if name == RANK:
        return Range(choices=tuple(sorted({8, 16, 32, value})))
    if name == SCHEDULE:
        return Range(choices=tuple(dict.fromkeys((*FIELDS[name].metadata["choices"][:3], value))))
    if isinstance(value, bool):
        return Range(choices=(False, True))
    if name == SMOOTHING:
        return Range(choices=tuple(sorted({0.0, 0.1, value})))
    if name in _UP_TO:
        return Range(0.0, max(_UP_TO[name], value))
    return _around(name, value)


def able_to_vary(recipe: Recipe, *, family: str, task: str) -> list[str]:
    """The settings that mean something for such a training, and may vary."""
    about = task_named(task)
    hidden = set(family_named(family).unused_settings)
    hidden |= set(_LORA) if recipe.method == "full" else set()
    hidden |= {PASSES} if recipe.max_steps > 0 else {STEPS}
    if not about.answers_are_categories or recipe.is_by_turns:
        hidden |= {SMOOTHING}
    return [name for name in VARIABLE if name not in hidden]


def read_range(name: str, text: str, recipe: Recipe) -> Range:
    """A range as it is typed: "1e-5:1e-3", or values to choose from, "8,16,32".

    Raises:
        WorkbenchError: there is no such setting, it may not vary, or a value does not fit.
    """
    if name not in VARIABLE:
        raise WorkbenchError(
            f"'{name}' cannot be tried out: what may vary is {joined(sorted(VARIABLE))}."
        )
    ends = [part.strip() for part in text.split(":")]
    if len(ends) == 2 and isinstance(getattr(recipe, name), int | float):
        low, high = (getattr(recipe.changed(**{name: end}), name) for end in ends)
        if isinstance(low, bool) or not low < high:
            raise WorkbenchError(f"{name} goes from less to more: write it like 1e-5:1e-3.")
        return Range(low, high, log=name == RATE)
    values = [part.strip() for part in text.split(",") if part.strip()]
    chosen = dict.fromkeys(getattr(recipe.changed(**{name: value}), name) for value in values)
    if len(chosen) < 2:
        raise WorkbenchError(
            f"{name} needs at least two values to try, like 8,16,32, or a range, like 1e-5:1e-3."
        )
    return Range(choices=tuple(chosen))


def read_space(told: Mapping[str, Any]) -> dict[str, Range]:
    """The space that a spec holds, as `Range.as_dict` wrote it."""
    return {
        str(name): Range(
            span.get("low") or 0,
            span.get("high") or 0,
            bool(span.get("log")),
            tuple(span.get("choices") or ()),
        )
        for name, span in told.items()
    }


def own_settings(recipe: Recipe, space: Space) -> dict[str, Any]:
    """The recipe's values of what varies."""
    return {name: getattr(recipe, name) for name in space}


def with_settings(recipe: Recipe, settings: Mapping[str, Any]) -> Recipe:
    """The recipe of a try; alpha goes with the rank, so that rank alone is what changes."""
    found = recipe.changed(**settings)
    if RANK in settings and found.r != recipe.r and ALPHA not in settings:
        alpha = round(recipe.lora_alpha / recipe.r * found.r)
        found = found.changed(lora_alpha=min(512, max(1, alpha)))
    return found


def rounded(value: float) -> float:
    """Two significant digits."""
    return float(f"{value:.{_DIGITS}g}")


def _around(name: str, value: float) -> Range:
    """Half, as much, and twice as much."""
    kind: type[Any] = type(FIELDS[name].default)
    low = max(1, value / 2) if kind is int else value / 2
    return Range(choices=tuple(dict.fromkeys((kind(low), kind(value), kind(value * 2)))))


def _said(value: Any) -> str:
    return (
        f"{value:g}"
        if isinstance(value, int | float) and not isinstance(value, bool)
        else str(value)
    )
