"""On which answers a threshold of sureness is chosen, and on which others it is reported."""

import zlib
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.core.words import plural
from workbench.evaluation.scoring.deferral import (
    Deferral,
    Judged,
    Prices,
    cheapest,
    cross_fitted,
    deferral,
)
from workbench.evaluation.scoring.intervals import SPREAD

PRACTICE, TURNS, EXAM, HALVES = "practice", "turns", "exam", "halves"
FEW = 30
"""Fewer practice questions choose nothing that would hold."""
_TURN, _NONE = "turn", "none_of_these"


@dataclass(frozen=True, eq=False)
class Choice:
    """Rows on which a threshold is chosen, and those on which it is reported."""

    way: str
    """practice, turns (each reported with what the others choose), exam (for a file), or halves."""
    chosen: Judged
    reported: Judged
    turns: npt.NDArray[np.int64] | None = None
    """Of the way `turns`: in which each row was asked."""

    def cheapest(self, prices: Prices) -> float:
        """The threshold with the least cost on the rows to choose on."""
        return cheapest(self.chosen, prices)

    def report(self, threshold: float, prices: Prices) -> Deferral:
        """What a threshold gives on the rows to report on.

        Asked by turns, the cheapest one is reported by what the other turns choose for each: on the
        rows that chose it, it would look better than it is. Their thresholds may lie far apart, and so
        do the shares under them, so the intervals of these take in those of the threshold itself.
        """
        if self.turns is None or threshold != self.cheapest(prices):
            return deferral(self.reported, threshold, prices)
        found = deferral(self.reported, cross_fitted(self.reported, self.turns, prices), prices)
        itself = deferral(self.reported, threshold, prices)
        right = found.right and itself.right and found.right.taking_in(itself.right)
        return replace(found, alone=found.alone.taking_in(itself.alone), right=right)

    @property
    def sentence(self) -> str:
        """Where its figures come from, for a page."""
        chosen, reported = len(self.chosen), len(self.reported)
        if self.way == TURNS:
            return (
                f"The cheapest limit is found on all {plural(chosen, 'row')}; its figures are those "
                "of the turns, each with the limit that the other turns find."
            )
        if self.way == HALVES:
            return (
                f"There are no answers to {FEW} practice questions or more to choose on, so the "
                f"cheapest limit is found on one half of these questions ({chosen:,}), and all "
                f"figures are from the other half ({reported:,})."
            )
        on = "practice questions" if self.way == PRACTICE else "exam questions"
        return (
            f"The cheapest limit is found on {chosen:,} {on}, and all figures are from these "
            f"{plural(reported, 'question')}, which had no part in choosing it."
        )


def judged_answers(answers: pd.DataFrame) -> Judged | None:
    """The trained model's answers with how sure it was; None where it does not tell.

    What fits none of the categories is never answered alone.

    Args:
        answers: judged rows, as `row_scores.score_rows` gives them.
    """
    if "probability" not in answers or "right_tuned" not in answers or answers.empty:
        return None
    sure = answers["probability"].fillna(0.0).to_numpy(float)
    if _NONE in answers:
        sure = np.where(answers[_NONE].fillna(False).astype(bool), 0.0, sure)
    spread = SPREAD if _TURN in answers else 1.0
    return Judged(sure, answers["right_tuned"].to_numpy(bool), spread)


def choose_on(
    answers: pd.DataFrame, practice: pd.DataFrame | None, exam: pd.DataFrame | None = None
) -> Choice | None:
    """How a threshold is chosen and reported for an exam; None where no answer tells how sure it is.

    Args:
        answers: the judged rows to report on.
        practice: those of the practice questions, if they were kept.
        exam: those of the run's exam, if `answers` are of another file.
    """
    reported = judged_answers(answers)
    if reported is None:
        return None
    trained_on = judged_answers(practice) if practice is not None else None
    if trained_on is not None and len(trained_on) >= FEW:
        return Choice(PRACTICE, trained_on, reported)
    if _TURN in answers and answers[_TURN].nunique() > 1:
        return Choice(TURNS, reported, reported, answers[_TURN].to_numpy(np.int64))
    taken = judged_answers(exam) if exam is not None else None
    if taken is not None and len(taken) >= FEW:
        return Choice(EXAM, taken, reported)
    first = _first_half(answers["row_id"])
    if first.all() or not first.any():
        first = np.arange(len(first)) % 2 == 0
    if len(first) < 2:
        return Choice(HALVES, reported, reported)
    return Choice(HALVES, reported.part(first), reported.part(~first))


def _first_half(row_ids: pd.Series) -> npt.NDArray[np.bool_]:
    """Half of the rows, the same ones every time."""
    return np.array([zlib.crc32(str(own).encode()) % 2 == 0 for own in row_ids], bool)
