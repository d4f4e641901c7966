"""What chance does to scores that follow from sums over rows: intervals by the bootstrap, and how
likely two models that are alike would differ as much.
"""

import functools
import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import special

from workbench.evaluation.scoring.sums import Sums

RESAMPLES = 2000
MOST_ROWS = 4000
"""Rows that are drawn one by one; of more, random groups are, which spread alike."""
_SEED = 20_040_725
_KEPT = 3
_TINY = 1e-9
Floats = npt.NDArray[np.float64]
Interval = tuple[float, float]


def interval(sums: Sums, spread: float = 1.0) -> Interval:
    """The 95 % interval of a score.

    BCa: percentiles of 2,000 resamples, corrected for bias and skewness (Efron 1987, JASA
    82:171–185), and taken a little further out where there are few rows, since a bootstrap spreads
    too little then (Hesterberg 2015, Am. Stat. 69:371–386, "expanded percentile interval").

    Args:
        spread: so many rows tell as much as one, where they hang together.

    Raises:
        ValueError: there are no rows.
    """
    return _interval(_grouped(sums.rows), sums.of, spread)


def difference_interval(first: Sums, second: Sums, spread: float = 1.0) -> Interval:
    """The same for how much more the first of two models scores on the same rows (paired bootstrap,
    Koehn 2004, EMNLP, 388–395)."""
    return _interval(*_difference(first, second), spread)


def difference_error(first: Sums, second: Sums) -> float:
    """The standard error of that difference, by the bootstrap."""
    rows, of = _difference(first, second)
    return float(of(_totals(rows)).std())


def exchange_test(first: Sums, second: Sums, spread: float = 1.0) -> float:
    """How likely two models that are alike would differ as much on the same rows; two-sided.

    Approximate randomisation: the answers of each row change places or not, by a coin (Noreen 1989;
    Riezler and Maxwell 2005, ACL workshop, 57–64). 2,000 tries with a fixed seed.
    """
    both, of = _difference(first, second)
    width = both.shape[1] // 2
    seen = abs(float(of(both.sum(0))))
    coins = np.random.default_rng(_SEED).integers(0, 2, (RESAMPLES, len(both))).astype(np.float32)
    moved = (coins @ (both[:, width:] - both[:, :width]).astype(np.float32)).astype(float)
    start = both.sum(0)
    tried = np.abs(of(np.concatenate([start[:width] + moved, start[width:] - moved], axis=1)))
    p_value = float((1 + (tried >= seen - _TINY).sum()) / (1 + RESAMPLES))
    if spread == 1.0:
        return p_value
    return float(2 * special.ndtr(special.ndtri(p_value / 2) / math.sqrt(spread)))


def _difference(first: Sums, second: Sums) -> tuple[Floats, Callable[[Floats], Floats]]:
    width = first.rows.shape[1]
    if second.rows.shape != first.rows.shape:
        raise ValueError("two models are compared on the same rows")

    def of(sums: Floats) -> Floats:
        found: Floats = first.of(sums[..., :width]) - second.of(sums[..., width:])
        return found

    return _grouped(np.concatenate([first.rows, second.rows], axis=1)), of


def _interval(rows: Floats, of: Callable[[Floats], Floats], spread: float) -> Interval:
    n = len(rows)
    if not n:
        raise ValueError("an interval needs at least one row")
    score, found = float(of(rows.sum(0))), np.sort(of(_totals(rows)))
    if n == 1 or found[-1] - found[0] < _TINY:
        return score, score
    below = ((found < score - _TINY).sum() + 0.5 * (np.abs(found - score) <= _TINY).sum()) / len(
        found
    )
    bias = float(special.ndtri(min(max(below, 0.5 / len(found)), 1 - 0.5 / len(found))))
    skew, reach = _skew(rows, of), _reach(n)
    ends = []
    for z in (-reach, reach):
        moved = bias + (bias + z) / max(0.1, 1 - skew * (bias + z))
        ends.append(float(np.quantile(found, float(special.ndtr(moved)))))
    wider = math.sqrt(spread)
    return score + wider * (ends[0] - score), score + wider * (ends[1] - score)


def _reach(n: int) -> float:
    """How many standard errors of a bootstrap of n rows the ends lie apart from the middle."""
    return math.sqrt(n / (n - 1)) * float(special.stdtrit(n - 1, 0.975))


def _skew(rows: Floats, of: Callable[[Floats], Floats]) -> float:
    """BCa's acceleration, of the scores without one row."""
    left = of(rows.sum(0) - rows)
    apart = left.mean() - left
    below = 6 * float((apart**2).sum()) ** 1.5
    return float((apart**3).sum()) / below if below > 0 else 0.0


def _totals(rows: Floats) -> Floats:
    """(RESAMPLES, numbers): the sums of rows that are drawn with replacement."""
    found: Floats = (_times(len(rows)) @ rows.astype(np.float32)).astype(float)
    return found


@functools.lru_cache(maxsize=_KEPT)
def _times(n: int) -> npt.NDArray[np.float32]:
    """How often each row is in each resample."""
    rng = np.random.default_rng(_SEED)
    times = np.empty((RESAMPLES, n), np.float32)
    for resample in times:
        resample[:] = np.bincount(rng.integers(0, n, n), minlength=n)
    return times


def _grouped(rows: Floats) -> Floats:
    """Sums of random groups of rows where there are many."""
    n = len(rows)
    if n <= MOST_ROWS:
        return rows
    order = np.random.default_rng(_SEED).permutation(n)
    starts = np.linspace(0, n, MOST_ROWS, endpoint=False).astype(int)
    found: Floats = np.add.reduceat(rows[order], starts, axis=0)
    return found
