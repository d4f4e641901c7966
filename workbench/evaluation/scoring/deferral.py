"""Which answers a model may give alone and which a person is to check: shares right, and the cost.

An answer is given alone if it is surer than the threshold: at 0 every one is, at 1 none. Checking by
a person costs the one price and is taken to be right; a wrong answer given alone costs the other.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.evaluation.scoring.intervals import wilson_interval

Floats = npt.NDArray[np.float64]
Interval = tuple[float, float]

THRESHOLDS: Floats = np.unique(
    np.round(np.concatenate([np.arange(1001) / 1e3, 1 - np.arange(10) / 1e4]), 5)
)
"""Those to choose from, rising: thousandths, and ten-thousandths close to 1, where the answers of a
model that is sure of itself lie."""
PER = 100
"""Costs are those of so many texts."""
_DRAWS, _SEED = 2000, 20_250_311
_PRIOR = 0.5


@dataclass(frozen=True)
class Prices:
    """In any currency, of one text each."""

    error: float
    """What a wrong answer costs that nobody has checked."""
    check: float
    """What it costs when a person answers."""

    def __post_init__(self) -> None:
        if not (0 <= self.error < np.inf and 0 <= self.check < np.inf):
            raise ValueError("a price is a number from 0 up")


@dataclass(frozen=True, eq=False)
class Judged:
    """Answers with how sure the model was, and whether it was right."""

    sure: Floats
    """(n,) from 0 to 1; 0 for an answer that is never given alone."""
    right: npt.NDArray[np.bool_]
    """(n,)"""
    spread: float = 1.0
    """So many of the rows tell as much as one of independent ones (`intervals.SPREAD`)."""

    def __len__(self) -> int:
        return len(self.sure)

    def part(self, rows: npt.NDArray[np.bool_]) -> "Judged":
        """Some of the rows."""
        return Judged(self.sure[rows], self.right[rows], self.spread)


@dataclass(frozen=True, eq=False)
class Curve:
    """What each threshold gives; arrays over `threshold`."""

    threshold: Floats
    alone: Floats
    """Share of the texts that are answered alone."""
    right: Floats
    """Share right among those; nan where there are none."""
    cost: Floats
    """Of 100 texts."""


@dataclass(frozen=True)
class Estimate:
    """A number from some rows, with its 95 % interval."""

    value: float
    low: float
    high: float

    def taking_in(self, other: "Estimate") -> "Estimate":
        """The same number with an interval that holds the other's, too."""
        return Estimate(self.value, min(self.low, other.low), max(self.high, other.high))


@dataclass(frozen=True)
class Deferral:
    """What a threshold gives on rows that did not choose it."""

    rows: int
    alone: Estimate
    """Share of the texts that are answered alone."""
    right: Estimate | None
    """Share right among those; None where there are none."""
    cost: Estimate
    """Of 100 texts, as the next three."""
    all_alone: Estimate
    """If a person checked nothing."""
    saved: Estimate
    """Less than that by checking; negative where checking costs more than it helps."""
    by_hand: float
    """If a person checked everything."""

    @property
    def to_a_person(self) -> Estimate:
        """Of 100 texts."""
        return Estimate(
            PER * (1 - self.alone.value), PER * (1 - self.alone.high), PER * (1 - self.alone.low)
        )


def curve(judged: Judged, prices: Prices, thresholds: Floats = THRESHOLDS) -> Curve:
    """Shares and cost at each threshold.

    Raises:
        ValueError: there are no rows.
    """
    _check(judged)
    order = np.argsort(judged.sure, kind="stable")
    wrong_below = np.concatenate([[0], np.cumsum(~judged.right[order])])
    n, below = len(judged), np.searchsorted(judged.sure[order], thresholds, side="right")
    alone, wrong = n - below, wrong_below[-1] - wrong_below[below]
    with np.errstate(invalid="ignore", divide="ignore"):
        right = np.where(alone > 0, 1 - wrong / alone, np.nan)
    cost = PER * (prices.error * wrong + prices.check * below) / n
    return Curve(thresholds, alone / n, right, cost)


def cheapest(judged: Judged, prices: Prices) -> float:
    """The threshold with the least cost on these rows; of several, what troubles people least.

    Raises:
        ValueError: there are no rows.
    """
    found = curve(judged, prices)
    least = found.cost <= found.cost.min() + 1e-9
    best = np.flatnonzero(least & (found.alone == found.alone[least].max()))
    return float(found.threshold[best[len(best) // 2]])  # halfway between two neighbours' sureness


def cross_fitted(judged: Judged, turns: npt.NDArray[np.int64], prices: Prices) -> Floats:
    """The cheapest threshold for each row (n,), chosen on the rows of the other turns.

    Raises:
        ValueError: there are fewer than two turns.
    """
    numbers = np.unique(turns)
    if len(numbers) < 2:
        raise ValueError("to choose on the other turns takes two at least")
    chosen = np.empty(len(judged))
    for number in numbers:
        chosen[turns == number] = cheapest(judged.part(turns != number), prices)
    return chosen


def deferral(judged: Judged, threshold: float | Floats, prices: Prices) -> Deferral:
    """What a threshold gives on rows, with 95 % intervals.

    Shares have Wilson's; costs are those of counts (wrong alone, right alone, checked though wrong,
    checked though right) drawn from their posterior under Jeffreys' prior, which also says something
    where none was wrong (Brown, Cai and DasGupta 2001, Stat. Sci. 16:101–133, for one share).

    Args:
        threshold: one, or one for each row.

    Raises:
        ValueError: there are no rows.
    """
    _check(judged)
    alone = judged.sure > threshold
    counts = np.array(
        [
            (alone & ~judged.right).sum(),
            (alone & judged.right).sum(),
            (~alone & ~judged.right).sum(),
            (~alone & judged.right).sum(),
        ]
    )
    n, given, error, check = len(judged), int(alone.sum()), prices.error, prices.check
    draws = _posterior(counts / judged.spread)
    costs = np.array([[error, 0, check, check], [error, 0, error, 0]])
    kept, blind = (Estimate(PER * float(own @ counts) / n, *_middle(draws @ own)) for own in costs)
    saved = costs[1] - costs[0]
    return Deferral(
        rows=n,
        alone=_share(given, n, judged.spread),
        right=_share(int(counts[1]), given, judged.spread) if given else None,
        cost=kept,
        all_alone=blind,
        saved=Estimate(PER * float(saved @ counts) / n, *_middle(draws @ saved)),
        by_hand=PER * check,
    )


def _check(judged: Judged) -> None:
    if not len(judged):
        raise ValueError("a threshold needs at least one row")


def _share(of: int, n: int, spread: float) -> Estimate:
    return Estimate(of / n, *wilson_interval(of / spread, n / spread))


def _posterior(counts: Floats) -> Floats:
    """Draws (2000, k) of the shares behind counts (k,); cells that a price cannot tell apart share
    a prior."""
    gammas = np.random.default_rng(_SEED).standard_gamma(counts + _PRIOR / 2, (_DRAWS, len(counts)))
    shares: Floats = gammas / gammas.sum(1, keepdims=True)
    return shares


def _middle(draws: Floats) -> Interval:
    low, high = np.percentile(PER * draws, [2.5, 97.5])
    return float(low), float(high)
