"""Whether a model that says "80 % sure" is right in 80 % of such answers."""

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.evaluation.scoring.intervals import wilson_interval

BINS = 10


@dataclass(frozen=True)
class Bin:
    """Answers of about the same sureness."""

    answers: int
    sure: float
    """Mean of what the model gave its answers."""
    right: float
    """Share of them that are right, with the ends of its 95 % interval."""
    low: float
    high: float


def bins(
    sure: npt.NDArray[np.float64],
    right: npt.NDArray[np.bool_],
    number: int = BINS,
    spread: float = 1.0,
) -> list[Bin]:
    """At most `number` bins of about as many answers each, the least sure first.

    Answers of one sureness are never parted, so there may be fewer. Bins of equal mass have a smaller
    error than those of equal width (Nguyen and O'Connor 2015, EMNLP, 1587–1598).

    Args:
        sure: (n,) from 0 to 1.
        right: (n,)
        spread: so many rows tell as much as one of independent ones.
    """
    order = np.argsort(sure, kind="stable")
    ordered, outcome = sure[order], right[order]
    wanted = np.round(np.arange(1, number) * len(sure) / number).astype(int)
    cuts = {int(np.searchsorted(ordered, ordered[at])) for at in wanted if 0 < at < len(sure)}
    edges = [0, *sorted(cuts - {0}), len(sure)]
    return [
        _bin(ordered[start:end], outcome[start:end], spread)
        for start, end in itertools.pairwise(edges)
        if end > start
    ]


def calibration_error(found: list[Bin]) -> float:
    """How far sureness and share right are apart on average, from 0 to 1 (ECE, Naeini, Cooper and
    Hauskrecht 2015, AAAI, 2901–2907, on the bins given).

    Raises:
        ValueError: there are no bins.
    """
    total = sum(own.answers for own in found)
    if not total:
        raise ValueError("a calibration error needs at least one answer")
    return sum(own.answers * abs(own.sure - own.right) for own in found) / total


def _bin(sure: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], spread: float) -> Bin:
    n, good = len(sure), int(right.sum())
    return Bin(n, float(sure.mean()), good / n, *wilson_interval(good / spread, n / spread))
