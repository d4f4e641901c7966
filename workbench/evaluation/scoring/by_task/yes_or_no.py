"""Scores of two categories at every threshold: ROC and precision-recall, with what lies under them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.evaluation.scoring.by_task.categories import Estimated, on_log_odds
from workbench.evaluation.scoring.intervals import wilson_interval

Floats = npt.NDArray[np.float64]
_DRAWS, _SEED = 1000, 20_060_101
_CELLS = 4_000_000


@dataclass(frozen=True, eq=False)
class TwoCategories:
    """How well two categories are told apart, whatever threshold one takes."""

    positive: str
    """The rarer category: the one that is looked for."""
    negative: str
    roc: tuple[Floats, Floats]
    """Share of the others that are called positive, and share of the positive that are found."""
    precision_recall: tuple[Floats, Floats]
    """Share of the positive that are found, and share right among what is called positive."""
    auc: Estimated
    average_precision: Estimated
    share: float
    """Of the questions that are positive: the average precision of a model that guesses."""


def two_categories(
    expected: Sequence[str],
    answers: Sequence[str],
    probabilities: Sequence[float],
    spread: float = 1.0,
) -> TwoCategories | None:
    """The curves of an exam with exactly two categories; None for any other.

    Args:
        probabilities: what the model gives its own answer, one of the two.
        spread: so many rows tell as much as one of independent ones.
    """
    often = Counter(expected)
    if len(often) != 2 or not often.keys() >= set(answers):
        return None
    positive, negative = sorted(often, key=lambda name: (often[name], name))
    truth = np.array([name == positive for name in expected])
    said = np.array([name == positive for name in answers])
    sure = np.asarray(probabilities, float)
    score = np.where(said, sure, 1 - sure)
    tally = _Tally(truth, score)
    auc, precision = tally.estimates(spread)
    return TwoCategories(
        positive, negative, tally.roc(), tally.precision_recall(), auc, precision,
        float(truth.mean()),
    )  # fmt: skip


class _Tally:
    """Questions in order of their score, the highest first, those of one score together."""

    def __init__(self, truth: npt.NDArray[np.bool_], score: Floats) -> None:
        order = np.argsort(-score, kind="stable")
        self._truth = truth[order].astype(float)
        ends = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
        self._ends = ends

    def _counts(self, weights: Floats) -> tuple[Floats, Floats]:
        """Positive and other questions (draws, levels) at and above each level of the score."""
        found = np.cumsum(weights * self._truth, axis=1)[:, self._ends]
        others = np.cumsum(weights * (1 - self._truth), axis=1)[:, self._ends]
        return found, others

    def roc(self) -> tuple[Floats, Floats]:
        found, others = (own[0] for own in self._counts(np.ones((1, len(self._truth)))))
        return np.append(0, others / others[-1]), np.append(0, found / found[-1])

    def precision_recall(self) -> tuple[Floats, Floats]:
        found, others = (own[0] for own in self._counts(np.ones((1, len(self._truth)))))
        return np.append(0, found / found[-1]), np.append(1, found / (found + others))

    def areas(self, weights: Floats) -> Floats:
        """(draws, 2): area under the ROC curve (Hanley and McNeil 1982, Radiology 143:29–36), and
        average precision."""
        found, others = self._counts(weights)
        more = np.diff(found, axis=1, prepend=0)
        beside = np.diff(others, axis=1, prepend=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            auc = (beside * (found - more / 2)).sum(1) / (found[:, -1] * others[:, -1])
            precision = np.nan_to_num(found / (found + others))
            average = (more * precision).sum(1) / found[:, -1]
        return np.stack([auc, average], axis=1)

    def estimates(self, spread: float) -> list[Estimated]:
        n = len(self._truth)
        values = self.areas(np.ones((1, n)))[0]
        rng, drawn, at_once = np.random.default_rng(_SEED), [], max(1, _CELLS // n)
        for start in range(0, _DRAWS, at_once):
            size = min(at_once, _DRAWS - start)
            drawn.append(self.areas(rng.multinomial(n, np.full(n, 1 / n), size).astype(float)))
        widths = np.nanstd(np.concatenate(drawn), axis=0) * np.sqrt(spread)
        return [
            self._estimate(float(value), float(width), spread)
            for value, width in zip(values, widths, strict=True)
        ]

    def _estimate(self, value: float, width: float, spread: float) -> Estimated:
        fewer = min(self._truth.sum(), len(self._truth) - self._truth.sum())
        if value >= 1:  # no resample would doubt it
            return Estimated(value, wilson_interval(fewer / spread, fewer / spread)[0], 1.0)
        low, high = on_log_odds(value, width)
        return Estimated(value, min(low, value), max(high, value))
