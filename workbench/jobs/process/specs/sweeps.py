"""What a sweep is told: a training, and what of it is to be tried."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from workbench.core.recipe import Recipe
from workbench.jobs.process.specs.spec import Spec


@dataclass(frozen=True, kw_only=True)
class SweepSpec(Spec):
    """Train several times with different settings within a time, and keep the best."""

    kind: ClassVar[str] = "sweep"
    task: str
    version_id: int
    model_id: int
    recipe: Recipe
    """Of the first try; the others differ from it in what `space` names."""
    space: dict[str, Any] = field(default_factory=dict)
    """Setting → `low` and `high`, with `log` where what counts is the ratio, or `choices`."""
    minutes: float
    """Of work, waiting for other jobs and pauses left out."""
    most: int
    """Tries at most."""
    seed: int = 42
    """Of what is tried next."""
    keeps_all: bool = False
    """Whether the models of those that are not chosen stay."""
    start_run_id: int | None = None
    """The run that each try goes on from; None begins with the base model."""
