"""Scores of answers that are sets of categories, from how often each was right, missed and too many.

They are scikit-learn's for indicator matrices: micro- and macro-F1 with nothing to divide by counting
as 0, over all categories that are wanted or given.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.core.tasks.category_sets import categories_in, labels_in
from workbench.evaluation.scoring.by_task.categories import Category, category
from workbench.evaluation.scoring.sums import Floats, Sums

Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class SetCounts:
    """Which categories were wanted and given, text by text."""

    names: list[str]
    wanted: Truths
    """(texts, names)."""
    given: Truths

    @property
    def right(self) -> Truths:
        """Which were rightly given."""
        return self.wanted & self.given

    def categories(self, spread: float = 1.0) -> list["Category"]:
        """Each category that is wanted or given, by name.

        Args:
            spread: so many rows tell as much as one of independent ones.
        """
        sums = (own.sum(0).tolist() for own in (self.wanted, self.given, self.right))
        return [
            category(name, wanted, given, right, spread)
            for name, wanted, given, right in zip(self.names, *sums, strict=True)
        ]


def counts(
    expected: Sequence[str], answers: Sequence[str], beside: Sequence[str] = ()
) -> SetCounts:
    """The sets of texts as indicator matrices.

    Args:
        beside: further sets whose categories have a column, too.
    """
    names = labels_in([*expected, *answers, *beside])
    place = {name: number for number, name in enumerate(names)}
    return SetCounts(names, *(_matrix(sets, place) for sets in (expected, answers)))


def _matrix(sets: Sequence[str], place: dict[str, int]) -> Truths:
    found = np.zeros((len(sets), len(place)), bool)
    for row, text in enumerate(sets):
        for name in categories_in(text):
            found[row, place[name]] = True
    return found


def micro_f1_sums(expected: Sequence[str], answers: Sequence[str]) -> Sums:
    """Micro-F1: twice the right ones over all wanted and given."""
    found = counts(expected, answers)
    both = found.wanted.sum(1) + found.given.sum(1)
    return Sums(np.stack([2.0 * found.right.sum(1), both.astype(float)], axis=1), _ratio)


def macro_f1_sums(
    expected: Sequence[str], answers: Sequence[str], beside: Sequence[str] = ()
) -> Sums:
    """Macro-F1: the mean over the categories that are wanted or given."""
    found = counts(expected, answers, beside)
    both = found.wanted.astype(float) + found.given
    return Sums(np.concatenate([2.0 * found.right, both], axis=1), _mean_ratio)


def _ratio(sums: Floats) -> Floats:
    right, both = sums[..., 0], sums[..., 1]
    return np.divide(right, both, out=np.zeros_like(right), where=both > 0)


def _mean_ratio(sums: Floats) -> Floats:
    half = sums.shape[-1] // 2
    right, both = sums[..., :half], sums[..., half:]
    each = np.divide(right, both, out=np.zeros_like(right), where=both > 0)
    found: Floats = each.sum(-1) / np.maximum(1, (both > 0).sum(-1))
    return found
