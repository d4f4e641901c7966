"""Thresholds: from which probability on each category is given.

A category's own is the one with the best F1 on rows that were not learned from (SCut: Yang 2001, "A Study
on Thresholding Strategies for Text Categorization"); of few rows it would be chance, so it is drawn
towards the common one with the best micro-F1, the more the fewer rows the category has.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
LOWEST, HIGHEST = 0.05, 0.95
DRAWN = 10
"""A category's own threshold counts half where so many of its rows are there to choose it by."""
EVEN = 0.5
FOLDS = 5
_STEPS = 181


def choose(shares: Floats, wanted: Truths) -> list[float]:
    """A threshold for each category.

    Args:
        shares: probabilities (rows, labels) of rows that were not learned from.
        wanted: (rows, labels), which hold.
    """
    steps = np.linspace(LOWEST, HIGHEST, _STEPS)
    if not wanted.any():
        return [EVEN] * shares.shape[1]
    right, given = _counts(shares, wanted, steps)
    held = wanted.sum(0)
    common = _best(_f1(right.sum(1), given.sum(1), held.sum()), steps)
    found = []
    for label, rows in enumerate(held.tolist()):
        own = _best(_f1(right[:, label], given[:, label], rows), steps) if rows else common
        weight = rows / (rows + DRAWN)
        found.append(round(float(weight * own + (1 - weight) * common), 4))
    return found


def by_turns(
    texts: npt.NDArray[Any], wanted: Truths, probabilities: Callable[..., Floats], seed: int
) -> Floats:
    """Probabilities (rows, labels), each of a probe that learned from the rows of other folds only.

    Args:
        texts: what the probe knows each by, along the first axis.
        probabilities: (learned texts, what holds, asked texts) → probabilities.
    """
    folds = min(FOLDS, len(wanted))
    turn = np.random.default_rng(seed).permutation(len(wanted)) % folds
    found = np.zeros(wanted.shape)
    for fold in range(folds):
        asked = turn == fold
        found[asked] = probabilities(texts[~asked], wanted[~asked], texts[asked])
    return found


def _counts(shares: Floats, wanted: Truths, steps: Floats) -> tuple[Floats, Floats]:
    """How often each category is rightly given, and given at all, at each step (steps, labels)."""
    right, given = (np.zeros((len(steps), shares.shape[1])) for _ in range(2))
    for label in range(shares.shape[1]):
        all_of, own = np.sort(shares[:, label]), np.sort(shares[wanted[:, label], label])
        given[:, label] = len(all_of) - np.searchsorted(all_of, steps, "left")
        right[:, label] = len(own) - np.searchsorted(own, steps, "left")
    return right, given


def _f1(right: Floats, given: Floats, held: float) -> Floats:
    return 2 * right / np.maximum(1.0, given + held)


def _best(scores: Floats, steps: Floats) -> float:
    """The middle of the stretch of steps that score best and lie nearest to a half."""
    best = np.flatnonzero(scores >= scores.max() - 1e-12)
    stretches = np.split(best, np.flatnonzero(np.diff(best) > 1) + 1)
    middles = [float(steps[own].mean()) for own in stretches]
    return min(middles, key=lambda middle: abs(middle - EVEN))
