"""Comparison: the trained model against one other, question by question."""

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.core.metrics import MICRO_F1, Metric
from workbench.core.tasks.rungs import TUNED
from workbench.evaluation.scoring import intervals, resampling
from workbench.evaluation.scoring.intervals import DIFFERENCE_SPREAD
from workbench.evaluation.scoring.paired import needed_for_means, needed_for_shares, tango_interval
from workbench.evaluation.scoring.row_sums import TURN, row_sums

SIGNIFICANT = 0.05
_NOTHING = 1e-9
_Z2 = 3.841458820694124
"""95 % point of chi-square with one degree of freedom."""


@dataclass(frozen=True)
class Comparison:
    """How much better the trained model is on the same questions; negative where it is worse."""

    gain: float
    """In the score's own units."""
    interval: tuple[float, float] | None = None
    """95 %; None where the answers do not tell."""
    p: float | None = None
    """How likely chance alone makes two models differ as much."""
    rows: int = 0
    deviation: float = 0.0
    """How much the gain spreads from question to question."""
    differing: float | None = None
    """Share of the questions that only one of them gets right, where a score counts those."""
    spread: float = 1.0
    """So many rows tell as much as one question that was put aside."""
    adjusted_p: float | None = None
    """The same p, several comparisons allowed for."""

    @property
    def is_certain(self) -> bool | None:
        """Whether it is more than chance; None if the answers do not tell."""
        return None if self.adjusted_p is None else self.adjusted_p < SIGNIFICANT

    def shows_at_most(self, margin: float) -> bool:
        """Whether the other one is shown to be as good, but for less than the margin."""
        return self.interval is not None and self.interval[1] <= margin and self.is_certain is False

    def needed_to_win(self, compared: int = 1) -> float:
        """Questions in all with which such a gain would be shown in four of five exams.

        Args:
            compared: so many differences are to be shown at once.
        """
        alpha = SIGNIFICANT / max(1, compared)
        if self.differing is None:
            return self.spread * needed_for_means(self.gain, self.deviation, alpha)
        return self.spread * needed_for_shares(self.gain, self.differing, alpha)

    def needed_to_equal(self, margin: float) -> float:
        """Questions with which the other one would be shown to be as good, but for the margin."""
        room = margin - self.gain
        alike = self.differing is not None or self.deviation == 0
        least = _Z2 * (1 / margin - 1) if alike else 0.0  # Tango's, if none differ
        return self.spread * max(least, needed_for_means(room, self.deviation))

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "gain": self.gain,
            "interval": None if self.interval is None else list(self.interval),
            "p": self.p,
            "adjusted_p": self.adjusted_p,
            "rows": self.rows,
        }


def compare(
    metric: Metric, answers: pd.DataFrame, other: str, score: float, tuned: float | None = None
) -> Comparison:
    """The trained model against another one.

    Args:
        answers: the judged rows that both have answered.
        other: the column of the other's answers.
        score: the other's, as it was kept.
        tuned: the trained model's, as it was kept; None to tell it from the rows.
    """
    first = row_sums(metric.name, answers, TUNED, other) if len(answers) else None
    second = row_sums(metric.name, answers, other, TUNED) if len(answers) else None
    own = tuned if tuned is not None else (first.score if first else math.nan)
    gain = metric.gain(own, score)
    if first is None or second is None:
        return Comparison(gain, rows=len(answers))
    spread = DIFFERENCE_SPREAD if TURN in answers else 1.0
    if metric.is_share_right:
        return _of_shares(answers, other, gain, spread)
    better, worse = (first, second) if metric.higher_is_better else (second, first)
    low, high = resampling.difference_interval(better, worse, spread)
    if metric.name == MICRO_F1 and high - low < _NOTHING:  # resamples of no difference tell nothing
        low, high = tango_interval(0, 0, len(answers) / spread)
    moved = gain - metric.gain(first.score, second.score)
    return Comparison(
        gain,
        (low + moved, high + moved),
        resampling.exchange_test(better, worse, spread),
        len(answers),
        resampling.difference_error(better, worse) * math.sqrt(len(answers)),
        spread=spread,
    )


def _of_shares(answers: pd.DataFrame, other: str, gain: float, spread: float) -> Comparison:
    tuned, theirs, n = answers[f"right_{TUNED}"], answers[f"right_{other}"], len(answers)
    only, lost = int((tuned & ~theirs).sum()), int((theirs & ~tuned).sum())
    test = intervals.mcnemar_by_turns if TURN in answers else intervals.mcnemar
    differing = (only + lost) / n
    # Two questions more that differ, of four more: of a few that do not, nothing follows for many.
    smoothed = (only + lost + 2) / (n + 4)
    return Comparison(
        gain,
        tango_interval(only / spread, lost / spread, n / spread),
        test(only, lost),
        n,
        math.sqrt(max(0.0, smoothed - ((only - lost) / n) ** 2)),
        differing,
        spread,
    )
