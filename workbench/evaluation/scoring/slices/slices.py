"""Slices: the score of each group of exam rows against the others, and what of it is no chance.

Every group of every column is tested, so chance alone would flag some. A group is called certain only
where its p value is smaller than the smallest one of all groups in 97 % of random orders of the scores
(Westfall and Young 1993, Resampling-Based Multiple Testing: the single-step minP procedure). So of
tables in which no group differs at most 5 % have a group that is flagged, whatever the number of
columns, and however much they overlap.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse, special, stats

from workbench.evaluation.scoring.intervals import SPREAD, wilson_interval
from workbench.evaluation.scoring.slices.grouping import SMALL, Group, Places

ALPHA = 0.03
"""Below the 5 % that is promised, so that rounding and the finite number of orders never break it."""
ORDERS, FEWEST_ORDERS = 999, 499
"""Random orders that are drawn; fewer of very large exams."""
_CELLS = 20_000_000
_BATCH_CELLS = 4_000_000
_SEED = 19_930_412
_Z = float(stats.norm.ppf(0.975))
_ROUNDING = 1 + 1e-7
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Slice:
    """A group of rows, its score, and how it compares with all the other rows."""

    column: str
    value: str
    rows: int
    score: float
    """In the unit of the task's score: a share from 0 to 1, or a mean of 0 to 100."""
    low: float
    high: float
    """The score's 95 % interval."""
    difference: float
    """How much better the score is than that of all other rows; negative is worse."""
    difference_low: float
    difference_high: float
    """The 95 % interval of that difference, taken by itself."""
    p: float | None
    """How likely chance alone makes one group differ as much; None where it was not tested."""
    certain: bool
    """Whether it still counts when it is allowed for that all groups are looked at."""
    is_small: bool
    places: Places = field(repr=False, compare=False)
    """Which of the exam's rows it has."""

    @property
    def is_weak(self) -> bool:
        """Whether the model is worse here than elsewhere, and not by chance."""
        return self.certain and self.difference < 0


def find_slices(
    groups: Sequence[Group],
    scores: Numbers,
    *,
    is_share: bool,
    by_turns: bool = False,
    sign: float = 1.0,
    top: float = 100.0,
) -> list[Slice]:
    """The groups with their scores, the worst first: what is certainly weak, then the worst score,
    and what is too small to tell at the end.

    Args:
        scores: one number a row: 1 and 0 for right and wrong, or how good the answer is.
        is_share: whether they are such ones and zeros.
        by_turns: whether the rows were asked in an exam by turns; then each tells less.
        sign: -1 where smaller is better.
        top: the largest score that a row can have.
    """
    groups = [group for group in groups if 0 < len(group.places) < len(scores)]
    if not groups:
        return []
    spread = SPREAD if by_turns else 1.0
    tested = [i for i, group in enumerate(groups) if _can_tell(group, len(scores))]
    p_values, certain = _test([groups[i].places for i in tested], scores, is_share, spread)
    told = {i: (float(p), bool(c)) for i, p, c in zip(tested, p_values, certain, strict=True)}
    found = [
        _slice(group, scores, (is_share, spread, sign, top), told.get(number))
        for number, group in enumerate(groups)
    ]
    return sorted(
        found, key=lambda one: (not one.is_weak, one.is_small, sign * one.score, one.column)
    )


def _slice(
    group: Group,
    scores: Numbers,
    about: tuple[bool, float, float, float],
    told: tuple[float, bool] | None,
) -> Slice:
    is_share, spread, sign, top = about
    mine, others = scores[group.places], np.delete(scores, group.places)
    low, high = _interval(mine, spread, is_share=is_share, top=top)
    better, worse = (mine, others) if sign > 0 else (others, mine)
    less, more = difference_interval(better, worse, is_share=is_share, spread=spread, top=top)
    return Slice(
        column=group.column,
        value=group.value,
        rows=len(mine),
        score=float(mine.mean()),
        low=low,
        high=high,
        difference=float(better.mean() - worse.mean()),
        difference_low=less,
        difference_high=more,
        p=told[0] if told else None,
        certain=told is not None and told[1],
        is_small=group.is_small,
        places=group.places,
    )


def _can_tell(group: Group, rows: int) -> bool:
    return not group.is_small and rows - len(group.places) >= SMALL


def interval_of_share(mine: Numbers, spread: float, z: float = _Z) -> tuple[float, float]:
    """The interval of a share (Wilson's), as if of so many times fewer rows."""
    return wilson_interval(float(mine.sum()) / spread, len(mine) / spread, z)


def _interval(
    mine: Numbers, spread: float, z: float = _Z, *, is_share: bool, top: float
) -> tuple[float, float]:
    if is_share:
        return interval_of_share(mine, spread, z)
    return interval_of_mean(mine, spread, z, top)


def interval_of_mean(
    mine: Numbers, spread: float, z: float = _Z, top: float = 100.0
) -> tuple[float, float]:
    """The interval of a mean by Student's t; of a single row the number itself says nothing more."""
    n, mean = len(mine), float(mine.mean())
    if n < 2:
        return 0.0, top if np.isfinite(top) else 2 * mean
    t = float(stats.t.ppf(stats.norm.cdf(z), n - 1))
    half = t * float(mine.std(ddof=1)) * np.sqrt(spread / n)
    return max(0.0, mean - half), min(top, mean + half)


def difference_interval(
    first: Numbers,
    second: Numbers,
    *,
    is_share: bool,
    spread: float = 1.0,
    second_spread: float | None = None,
    z: float = _Z,
    top: float = 100.0,
) -> tuple[float, float]:
    """The interval of the first mean less the second: of shares Newcombe's hybrid score interval
    (1998, Stat. Med. 17:873–890, method 10), which is this sum of squares of two intervals' arms; of
    means the same sum.

    Args:
        second_spread: of the second's rows, where they were asked in another way than the first's.
        top: the largest score that a row can have.
    """
    own = spread if second_spread is None else second_spread
    low_1, high_1 = _interval(first, spread, z, is_share=is_share, top=top)
    low_2, high_2 = _interval(second, own, z, is_share=is_share, top=top)
    mean_1, mean_2 = float(first.mean()), float(second.mean())
    down = np.hypot(mean_1 - low_1, high_2 - mean_2)
    up = np.hypot(high_1 - mean_1, mean_2 - low_2)
    return float(mean_1 - mean_2 - down), float(mean_1 - mean_2 + up)


def _test(
    groups: Sequence[Places], scores: Numbers, is_share: bool, spread: float
) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """For each group its p value, and whether it is certain among all of them."""
    if not groups or np.ptp(scores) == 0:
        return np.ones(len(groups)), np.zeros(len(groups), bool)
    sizes = np.array([len(places) for places in groups])
    member = _membership(groups, len(scores))
    p_of = _Fisher(sizes, scores) if is_share else _Means(sizes, scores)
    p_values = _widened(p_of(member @ scores), spread)
    least = np.sort(_least_of_orders(member, scores, p_of))
    as_small = np.searchsorted(least, p_values * _ROUNDING, side="right")
    return p_values, (1 + as_small) / (1 + len(least)) <= ALPHA


def _membership(groups: Sequence[Places], rows: int) -> sparse.csr_array:
    """A line a group, a column a row: 1 where the row is in it."""
    columns = np.concatenate(groups)
    starts = np.concatenate([[0], np.cumsum([len(places) for places in groups])])
    return sparse.csr_array((np.ones(len(columns)), columns, starts), shape=(len(groups), rows))


def _least_of_orders(
    member: sparse.csr_array, scores: Numbers, p_of: "_Fisher | _Means"
) -> Numbers:
    """The smallest p value of all groups, for each of many random orders of the scores."""
    orders = int(np.clip(_CELLS // len(scores), FEWEST_ORDERS, ORDERS))
    rng, batch = np.random.default_rng(_SEED), max(1, _BATCH_CELLS // len(scores))
    least = []
    for start in range(0, orders, batch):
        drawn = np.tile(scores, (min(batch, orders - start), 1))
        shuffled = rng.permuted(drawn, axis=1).T
        least.append(p_of(member @ np.ascontiguousarray(shuffled)).min(axis=0))
    return np.concatenate(least)


def _widened(p_values: Numbers, spread: float) -> Numbers:
    """The p values, if so many rows tell as much as one."""
    if spread == 1.0:
        return p_values
    found: Numbers = 2 * stats.norm.sf(stats.norm.isf(p_values / 2) / np.sqrt(spread))
    return found


class _Fisher:
    """Fisher's exact test of each group against the other rows, looked up by its right answers."""

    def __init__(self, sizes: npt.NDArray[np.int64], scores: Numbers):
        right, rows = round(float(scores.sum())), len(scores)
        tables = {size: _two_sided(rows, right, size) for size in set(sizes.tolist())}
        self._starts = np.concatenate([[0], np.cumsum(sizes + 1)[:-1]])
        self._p = np.concatenate([tables[size] for size in sizes.tolist()])

    def __call__(self, sums: Numbers) -> Numbers:
        """Sums of the scores (groups, orders) or (groups,) → p values."""
        starts = self._starts.reshape(-1, *[1] * (sums.ndim - 1))
        found: Numbers = self._p[starts + np.rint(sums).astype(np.int64)]
        return found


def _two_sided(rows: int, right: int, size: int) -> Numbers:
    """For 0 to `size` right ones in a group: how likely such a number, or one as unlikely."""
    hits, wrong = np.arange(size + 1), rows - right
    possible = (hits <= right) & (size - hits <= wrong)
    ways = _log_choose(right, hits) + _log_choose(wrong, size - hits) - _log_choose(rows, size)
    chance = np.where(possible, np.exp(ways), 0.0)
    order = np.argsort(chance)
    cumulated = np.cumsum(chance[order])
    upto = np.searchsorted(chance[order], chance * _ROUNDING, side="right")
    found: Numbers = np.minimum(1.0, cumulated[upto - 1])
    return found


def _log_choose(n: int, k: Any) -> Any:
    """The logarithm of the number of ways to choose; of what cannot be, anything."""
    k = np.clip(k, 0, n)
    return special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)


class _Means:
    """How far a group's mean is from that of all rows, if the rows were drawn by lot."""

    def __init__(self, sizes: npt.NDArray[np.int64], scores: Numbers):
        self._sizes, self._mean = sizes, float(scores.mean())
        rest = 1 / sizes - 1 / len(scores)
        self._error = float(scores.std(ddof=1)) * np.sqrt(rest)

    def __call__(self, sums: Numbers) -> Numbers:
        """Sums of the scores (groups, orders) or (groups,) → p values."""
        shape = (-1, *[1] * (sums.ndim - 1))
        away = sums / self._sizes.reshape(shape) - self._mean
        found: Numbers = 2 * stats.norm.sf(np.abs(away) / self._error.reshape(shape))
        return found
