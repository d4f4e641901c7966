"""The verdict on a trained model: whether it is worth its time, what that rests on, and what next.

It is compared, question by question, with everything simpler and with older versions of itself. A
difference counts only if chance alone would hardly make it, however many are compared; a loss is never
passed over.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from workbench.core.tasks.rungs import TUNED
from workbench.core.words import plural
from workbench.evaluation.comparing import words
from workbench.evaluation.comparing.words import (
    ALONE,
    MOST_QUESTIONS,
    NOT_YET,
    SIMPLE,
    USE_TUNED,
    WORSE,
    is_loss,
)
from workbench.evaluation.ladder import Ladder, Rung, ladder
from workbench.evaluation.scoring.row_sums import TURN

__all__ = ["ALONE", "NOT_YET", "SIMPLE", "TURN", "USE_TUNED", "WORSE", "Verdict", "verdict"]


@dataclass(frozen=True)
class Verdict:
    """What to think of a trained model, in words."""

    level: str
    """`tuned` (use it), `simple` (a simpler way is as good), `not_yet` (too few questions to tell),
    `worse` (than something simpler or older: do not use it), `alone` (nothing to compare it with)."""
    sentence: str
    """The answer to "is it worth it?"."""
    headline: str
    """The score, and how far it lies from the others'."""
    evidence: tuple[str, ...]
    next_step: str
    use: str = TUNED
    """The rung to use, by its key in the ladder."""
    more_questions: int | None = None
    """So many further ones would tell; None where the answer is known or nobody can say.
    `MOST_QUESTIONS` stands for more than that."""

    @property
    def proven(self) -> str:
        """The rung to use, where the exam tells; else empty: nothing is marked beside a *not yet*."""
        return "" if self.level in (NOT_YET, ALONE) else self.use

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "level": self.level,
            "sentence": self.sentence,
            "evidence": [self.headline, *self.evidence],
            "next": self.next_step,
            "use": self.use,
            "more_questions": self.more_questions,
        }


def verdict(
    task: str, scores: Mapping[str, Any], answers: pd.DataFrame, questions: str = "exam question"
) -> Verdict:
    """Judge a trained model by its scores and by its answers.

    Args:
        scores: rung → score name → value.
        answers: the judged rows, as `row_scores.score_rows` gives them.
        questions: what one row is called.
    """
    return verdict_on(ladder(task, scores, answers), questions)


def verdict_on(found: Ladder, questions: str = "exam question") -> Verdict:
    """Judge the trained model of a ladder."""
    tuned = found.tuned
    if tuned is None:
        return Verdict(
            ALONE,
            "Nobody knows yet.",
            f"The trained model has not answered the {questions}s yet.",
            (),
            "Score it to see how good it is.",
        )
    level, used, more = _judged(found)
    told = Verdict(
        level,
        words.sentence(level, found, used, more, questions),
        words.headline(found, tuned, plural(found.rows, questions)),
        tuple(words.evidence(found, tuned, level, used, questions)),
        words.next_step(level, found, used, more),
        used.key,
        more,
    )
    return _of_told(told) if found.is_told else told


_NEXT_OF_TOLD = {
    USE_TUNED: "It can answer your files and go live as it is; a training would have to beat it."
}
_NOT_ENOUGH = (
    "An instruction alone is not enough here yet. Next: say more in it or show more of your examples "
    "(Model page), or train a model from your examples and see whether it is better."
)


def _of_told(told: Verdict) -> Verdict:
    """The same words of a model that was not trained, only told what to do."""

    def said(text: str) -> str:
        for begin in "tT":
            text = text.replace(
                f"{begin}he trained model", f"{begin}he model with your instruction"
            )
        return text

    return replace(
        told, sentence=said(told.sentence), headline=said(told.headline),
        evidence=tuple(map(said, told.evidence)), next_step=_NEXT_OF_TOLD.get(told.level, _NOT_ENOUGH),
    )  # fmt: skip


def _judged(found: Ladder) -> tuple[str, Rung, int | None]:
    """The level, the rung to use, and how many more questions would tell."""
    tuned = found.tuned
    assert tuned is not None
    if not found.others:
        return ALONE, tuned, None
    if any(is_loss(rung) for rung in found.others):
        return WORSE, _best(found), None
    if all(_is_beaten(rung) for rung in found.simpler):
        return USE_TUNED, tuned, None
    margin = found.metric.unit.margin_of(map(found.score, found.rungs))
    equal = [r for r in found.simpler if r.against and r.against.shows_at_most(margin)]
    if equal:
        return SIMPLE, equal[0], None
    more = _more_questions(found, margin)
    unsure = [rung for rung in found.simpler if not _is_beaten(rung)]
    return NOT_YET, unsure[0] if more == MOST_QUESTIONS else _best(found), more


def _is_beaten(rung: Rung) -> bool:
    return rung.against is not None and rung.against.gain > 0 and bool(rung.against.is_certain)


def _best(found: Ladder) -> Rung:
    """The one that scores best; of equal ones the simplest."""
    return max(found.rungs, key=lambda rung: found.metric.gain(found.score(rung), 0.0))


def _more_questions(found: Ladder, margin: float) -> int | None:
    """Until the trained model is shown to be better than all, or one of them to be as good."""
    unsure = [r.against for r in found.simpler if r.against and not _is_beaten(r)]
    if any(lead.is_certain is None for lead in unsure):
        return None
    wins = max(lead.needed_to_win(len(unsure)) for lead in unsure)
    equals = min(lead.needed_to_equal(margin) for lead in unsure)
    needed = min(wins, equals) - found.rows
    return MOST_QUESTIONS if needed > MOST_QUESTIONS else _rounded(needed)


def _rounded(questions: float) -> int:
    step = 10 if questions < 200 else 50 if questions < 1000 else 100
    return max(step, step * math.ceil(questions / step))
