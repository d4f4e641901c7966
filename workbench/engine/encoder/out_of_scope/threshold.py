"""The least that a text must have to belong: set on held-out rows, whose categories are known.

Of held-out rows that are sorted right, at most a share `LOSS` may be refused. The threshold is the
k-th least of their scores, k being `LOSS` times one more than their number: then a further row that
would be sorted right is refused with a chance of at most `LOSS` (split conformal prediction: Vovk et
al. 2005, "Algorithmic Learning in a Random World"). Where k is none, there is no threshold.
"""

import math
from dataclasses import dataclass

import torch

LOSS = 0.025
"""Share of the right answers that may be lost."""
FAR_LOSS = 0.01
"""Share of the right answers that may be lost besides, to tell texts of another world."""
ENOUGH = math.ceil(1 / LOSS) - 1
"""Held-out rows, sorted right, from which on there is a threshold."""
NARROWEST = 1e-3
"""A spread that is taken for at least so much: scores that are all alike tell nothing."""


@dataclass(frozen=True)
class Threshold:
    """What counts how much, and the least that there must be of it."""

    sure: float
    """Weight of the log probability: one by its spread among held-out rows sorted right."""
    near: float
    """Weight of the cosine, likewise."""
    least: float

    def scores(self, sureness: torch.Tensor, nearness: torch.Tensor) -> torch.Tensor:
        """How much each text belongs, float64 (texts,); both arguments (texts,)."""
        return self.sure * sureness.double() + self.near * nearness.double()

    def refused(self, sureness: torch.Tensor, nearness: torch.Tensor) -> torch.Tensor:
        """Whether each text belongs to no category, bool (texts,)."""
        return self.scores(sureness, nearness) < self.least


def threshold_of(
    sureness: torch.Tensor, nearness: torch.Tensor, right: torch.Tensor
) -> Threshold | None:
    """The threshold by held-out rows; None where too few of them are sorted right.

    Args:
        sureness, nearness: of rows that were not learned from (rows,), as `belonging` tells them.
        right: whether their likeliest category is theirs, bool (rows,).
    """
    sure, near = sureness[right], nearness[right]
    found = Threshold(_weight(sure), _weight(near), 0.0)
    least = _least(found.scores(sure, near), LOSS)
    return None if least is None else Threshold(found.sure, found.near, least)


def least_near(nearness: torch.Tensor, right: torch.Tensor) -> float | None:
    """The cosine below which a text is too far from all that was learned; None of too few rows.

    Args:
        nearness, right: as for `threshold_of`, of the encoder before tuning.
    """
    return _least(nearness[right], FAR_LOSS)


def _least(scores: torch.Tensor, loss: float) -> float | None:
    place = int(loss * (len(scores) + 1))
    return float(scores.sort().values[place - 1]) if place else None


def _weight(values: torch.Tensor) -> float:
    return 1 / max(float(values.double().std()), NARROWEST)
