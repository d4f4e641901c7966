"""The least that a text must have to belong: set on held-out rows, whose categories are known.

Of all held-out rows, at most a share `LOSS` may lose a right answer. The threshold is the k-th least
score of those that are sorted right, k being `LOSS` times one more than all of them: then of further rows
at most such a share is expected to lose it (conformal risk control: Angelopoulos et al. 2022, arXiv
2208.02814). Where k is none, there is no threshold.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

LOSS = 0.028
"""Of the accuracy that may be lost: so many of all questions."""
MOST_OF_RIGHT = 0.1
"""Share of the right answers that may be lost, where few are right."""
ENOUGH = math.ceil(1 / LOSS) - 1
"""Held-out rows, sorted right, from which on there is a threshold."""
NARROWEST = 1e-3
"""A spread that is taken for at least so much: numbers that are all alike tell nothing."""


@dataclass(frozen=True)
class Threshold:
    """What counts how much, and the least that there must be of it."""

    weights: Sequence[float]
    """Of each number that is known of a text: one by its spread among held-out rows sorted right."""
    least: float

    def scores(self, evidence: torch.Tensor) -> torch.Tensor:
        """How much each text belongs, float64 (texts,).

        Args:
            evidence: what is known of each (texts, numbers).
        """
        weights = torch.tensor(self.weights, dtype=torch.float64, device=evidence.device)
        return evidence.double() @ weights

    def refused(self, evidence: torch.Tensor) -> torch.Tensor:
        """Whether each text belongs to no category, bool (texts,)."""
        return self.scores(evidence) < self.least


def threshold_of(evidence: torch.Tensor, right: torch.Tensor) -> Threshold | None:
    """The threshold by held-out rows; None where too few of them are sorted right.

    Args:
        evidence: of rows that were not learned from (rows, numbers).
        right: whether their likeliest category is theirs, bool (rows,).
    """
    own = evidence[right].double()
    if len(own) < ENOUGH:
        return None
    spread = own.std(0).clamp(min=NARROWEST)
    found = Threshold((1 / spread).tolist(), 0.0)
    place = min(int(LOSS * (len(right) + 1)), int(MOST_OF_RIGHT * (len(own) + 1)))
    least = float(found.scores(own).sort().values[place - 1])
    return Threshold(found.weights, least)
