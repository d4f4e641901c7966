"""A diagnosis: what a training's curves say, and the one setting worth changing."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from workbench.core.recipe import FIELDS, Recipe

BY_HEART, STILL_IMPROVING, NO_LEARNING, UNSTABLE = "by_heart", "still_improving", "no_learning", "unstable"  # fmt: skip
FEW_PRACTICE, FEW_CHECKS, STOPPED, FINE = "few_practice", "few_checks", "stopped", "fine"
BETTER_FELL = "better_fell"
"""Of pairs of answers: even the better ones became less likely (`preferences`)."""
KINDS = (
    BY_HEART, STILL_IMPROVING, NO_LEARNING, UNSTABLE, FEW_PRACTICE, FEW_CHECKS, STOPPED, FINE, BETTER_FELL,
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """What a training has recorded."""

    recipe: Recipe
    learned: Sequence[Mapping[str, Any]]
    """Its steps: `step`, and as far as they were numbers `loss`, `learning_rate`, `epoch` …"""
    checked: Sequence[Mapping[str, Any]]
    """Its checks of the practice questions: `step`, `loss`."""
    practice_rows: int
    best_step: int | None = None
    """The state that was kept."""
    steps: int | None = None
    """Steps that were done, and"""
    planned_steps: int | None = None
    """how many there were to be; None where nobody knows."""
    epochs: float | None = None
    """Passes over the examples that were done; None where nobody knows."""
    stopped_early: bool = False
    """Whether it ended by itself since its checks no longer improved."""
    was_cancelled: bool = False
    broke: bool = False
    """Whether it ended because its loss was no number any more."""
    usual_learning_rate: float | None = None
    """That of the presets for such a training."""

    @property
    def last_step(self) -> int:
        """The step at which it ended."""
        recorded = [int(point["step"]) for point in (*self.learned, *self.checked)]
        return self.steps or max(recorded, default=0)

    @property
    def kept(self) -> int | None:
        """The step of the state that was kept, else the one with the lowest practice loss."""
        losses = [(float(p["loss"]), int(p["step"])) for p in self.checked if "loss" in p]
        return self.best_step if self.best_step is not None else min(losses)[1] if losses else None


@dataclass(frozen=True)
class Change:
    """One setting of the recipe, and the value worth trying."""

    setting: str
    value: float
    former: float

    @property
    def sentence(self) -> str:
        """What changes, in words."""
        label = FIELDS[self.setting].metadata["label"]
        return f"{label}: {self.value:g} instead of {self.former:g}"

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {**asdict(self), "sentence": self.sentence}


@dataclass(frozen=True)
class Diagnosis:
    """What the curves say."""

    kind: str
    """One of KINDS."""
    sentence: str
    change: Change | None = None
    """None where no setting would help, or nothing has to."""

    @property
    def is_good(self) -> bool:
        """Whether there is nothing to do."""
        return self.kind == FINE

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "kind": self.kind,
            "sentence": self.sentence,
            "change": self.change.as_dict() if self.change else None,
        }
