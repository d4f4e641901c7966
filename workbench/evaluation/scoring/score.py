"""One score of an exam with its interval, its words and its meaning."""

from dataclasses import dataclass
from typing import Any

from workbench.core.units import SHARE, Unit
from workbench.evaluation.scoring.by_task.categories import Estimated
from workbench.evaluation.scoring.intervals import wilson_interval

RATIO = Unit(
    brief="{:.2f}".format,
    words="{:.2f}".format,
    exact="{:.2f}".format,
    difference="{:.2f}".format,
    in_points=False,
    top=None,
    axis_format=",.4~g",
    margin=0.02,
)
"""So many for each one."""


@dataclass(frozen=True)
class Score:
    """One score of one of those who took an exam."""

    name: str
    """The field's name, as JSON has it."""
    label: str
    """In plain words, with the field's term in brackets."""
    value: float
    low: float | None
    """The ends of the 95 % interval; None where none can be told."""
    high: float | None
    meaning: str
    """What it tells, and what is good here; one or two sentences."""
    unit: Unit = SHARE
    higher_is_better: bool | None = True
    """None where neither is."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        names = ("name", "label", "value", "low", "high", "meaning", "higher_is_better")
        return {name: getattr(self, name) for name in names}

    @property
    def words(self) -> str:
        """The value as a table has it: "93.7 %"."""
        return self.unit.exact(self.value)

    @property
    def interval(self) -> str:
        """Its interval as a table has it; empty where there is none."""
        if self.low is None or self.high is None:
            return ""
        return f"{self.unit.exact(self.low)} to {self.unit.exact(self.high)}"


def counted(of: int, n: int, spread: float = 1.0) -> Estimated:
    """A share with its Wilson interval."""
    return Estimated(of / n, *wilson_interval(of / spread, n / spread))


def scored(
    name: str,
    label: str,
    own: Estimated,
    meaning: str,
    unit: Unit = SHARE,
    higher_is_better: bool | None = True,
) -> Score:
    """A score that has an interval."""
    return Score(name, label, own.value, own.low, own.high, meaning, unit, higher_is_better)
