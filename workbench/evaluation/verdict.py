"""The verdict on a trained model: one honest sentence first, then what it rests on.

It is compared, question by question, with the simple baseline and with the model before training.
A difference counts only if chance alone would hardly make it; a loss is never passed over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.core.metrics import Metric, main_score, metric_of
from workbench.core.words import joined, plural
from workbench.evaluation.scoring import intervals

TURN = "turn"
"""The column of an exam by turns that says in which a row was asked."""
BETTER, UNSURE, WORSE, ALONE = "better", "unsure", "worse", "alone"
NAMES = {
    "baseline": "the simple baseline",
    "base": "before training",
    "tuned": "the trained model",
}
_MODELS = NAMES | {"base": "the model before training"}
FEW, SOME = 30, 100
"""Fewer questions than these make a number a hint, or a rough number."""
_SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Bar:
    """One score with its 95 % interval; None where no interval can be told."""

    system: str
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Comparison:
    """The trained model against one other, on the same questions."""

    system: str
    gain: float
    """How much better the trained model is, in the units that are shown; negative if worse."""
    certain: bool | None
    """Whether it is more than chance; None if the answers do not tell."""


@dataclass(frozen=True)
class Verdict:
    """What to think of a trained model, in words."""

    level: str
    """better (than all it was compared with), unsure, worse (than one of them), or alone."""
    headline: str
    evidence: tuple[str, ...]
    next_step: str


def bars(task: str, scores: Mapping[str, Any], answers: pd.DataFrame) -> list[Bar]:
    """The score that counts for the task, of baseline, base and tuned as far as they have one."""
    metric, found = metric_of(task), []
    for system in ("baseline", "base", "tuned"):
        value = main_score(task, scores.get(system) or {})
        if value is not None:
            found.append(Bar(system, value, *_interval(metric, system, value, answers)))
    return found


def verdict(
    task: str, scores: Mapping[str, Any], answers: pd.DataFrame, questions: str = "exam question"
) -> Verdict:
    """Judge a trained model by its scores and by its answers.

    Args:
        scores: baseline, base and tuned → score name → value.
        answers: the judged rows, as `judged.judge` gives them.
        questions: what one row is called.
    """
    metric = metric_of(task)
    shown = {bar.system: bar for bar in bars(task, scores, answers)}
    if "tuned" not in shown:
        return _unscored(questions)
    others = [
        _compare(metric, shown["tuned"], shown[system], answers)
        for system in ("baseline", "base")
        if system in shown
    ]
    level = _level(others)
    return Verdict(
        level,
        _headline(metric, shown, others, plural(len(answers), questions)),
        tuple(_evidence(metric, shown["tuned"], others, len(answers), questions)),
        _next_step(level, others),
    )


def _unscored(questions: str) -> Verdict:
    return Verdict(
        ALONE,
        f"The trained model has not answered the {questions}s yet.",
        (),
        "Score it to see how good it is.",
    )


def _interval(
    metric: Metric, system: str, value: float, answers: pd.DataFrame
) -> tuple[float | None, float | None]:
    """The 95 % interval of a score: exact for shares; for means of rows moved to the score.

    chrF over a whole exam differs a little from the mean of its rows; its spread is theirs.
    """
    if answers.empty:
        return None, None
    if metric.is_share_right:
        share = intervals.by_turns_interval if TURN in answers else intervals.wilson_interval
        return share(value * len(answers), len(answers))
    column = _row_scores(metric, system)
    if column not in answers:
        return None, None
    rows = answers[column].to_numpy(float)
    low, high = intervals.mean_interval(rows)
    shift = value - float(rows.mean())
    return max(0.0, low + shift), high + shift


def _compare(metric: Metric, tuned: Bar, other: Bar, answers: pd.DataFrame) -> Comparison:
    gain = metric.gain(_shown(metric, tuned.value), _shown(metric, other.value))
    return Comparison(other.system, round(gain, 4), _is_certain(metric, other.system, answers))


def _is_certain(metric: Metric, system: str, answers: pd.DataFrame) -> bool | None:
    if metric.is_share_right:
        if not {f"right_{system}", "right_tuned"} <= set(answers.columns):
            return None
        tuned, other = answers["right_tuned"], answers[f"right_{system}"]
        test = intervals.mcnemar_by_turns if TURN in answers else intervals.mcnemar
        p_value = test(int((tuned & ~other).sum()), int((other & ~tuned).sum()))
        return p_value < _SIGNIFICANT
    if answers.empty or not {_row_scores(metric, system), _row_scores(metric, "tuned")} <= set(
        answers
    ):
        return None
    gains = (answers[_row_scores(metric, "tuned")] - answers[_row_scores(metric, system)]).to_numpy(
        float
    )
    low, high = intervals.mean_interval(gains)
    return low > 0 or high < 0


def _row_scores(metric: Metric, system: str) -> str:
    return f"{metric.name}_{system}"


def _level(others: list[Comparison]) -> str:
    if any(other.gain < 0 and other.certain is not False for other in others):
        return WORSE
    if not others:
        return ALONE
    return BETTER if all(other.gain > 0 and other.certain for other in others) else UNSURE


def _headline(
    metric: Metric, shown: dict[str, Bar], others: list[Comparison], questions: str
) -> str:
    value = metric.unit.words(shown["tuned"].value)
    start = f"On {questions} {metric.sentence.format(value)}"
    if not others:
        return f"{start}; there is nothing to compare it with."
    parts = [
        _relation(metric, other, shown[other.system], first=i == 0)
        for i, other in enumerate(others)
    ]
    mixed = len({other.gain >= 0 for other in others}) > 1
    return f"{start} – {joined(parts, 'but' if mixed else 'and')}."


def _relation(metric: Metric, other: Comparison, bar: Bar, *, first: bool) -> str:
    value = metric.unit.words(bar.value)
    if other.gain == 0:
        than = "" if other.system == "baseline" else "it was "
        return f"the same as {than}{NAMES[other.system]} ({value})"
    size = metric.unit.difference(abs(other.gain))
    unit = " points" if first and metric.unit.in_points else ""
    return f"{size}{unit} {'better' if other.gain > 0 else 'worse'} than {NAMES[other.system]} ({value})"


def _evidence(
    metric: Metric, tuned: Bar, others: list[Comparison], n: int, questions: str
) -> list[str]:
    sentences = _chance_sentences(others)
    if n < FEW:
        sentences.append(f"Only {plural(n, questions)}: take the number as a rough hint.")
    if tuned.low is not None and tuned.high is not None:
        low, high = metric.unit.words(tuned.low), metric.unit.words(tuned.high)
        opening = f"With so few {questions}s" if n < SOME else f"With {plural(n, questions)}"
        sentences.append(
            f"{opening} the true value lies somewhere between {low} and {high} (95 % interval)."
        )
    return sentences


def _chance_sentences(others: list[Comparison]) -> list[str]:
    by_chance = [other for other in others if other.certain is False and other.gain != 0]
    if len(by_chance) > 1:
        return ["Both differences are within what chance alone could do."]
    if by_chance:
        than = _MODELS[by_chance[0].system]
        return [f"The difference to {than} is within what chance alone could do."]
    if any(other.certain is None for other in others):
        return ["The exam keeps no score for each question, so chance cannot be ruled out."]
    if others and all(other.certain for other in others):
        what = "Both differences are" if len(others) > 1 else "The difference is"
        return [f"{what} larger than chance alone would make."]
    return []


def _next_step(level: str, others: list[Comparison]) -> str:
    if level == WORSE:
        worst = next(o for o in others if o.gain < 0 and o.certain is not False)
        return _AFTER_LOSS[worst.system]
    if level == BETTER:
        return "Next: try it on questions of your own."
    if level == ALONE:
        return "Next: read its answers below, and try it on questions of your own."
    if any(other.certain is None for other in others):
        return "Next: try it on texts of your own, and judge by reading."
    if any(other.gain <= 0 for other in others):
        return (
            "Training has not paid off yet. Next: look at the mistakes below, add examples of that "
            "kind, and train again with the preset Thorough."
        )
    return (
        "It looks no worse, but the gain is not proven. Next: look at the mistakes below; "
        "more exam questions would tell for sure."
    )


_AFTER_LOSS = {
    "baseline": "The trained model is worse than the simple baseline: do not use it. Next: look at "
    "the mistakes below for examples that contradict each other, then train longer (preset "
    "Thorough) or with the model that is recommended for this task.",
    "base": "The trained model is worse than before training: do not use it. Next: look at the "
    "mistakes below, then train again with a smaller learning rate or fewer passes.",
}


def _shown(metric: Metric, value: float) -> float:
    """The number as it stands in the sentence, so that differences add up for the reader."""
    return float(metric.unit.words(value).removesuffix(" %"))
