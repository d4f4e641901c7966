"""Scores that follow from sums over rows: a share, a mean, macro-F1, chrF.

What each row adds is a line of numbers; a score is a function of their sum. So the score of any
resample, and of two models with some answers exchanged, is one product of matrices.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.evaluation.scoring.chrf import chrf_counts, chrf_of

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sums:
    """What each row adds to a score."""

    rows: Floats
    """(rows, numbers)."""
    of: Callable[[Floats], Floats]
    """From sums (..., numbers) to scores (...)."""

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def score(self) -> float:
        """Of all rows."""
        return float(self.of(self.rows.sum(0)))


def mean_sums(values: Sequence[float] | Floats) -> Sums:
    """The mean of a number of each row; a share where they are 0 and 1."""
    column = np.asarray(values, float)
    return Sums(np.stack([column, np.ones_like(column)], axis=1), _mean)


def macro_f1_sums(
    expected: Sequence[str], answers: Sequence[str], categories: Sequence[str] = ()
) -> Sums:
    """Macro-F1 as scikit-learn has it: over the categories that are expected or answered.

    Args:
        categories: more that may be answered, so that two models' sums have the same shape.
    """
    names = sorted({*expected, *answers, *categories})
    place = {name: number for number, name in enumerate(names)}
    wanted = np.array([place[name] for name in expected], int)
    given = np.array([place[name] for name in answers], int)
    rows, number = np.zeros((len(wanted), 2 * len(names))), np.arange(len(wanted))
    rows[number, wanted] += wanted == given
    np.add.at(rows, (number, len(names) + wanted), 1)
    np.add.at(rows, (number, len(names) + given), 1)
    return Sums(rows, _macro_f1)


def chrf_sums(expected: Sequence[str], answers: Sequence[str]) -> Sums:
    """chrF of all rows together."""
    return Sums(chrf_counts(expected, answers), chrf_of)


def _mean(sums: Floats) -> Floats:
    found: Floats = sums[..., 0] / np.maximum(1, sums[..., 1])
    return found


def _macro_f1(sums: Floats) -> Floats:
    half = sums.shape[-1] // 2
    right, both = sums[..., :half], sums[..., half:]
    f1 = np.divide(2 * right, both, out=np.zeros_like(right), where=both > 0)
    found: Floats = f1.sum(-1) / np.maximum(1, (both > 0).sum(-1))
    return found
