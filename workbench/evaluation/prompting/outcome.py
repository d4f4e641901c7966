"""Whether an instruction is enough: what its exam says, in a sentence."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.core.metrics import Metric, metric_of
from workbench.core.tasks.rungs import PROMPT, TUNED
from workbench.core.words import plural
from workbench.evaluation.ladder import Ladder, Rung, ladder
from workbench.evaluation.prompting.trials import Trial
from workbench.evaluation.scoring.comparison import SIGNIFICANT, Comparison, compare

ENOUGH, BETTER, NO_BETTER = "enough", "better", "no_better"
ENOUGH_RIGHT = 0.9
"""The share of right answers that an instruction must reach, chance allowed for, to be called
enough: at most one answer in ten is wrong."""


@dataclass(frozen=True)
class Outcome:
    """What to think of an instruction."""

    level: str
    """`enough` (perhaps nothing has to be trained), `better` (than what needs no model: the one to
    beat), `no_better` (something simpler does as well)."""
    sentence: str
    next_step: str

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {"level": self.level, "sentence": self.sentence, "next": self.next_step}


def ladder_of(trial: Trial, answers: pd.DataFrame, task: str) -> Ladder:
    """The instruction above those who need no model, each with its interval."""
    return ladder(task, trial.scores, answers, rows=trial.rows)


def judged(trial: Trial, answers: pd.DataFrame, task: str) -> Outcome:
    """Judge a kept instruction by its exam.

    Args:
        answers: the judged rows, as `trials.answers` gives them.
    """
    metric, found = metric_of(task), ladder_of(trial, answers, task)
    own = found.named(PROMPT)
    assert own is not None
    simple = _best_simple(found)
    lead = None if simple is None else _lead(metric, answers, own, simple)
    said = _said(metric, own, found.rows, simple, lead)
    if simple is not None and not _is_beaten(lead):
        return Outcome(
            NO_BETTER,
            said,
            "An instruction alone is not worth a model here: train one, and see whether it is better "
            "than both.",
        )
    if _is_enough(metric, own):
        return Outcome(
            ENOUGH,
            f"{said} That may be enough as it is.",
            "Use it as it is: it then stands among your models, answers in the playground, files and "
            "programs, and can go live.",
        )
    return Outcome(
        BETTER,
        said,
        "Training has to beat this: the verdict on a trained model will say whether it does.",
    )


def _best_simple(found: Ladder) -> Rung | None:
    simple = [rung for rung in found.rungs if rung.is_simple]
    return max(simple, key=lambda r: found.metric.gain(found.score(r), 0.0)) if simple else None


def _lead(metric: Metric, answers: pd.DataFrame, own: Rung, other: Rung) -> Comparison:
    """Question by question; the instruction stands where a trained model would."""
    columns = {name: str(name).replace(PROMPT, TUNED) for name in answers if PROMPT in str(name)}
    score = metric.name
    return compare(
        metric, answers.rename(columns=columns), other.name, other.scores[score], own.scores[score]
    )


def _is_beaten(lead: Comparison | None) -> bool:
    return lead is not None and lead.gain > 0 and _is_certain(lead)


def _is_enough(metric: Metric, own: Rung) -> bool:
    ends = own.intervals.get(metric.name)
    return metric.is_share_right and ends is not None and ends[0] >= ENOUGH_RIGHT


def _said(
    metric: Metric, own: Rung, rows: int, simple: Rung | None, lead: Comparison | None
) -> str:
    words, value = metric.unit.words, own.scores[metric.name]
    ends = own.intervals.get(metric.name)
    between = f" ({words(ends[0])} to {words(ends[1])})" if ends else ""
    who = f"On {plural(rows, 'exam question')} the untrained model with your instruction"
    said = (
        f"{who} gets {words(value)}{between} right"
        if metric.is_share_right
        else f"{who} reaches {words(value)}{between} ({metric.meaning})"
    )
    if simple is None or lead is None:
        return f"{said}."
    chance = "" if _is_certain(lead) else "; the difference may be chance"
    other = f"{simple.title.lower()}, which needs no model, {words(simple.scores[metric.name])}"
    return f"{said}; {other}{chance}."


def _is_certain(lead: Comparison) -> bool:
    return lead.p is not None and lead.p < SIGNIFICANT
