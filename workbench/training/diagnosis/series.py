"""What can be told of a noisy series of numbers: whether it rises or falls, and how much it wavers."""

import itertools
import math
import statistics
from collections.abc import Sequence
from functools import cache

_NORMAL = 1.4826
"""The median absolute deviation of normal noise, times this, is its standard deviation."""
_EXACT = 7
"""Up to so many numbers all orders are counted; beyond, the normal approximation is good (Kendall 1975)."""


def trend(values: Sequence[float]) -> float:
    """How likely chance alone gives a rise as steady as this one, or a steadier one (0 to 1).

    The one-sided test of Mann (1945, Econometrica 13:245–259) and Kendall: it counts pairs of which the
    later one is higher, so it minds neither the size of the noise nor its form.
    """
    number = len(values)
    if number < 2:
        return 1.0
    score = sum((b > a) - (b < a) for a, b in itertools.combinations(values, 2))
    if number <= _EXACT:
        counts = _scores_of(number)
        return sum(times for value, times in counts.items() if value >= score) / sum(
            counts.values()
        )
    spread = math.sqrt(number * (number - 1) * (2 * number + 5) / 18)
    return 0.5 * math.erfc((score - 1) / spread / math.sqrt(2))


def noise(values: Sequence[float]) -> float | None:
    """The standard deviation of what is left of a series without its slow movement; None of fewer than 6.

    From second differences, which a straight movement leaves at nought (as Rice 1984, Ann. Stat.
    12:1215–1230, does with first ones), by their median, which one jump does not move.
    """
    if len(values) < 6:
        return None
    seconds = [a - 2 * b + c for a, b, c in zip(values, values[1:], values[2:], strict=False)]
    return _NORMAL * statistics.median(map(abs, seconds)) / math.sqrt(6)


def lies_below(later: Sequence[float], earlier: Sequence[float], by: float = 2.0) -> bool:
    """Whether the mean of some numbers lies below that of others by more than `by` standard errors (Welch
    1947, Biometrika 34:28–35)."""
    if len(later) < 2 or len(earlier) < 2:
        return False
    error = math.sqrt(
        statistics.variance(later) / len(later) + statistics.variance(earlier) / len(earlier)
    )
    return statistics.fmean(earlier) - statistics.fmean(later) > by * error


def smoothed(values: Sequence[float], width: int) -> list[float]:
    """The medians of every `width` numbers in a row."""
    return [statistics.median(values[i : i + width]) for i in range(len(values) - width + 1)]


@cache
def _scores_of(number: int) -> dict[int, int]:
    """Kendall's score → in how many orders of so many different numbers it is found."""
    counts = {0: 1}
    for size in range(2, number + 1):
        grown: dict[int, int] = {}
        for value, times in counts.items():
            for place in range(size):  # where the new largest number goes
                key = value + size - 1 - 2 * place
                grown[key] = grown.get(key, 0) + times
        counts = grown
    return counts
