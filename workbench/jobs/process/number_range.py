"""What a model that estimates numbers has learned of them: their range, and how far off it may be."""

import math
from dataclasses import dataclass
from typing import NamedTuple

from workbench.core.tasks.number_answers import written
from workbench.jobs.process.contract import Contract

SHARE = 0.9
"""So often the true number lies between the two that are told."""


class Estimate(NamedTuple):
    """One answer, in the units of the user's numbers."""

    value: float
    """Within the range that was seen."""
    low: float | None
    """The true number lies between these two, nine times of ten; None where nobody can say."""
    high: float | None
    rounded: float | None = None
    """The step of a score that is nearest; None of other numbers."""
    outside: float | None = None
    """What the model's own estimate was, where it lay beyond all numbers that it has seen."""


@dataclass(frozen=True, kw_only=True)
class NumberRange(Contract):
    """The numbers of the training rows."""

    middle: float
    """The answer to a score of 0."""
    scale: float
    """How far one more lies from it."""
    low: float
    """The smallest and the largest that was seen: no estimate lies beyond."""
    high: float
    places: int = 0
    """Decimals of an estimate."""
    is_score: bool = False
    """Whether they are whole numbers near each other, such as stars."""
    width: float | None = None
    """How far the true number lies from an estimate at most, nine times of ten, on rows that were not
    learned (split conformal); None where there were too few to tell."""

    def estimate(self, score: float) -> Estimate:
        """What a head's score stands for."""
        own = self.middle + self.scale * score
        value = min(self.high, max(self.low, own))
        low, high = self._around(value)
        return Estimate(
            round(value, self.places),
            low,
            high,
            float(math.floor(value + 0.5)) if self.is_score else None,
            None if value == own else round(own, self.places),
        )

    def written(self, value: float) -> str:
        """An estimate as an answer's text."""
        return written(value, self.places)

    def _around(self, value: float) -> tuple[float | None, float | None]:
        """A score stays on its scale; of other numbers none is below 0 where none ever was."""
        if self.width is None:
            return None, None
        low, high = value - self.width, value + self.width
        if self.is_score:
            low, high = max(self.low, low), min(self.high, high)
        elif self.low >= 0:
            low = max(0.0, low)
        return round(low, self.places), round(high, self.places)
