"""Scores of an exam of pairs: whether the better answer is found likelier, and how far a model moved.

Answers differ in length, and a longer text is nearly always less likely as a whole: so an answer counts
as likelier where the mean ln p of its tokens is higher. How far a model moved away is the mean of the
same difference to what it was before (ln π - ln ρ a token, as DPO's rewards are without β).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.metrics import METRICS, PREFERRED
from workbench.core.tasks.rungs import BASE, PARENT, TUNED
from workbench.evaluation.scoring.by_task.texts import mean
from workbench.evaluation.scoring.score import RATIO, Score, counted, scored

BETTER, WORSE = "better", "worse"
MARGIN = "margin"
BETTER_MOVED, WORSE_MOVED, MOVED_RIGHT = "better_moved", "worse_moved", "moved_right"
_MEANINGS = {
    PREFERRED: "The share of the pairs of whose two answers the model finds yours likelier, a word piece "
    "at a time, so that length alone decides nothing. Guessing gives 50 %.",
    MARGIN: "By how much it finds the better answer likelier, a word piece, on average (nats). Above "
    "nought is right; compare it with before training.",
    MOVED_RIGHT: "The share of the pairs in which the training moved it towards the better answer "
    "rather than towards the worse one, whatever it preferred before.",
    BETTER_MOVED: "How much likelier a word piece of the better answers has become, on average (log ratio). "
    "Below nought it finds even the better answers less likely than before: a known fault of this way "
    "to learn, as long as it still writes well.",
    WORSE_MOVED: "The same of the worse answers; below nought is what is wanted.",
}


@dataclass(frozen=True)
class PairLikelihoods:
    """How likely a model finds the two answers of each pair."""

    better: Sequence[float]
    """Mean ln p of a token of the better answer."""
    worse: Sequence[float]

    @property
    def prefers_better(self) -> list[bool]:
        """Whether the better answer is likelier, pair by pair; of equal ones it is not."""
        return [one > other for one, other in zip(self.better, self.worse, strict=True)]

    @property
    def margin(self) -> float:
        """Mean difference, in nats a token."""
        return float(np.mean(np.subtract(self.better, self.worse))) if self.better else 0.0

    def moved_from(self, before: "PairLikelihoods") -> dict[str, float]:
        """How far both kinds of answers lie from what they were, in nats a token."""
        return {
            BETTER_MOVED: float(np.mean(np.subtract(self.better, before.better))),
            WORSE_MOVED: float(np.mean(np.subtract(self.worse, before.worse))),
        }

    def columns(self, who: str) -> dict[str, list[float]]:
        """As they stand beside the answers of an exam."""
        return {f"{BETTER}_{who}": list(self.better), f"{WORSE}_{who}": list(self.worse)}


def of_pairs(answers: pd.DataFrame, who: str) -> list[Score]:
    """The share of the pairs that are found as wanted, the margin, and how far the training moved it."""
    right = answers[f"right_{who}"]
    told = counted(int(right.sum()), len(right))
    found = [scored(PREFERRED, METRICS[PREFERRED].title, told, _MEANINGS[PREFERRED])]
    own = likelihoods_of(answers, who)
    if own is None:
        return found
    found.append(_mean(MARGIN, "margin", np.subtract(own.better, own.worse), True))
    before = likelihoods_of(answers, PARENT) or likelihoods_of(answers, BASE)
    if who != TUNED or before is None:
        return found
    better, worse = np.subtract(own.better, before.better), np.subtract(own.worse, before.worse)
    right_way = counted(int((better > worse).sum()), len(better))
    label = "moved towards the better answer (reward accuracy)"
    found.append(scored(MOVED_RIGHT, label, right_way, _MEANINGS[MOVED_RIGHT]))
    found.append(_mean(BETTER_MOVED, "better answers against before (log ratio)", better, None))
    found.append(_mean(WORSE_MOVED, "worse answers against before (log ratio)", worse, False))
    return found


def likelihoods_of(answers: pd.DataFrame, who: str) -> PairLikelihoods | None:
    """Those of one who took an exam; None of one that has none."""
    names = [f"{side}_{who}" for side in (BETTER, WORSE)]
    if any(name not in answers or answers[name].isna().any() for name in names):
        return None
    better, worse = (answers[name].astype(float).tolist() for name in names)
    return PairLikelihoods(better, worse)


def _mean(name: str, label: str, values: np.ndarray, better: bool | None) -> Score:
    return scored(name, label, mean(values.tolist()), _MEANINGS[name], RATIO, better)
