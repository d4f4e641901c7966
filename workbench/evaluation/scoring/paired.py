"""Two models on the same questions, of which each gets some right that the other does not."""

import math
from collections.abc import Callable, Sequence

from scipy import optimize, special

_Z = 1.959963984540054
_Z_POWER = 0.8416212335729143
"""80 % point of the normal distribution."""


def tango_interval(only_first: float, only_second: float, n: float) -> tuple[float, float]:
    """The 95 % interval of how much larger a share the first model gets right, -1 to 1.

    Tango's score interval (1998, Stat. Med. 17:891–908), which also holds for few questions.

    Args:
        only_first: questions that only the first model gets right.
        only_second: questions that only the second one gets right.
        n: all questions.

    Raises:
        ValueError: there are no questions.
    """
    if n <= 0:
        raise ValueError("a difference needs at least one question")
    seen = (only_first - only_second) / n
    score = _tango_score(only_first, only_second, n)
    low, high = -1.0, 1.0
    if score(low) > _Z:
        low = optimize.brentq(lambda d: score(d) - _Z, low, seen)
    if score(high) < -_Z:
        high = optimize.brentq(lambda d: score(d) + _Z, seen, high)
    return float(low), float(high)


def _tango_score(b: float, c: float, n: float) -> Callable[[float], float]:
    """How many standard errors the seen difference lies above one that is supposed to be true."""

    def score(d: float) -> float:
        if abs(d) >= 1:
            return math.copysign(math.inf, (b - c) / n - d) if (b - c) / n != d else 0.0
        # The likeliest share of the second kind of questions, if d were true.
        half = -b - c + (2 * n - b + c) * d
        share = (math.sqrt(max(0.0, half * half + 8 * n * c * d * (1 - d))) - half) / (4 * n)
        variance = n * (2 * share + d * (1 - d))
        above = b - c - n * d
        if variance <= 0:
            return math.copysign(math.inf, above) if above else 0.0
        return above / math.sqrt(variance)

    return score


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values of several comparisons, each enlarged so that all of them together err in at most
    as many cases as one (Holm 1979, Scand. J. Stat. 6:65–70)."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    found, least = [1.0] * len(p_values), 0.0
    for place, i in enumerate(order):
        least = max(least, min(1.0, (len(p_values) - place) * p_values[i]))
        found[i] = least
    return found


def needed_for_shares(gain: float, differing: float, alpha: float = 0.05) -> float:
    """Questions with which a gain of this size is shown in four of five exams.

    Connor 1987, Biometrics 43:207–211, for McNemar's test, two-sided, power 80 %.

    Args:
        gain: difference of the shares that are right.
        differing: share of the questions that one of the two alone gets right.
        alpha: how often chance may pass for a gain.
    """
    if gain <= 0 or differing <= 0:
        return math.inf
    spread = math.sqrt(max(0.0, differing - gain * gain))
    return ((_far(alpha) * math.sqrt(differing) + _Z_POWER * spread) / gain) ** 2


def needed_for_means(gain: float, deviation: float, alpha: float = 0.05) -> float:
    """The same for a difference whose spread from row to row is `deviation`."""
    return ((_far(alpha) + _Z_POWER) * deviation / gain) ** 2 if gain > 0 else math.inf


def _far(alpha: float) -> float:
    return -float(special.ndtri(alpha / 2))
