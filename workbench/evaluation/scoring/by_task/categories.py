"""Scores of answers that are categories, from how often each was given for each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.evaluation.scoring.intervals import wilson_interval

Floats = npt.NDArray[np.float64]
Interval = tuple[float, float]
BALANCED, MACRO, WEIGHTED = "balanced_accuracy", "macro_f1", "weighted_f1"
_DRAWS, _SEED, _Z = 1000, 20_040_725, 1.959963984540054
MOST_CATEGORIES = 1000
_PRIOR = 0.45
"""Of a right and of a wrong answer, shared by the root of the number of categories and added to each
before its spread is told: where none was wrong, the rows themselves would say that none ever will be
(Agresti and Coull 1998), and where many are averaged, the others tell it."""


@dataclass(frozen=True)
class Category:
    """One category of an exam."""

    name: str
    wanted: int
    """Questions whose right answer it is."""
    given: int
    """Answers that name it."""
    right: int
    recall: float
    """Of the wanted ones, the share that is right; nan where none is wanted."""
    precision: float
    """Of the given ones, the share that is right; nan where none is given."""
    f1: float
    recall_interval: Interval
    precision_interval: Interval
    f1_interval: Interval


@dataclass(frozen=True)
class Estimated:
    """A score with its 95 % interval."""

    value: float
    low: float
    high: float


class Counts:
    """How often which category was answered to which."""

    def __init__(self, expected: Sequence[str], answers: Sequence[str]) -> None:
        """One pair for each question.

        Raises:
            ValueError: there are no questions.
        """
        if not len(expected):
            raise ValueError("a score needs at least one question")
        self.names = sorted({*expected, *answers})
        place = {name: number for number, name in enumerate(self.names)}
        pairs = np.array([(place[e], place[a]) for e, a in zip(expected, answers, strict=True)])
        cells, counts = np.unique(pairs, axis=0, return_counts=True)
        self._wanted, self._given = cells[:, 0], cells[:, 1]
        self._cells = counts.astype(float)
        self.rows = len(pairs)

    def scores(self) -> dict[str, float]:
        """Balanced accuracy, macro and weighted F1, from 0 to 1, as scikit-learn defines them."""
        found = _of_counts(*(own[None] for own in self._tallies()))[0]
        return dict(zip((BALANCED, MACRO, WEIGHTED), map(float, found), strict=True))

    def estimates(self, spread: float = 1.0) -> dict[str, Estimated]:
        """The same with 95 % intervals, on the scale of log odds.

        Their width is that of 1,000 resamples of the answers, where every category counts the same with
        a little more doubt for each (`_PRIOR`); F1 of few rows is lower than of many, which resamples tell and the
        interval makes up for. `scripts/evaluation/bench_scores.py` counts how often they hold.
        Nothing is told of more than `MOST_CATEGORIES`: it would fill the memory.

        Args:
            spread: so many rows tell as much as one of independent ones.
        """
        if len(self.names) > MOST_CATEGORIES:
            return {}
        rng = np.random.default_rng(_SEED)
        plain = rng.multinomial(self.rows, self._cells / self.rows, _DRAWS).astype(float)
        resampled = self._scores(plain, self._wanted, self._given)
        means, spreads = resampled.mean(0), resampled.std(0)
        wanted, given, cells = self._smoothed()
        drawn = rng.multinomial(self.rows, cells / cells.sum(), _DRAWS).astype(float)
        doubted = self._scores(drawn, wanted, given).std(0)
        found = {}
        for place, (name, value) in enumerate(self.scores().items()):
            bias = 0.0 if name == BALANCED else float(means[place]) - value
            plainly = name == WEIGHTED and spreads[place] > 0
            width = float((spreads if plainly else doubted)[place]) * np.sqrt(spread)
            low, high = on_log_odds(value - bias, width)
            found[name] = Estimated(value, min(low, value), max(high, value))
        return found

    def categories(self, spread: float = 1.0) -> list[Category]:
        """Each category that is wanted or given, by name."""
        right, wanted, given = self._tallies()
        return [
            category(name, int(asked), int(told), int(met), spread)
            for name, asked, told, met in zip(self.names, wanted, given, right, strict=True)
        ]

    def _tallies(self) -> tuple[Floats, Floats, Floats]:
        """Of each category how often it was right, wanted and given."""
        same, size = self._wanted == self._given, len(self.names)
        return (
            np.bincount(self._wanted[same], self._cells[same], size).astype(float),
            np.bincount(self._wanted, self._cells, size).astype(float),
            np.bincount(self._given, self._cells, size).astype(float),
        )

    def _smoothed(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Floats]:
        """The cells with a part of a right and of a wrong answer for each category wanted."""
        there = np.unique(self._wanted)
        other = (there + 1) % max(2, len(self.names))
        prior = np.full(len(there), _PRIOR / np.sqrt(len(there)))
        return (
            np.concatenate([self._wanted, there, there]),
            np.concatenate([self._given, there, other]),
            np.concatenate([self._cells, prior, prior]),
        )

    def _scores(
        self, cells: Floats, wanted: npt.NDArray[np.int64], given: npt.NDArray[np.int64]
    ) -> Floats:
        """(draws, 3) of cells (draws, k)."""
        size = max(2, len(self.names))
        is_wanted, is_given = np.eye(size)[wanted], np.eye(size)[given]
        right = cells @ (is_wanted * (wanted == given)[:, None])
        return _of_counts(right, cells @ is_wanted, cells @ is_given)


def _of_counts(right: Floats, asked: Floats, told: Floats) -> Floats:
    """(draws, 3) of how often each category was right, asked for and told (draws, categories)."""
    recall = np.divide(right, asked, out=np.zeros_like(right), where=asked > 0)
    f1 = np.divide(2 * right, asked + told, out=np.zeros_like(right), where=asked + told > 0)
    balanced = recall.sum(1) / (asked > 0).sum(1)
    macro = f1.sum(1) / (asked + told > 0).sum(1)
    return np.stack([balanced, macro, (f1 * asked).sum(1) / asked.sum(1)], axis=1)


def on_log_odds(value: float, width: float) -> Interval:
    """The 95 % interval of a score between 0 and 1 whose standard error is `width`.

    At the ends, where odds have no logarithm, it is that of a score one standard error away.
    """
    edge = min(max(width, 1e-9), 0.5)
    centre = min(max(value, edge), 1 - edge)
    odds, half = np.log(centre / (1 - centre)), _Z * width / (centre * (1 - centre))
    low, high = (1 / (1 + np.exp(-(odds + sign * half))) for sign in (-1, 1))
    return float(low), float(high)


def category(name: str, wanted: int, given: int, right: int, spread: float = 1.0) -> Category:
    """A category of which so many were wanted, given and right."""
    recall, precision = _share(right, wanted, spread), _share(right, given, spread)
    # F1 grows with the share right of all that were wanted or given, which is a plain share.
    either = _share(right, wanted + given - right, spread)
    f1 = tuple(2 * one / (1 + one) for one in either)
    return Category(
        name, wanted, given, right, recall[0], precision[0], f1[0],
        recall[1:], precision[1:], (f1[1], f1[2]),
    )  # fmt: skip


def _share(of: int, n: int, spread: float) -> tuple[float, float, float]:
    if not n:
        return float("nan"), float("nan"), float("nan")
    return of / n, *wilson_interval(of / spread, n / spread)
