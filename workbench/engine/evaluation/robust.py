"""Numbers to learn from, so that a few far outside of all others do not pull everything towards them."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
FARTHEST = 10.0
"""What lies farther from the median, in deviations, teaches as if it lay there."""
NORMAL = 1.349
"""So many standard deviations the middle half of a normal distribution is wide."""


def deviation(numbers: Floats) -> float:
    """The usual one: that of the middle half, as far as that has a width; else the standard one."""
    low, high = np.quantile(numbers, (0.25, 0.75))
    return float((high - low) / NORMAL) or float(numbers.std()) or 1.0


def within_reach(numbers: Floats) -> Floats:
    """The numbers, those that lie too far out drawn in."""
    middle, reach = float(np.median(numbers)), FARTHEST * deviation(numbers)
    found: Floats = np.clip(numbers, middle - reach, middle + reach)
    return found
