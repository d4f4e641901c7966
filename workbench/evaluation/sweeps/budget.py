"""The time of a sweep: how many tries fit, and what is kept for the exams at its end."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.core.recipe import Recipe
from workbench.core.words import plural
from workbench.data.versions import VersionInfo, get_version
from workbench.jobs.process.specs import SweepSpec
from workbench.models.model_info import ModelInfo
from workbench.system.hardware import Hardware, hardware
from workbench.training import outlook
from workbench.training.estimate import estimate_run
from workbench.training.lengths import Lengths
from workbench.training.past_runs import past_runs

EXAMS = 2
"""The chosen try's, and the first one's beside it."""
UNSURE = 0.4
"""A try may take this share of what is expected: below that a time is surely too short for one."""


@dataclass(frozen=True)
class Costs:
    """What tries are expected to take on this machine."""

    machine: Hardware
    model: ModelInfo
    version: VersionInfo
    lengths: Lengths

    @classmethod
    def of(cls, store: Store, version: VersionInfo, model: ModelInfo, recipe: Recipe) -> "Costs":
        """For tries that differ from a recipe in what varies."""
        return cls(hardware(), model, version, outlook.lengths_for(store, version, model, recipe))

    def seconds(self, store: Store, recipe: Recipe, *, exam: bool = False) -> float:
        """Of a training, with or without its exam."""
        asked = int(self.version.splits.get("test", 0)) if exam else 0
        return estimate_run(
            self.machine,
            self.model,
            recipe,
            int(self.version.splits.get("train", 0)),
            self.lengths,
            past_runs(store, self.model, recipe),
            written_rows=asked,
            task=self.version.task,
        ).seconds

    def try_s(self, store: Store, recipe: Recipe) -> float:
        """Of a try: a training, and answers to practice questions by the trained model alone."""
        return self.seconds(store, recipe) + self.exam_s(store, recipe) / 2

    def exam_s(self, store: Store, recipe: Recipe) -> float:
        """Of one exam."""
        return self.seconds(store, recipe, exam=True) - self.seconds(store, recipe)


def tries_that_fit(
    store: Store,
    version: VersionInfo,
    model: ModelInfo,
    recipe: Recipe,
    minutes: float,
    at_once: int = 1,
) -> int:
    """About how many tries a time is enough for, `at_once` of them side by side."""
    costs = Costs.of(store, version, model, recipe)
    left = 60 * minutes - exams_s(costs.exam_s(store, recipe), at_once)
    return at_once * max(0, int(left / max(1.0, costs.try_s(store, recipe))))


def exams_s(one_s: float, at_once: int = 1) -> float:
    """Seconds that the exams at the end take, `at_once` of them side by side, each `one_s`."""
    return math.ceil(EXAMS / at_once) * one_s


def check(
    store: Store, version: VersionInfo, model: ModelInfo, recipe: Recipe, minutes: float
) -> None:
    """Refuse a time that is surely too short for one try.

    Raises:
        WorkbenchError: it is; what to do instead.
    """
    expected = Costs.of(store, version, model, recipe).try_s(store, recipe)
    if 60 * minutes < UNSURE * expected:
        enough = max(1, round(expected / 60 + 0.5))
        raise WorkbenchError(
            f"One try alone takes about {plural(enough, 'minute')}, so {minutes:g} will not do: give it "
            f"more time, or choose a quicker preset."
        )


def expected_s(estimates: Sequence[tuple[float, float]], estimate: float) -> float:
    """What the next try will take, by what earlier ones took.

    Args:
        estimates: of each earlier try what was expected and what it took, in seconds.
        estimate: of the next one.
    """
    factors = [took / max(1.0, thought) for thought, took in estimates if took > 0]
    return estimate * (statistics.median(factors) if factors else 1.0)


def version_of(store: Store, spec: SweepSpec) -> VersionInfo:
    """The version that a sweep learns from.

    Raises:
        WorkbenchError: it was deleted.
    """
    return get_version(store, spec.version_id)
