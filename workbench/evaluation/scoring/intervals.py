"""How far a score can be trusted: what chance alone does to a number from few questions."""

import math

import numpy as np
import numpy.typing as npt

_Z = 1.959963984540054
"""97.5 % point of the normal distribution: 95 % lie within."""
SPREAD, DIFFERENCE_SPREAD = 1.8, 1.3
"""So many rows that were asked by turns tell as much as one that was put aside: trainings that share
most of their rows err together, and the model that is judged is another one, which learned from all.
The second is for the difference of two models on the same rows. By `scripts/few/bench_turns.py`."""
_RESAMPLES = 2000
_SEED = 20_040_725
_CELLS = 4_000_000
"""Draws held in memory at once, for large exams."""


def wilson_interval(right: float, n: float, z: float = _Z) -> tuple[float, float]:
    """The 95 % interval of a share of `right` out of `n`, both ends from 0 to 1.

    Wilson's score interval, which also holds for few questions and for shares near 0 and 1
    (Wilson 1927, JASA 22:209–212; recommended by Newcombe 1998, Stat. Med. 17:857–872).

    Args:
        z: how many standard errors it spans; more, where several intervals are to hold together.

    Raises:
        ValueError: there are no questions.
    """
    if n <= 0:
        raise ValueError("a share needs at least one question")
    share, z2 = right / n, z * z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = z / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def by_turns_interval(right: float, n: int) -> tuple[float, float]:
    """The 95 % interval of what a model that learned from all `n` rows gets right, of whose rows `right`
    were answered rightly by trainings without them.

    Wilson's interval of fewer rows (`SPREAD`), since answers of a cross-validation hang together
    (Nadeau and Bengio 2003, Mach. Learn. 52:239–281; Bates, Hastie and Tibshirani 2024, JASA
    119:1434–1445).

    Raises:
        ValueError: there are no rows.
    """
    if n < 1:
        raise ValueError("a share needs at least one question")
    return wilson_interval(right / SPREAD, n / SPREAD)


def mcnemar(only_first: int, only_second: int) -> float:
    """How likely chance alone makes two models differ as much on the same questions; two-sided.

    Exact McNemar test: of the questions that only one of the two gets right, each model should
    have half (McNemar 1947, Psychometrika 12:153–157; as the exact conditional test in Fagerland,
    Lydersen and Laake 2013, BMC Med. Res. Methodol. 13:91).

    Args:
        only_first: questions that only the first model gets right.
        only_second: questions that only the second one gets right.
    """
    n, fewer = only_first + only_second, min(only_first, only_second)
    tail, term = 0, 1  # whole numbers: a float would overflow beyond a thousand questions
    for k in range(fewer + 1):
        tail += term
        term = term * (n - k) // (k + 1)
    p_value: float = 2 * tail / 2**n
    return min(1.0, p_value)


def mcnemar_by_turns(only_first: int, only_second: int) -> float:
    """The same for models that were asked by turns: fewer questions tell (`DIFFERENCE_SPREAD`)."""
    return mcnemar(round(only_first / DIFFERENCE_SPREAD), round(only_second / DIFFERENCE_SPREAD))


def mean_interval(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    """The 95 % interval of the mean of `values` (one per question), by the bootstrap.

    With the differences between two models on the same questions this is the paired bootstrap
    (Koehn 2004, EMNLP, 388–395): an interval without 0 in it is more than chance. Percentiles of
    2,000 resamples with a fixed seed, so that the same exam always gives the same answer.

    Raises:
        ValueError: there are no questions.
    """
    if len(values) < 1:
        raise ValueError("a mean needs at least one question")
    rng, n = np.random.default_rng(_SEED), len(values)
    means: list[npt.NDArray[np.float64]] = []
    left = _RESAMPLES
    while left > 0:
        batch = min(left, max(1, _CELLS // n))
        means.append(values[rng.integers(0, n, (batch, n))].mean(axis=1))
        left -= batch
    low, high = np.percentile(np.concatenate(means), [2.5, 97.5])
    return float(low), float(high)
