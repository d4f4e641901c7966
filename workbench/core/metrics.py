"""The scores that models are judged by: what each is called, how it is written, which way is up."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.core.tasks import task_named
from workbench.core.units import AGREEMENT, AMOUNT, EXPLAINED, NATS, OF_HUNDRED, SHARE, Unit

ACCURACY, MACRO_F1, EXACT_MATCH = "accuracy", "macro_f1", "exact_match"
MICRO_F1, EXACT_SETS = "micro_f1", "exact_sets"
CHRF, ROUGE_L, LOSS, INVENTED = "chrf", "rouge_l", "loss", "invented"
PREFERRED = "preferred"
MAE, WITHIN, R2, SPEARMAN = "mae", "within", "r2", "spearman"
PERPLEXITY, BITS_PER_BYTE = "perplexity", "bits_per_byte"


@dataclass(frozen=True)
class Metric:
    """A score of a set of answers."""

    name: str
    """Its key in the scores of an evaluation."""
    label: str
    """The field's name for it."""
    meaning: str
    """What it tells, in a few words."""
    axis: str
    """Under a chart."""
    unit: Unit
    headline: str
    """What a value means at a glance; {} is the value, here and below."""
    sentence: str
    """The same in a verdict, behind "On 120 exam questions"."""
    outcome: str
    """The same when a training has ended; "it" is the model."""
    higher_is_better: bool = True
    is_share_right: bool = False
    """Whether it is the share of the answers that are right, each row counting once."""

    def __reduce__(self) -> tuple[Any, ...]:
        """It comes back from a cache as the one that it is, not as another like it."""
        return _named, (self.name,)

    @property
    def sign(self) -> float:
        """What makes of a row's score how good it is: 1, or -1 where smaller is better."""
        return 1.0 if self.higher_is_better else -1.0

    @property
    def highest(self) -> float:
        """The largest value that a row's score can have: 1, 100, or no end."""
        return math.inf if self.unit.top is None else self.unit.top

    @property
    def is_share(self) -> bool:
        """Whether it goes from 0 to 1, and its differences are told in hundredths."""
        return self.unit is SHARE

    @property
    def title(self) -> str:
        """What it is called in a table of scores."""
        return f"{self.meaning} ({self.label})"

    def is_better(self, value: float, than: float | None) -> bool:
        """Whether a value beats another, or is the first there is."""
        if than is None:
            return True
        return value > than if self.higher_is_better else value < than

    def gain(self, value: float, over: float) -> float:
        """How much better one value is than another; negative if worse."""
        return value - over if self.higher_is_better else over - value


METRICS = {
    metric.name: metric
    for metric in (
        Metric(
            name=ACCURACY,
            label="accuracy",
            meaning="right answers",
            axis="Right answers",
            unit=SHARE,
            headline="{} of exam questions right",
            sentence="the trained model gets {} right",
            outcome="it got {} right",
            is_share_right=True,
        ),
        Metric(
            name=MACRO_F1,
            label="macro-F1",
            meaning="right answers, every category counts the same",
            axis="Right answers, every category counts the same",
            unit=SHARE,
            headline="{} right over all categories alike",
            sentence="the trained model gets {} right where every category counts the same",
            outcome="it got {} right where every category counts the same",
        ),
        Metric(
            name=MICRO_F1,
            label="micro-F1",
            meaning="categories right, neither missed nor too many",
            axis="Categories right (micro-F1)",
            unit=SHARE,
            headline="{} of categories right (micro-F1)",
            sentence="the trained model gets {} of the categories right (micro-F1)",
            outcome="it got {} of the categories right (micro-F1)",
        ),
        Metric(
            name=EXACT_SETS,
            label="exact sets",
            meaning="texts with exactly your categories",
            axis="Texts with exactly your categories",
            unit=SHARE,
            headline="{} of texts with exactly your categories",
            sentence="the trained model gives {} of the texts exactly your categories",
            outcome="it gave {} of the texts exactly your categories",
            is_share_right=True,
        ),
        Metric(
            name=EXACT_MATCH,
            label="exact match",
            meaning="word for word the same",
            axis="Answers exactly right",
            unit=SHARE,
            headline="{} of exam questions exactly right",
            sentence="the trained model gets {} exactly right",
            outcome="it got {} exactly right",
            is_share_right=True,
        ),
        Metric(
            name=PREFERRED,
            label="preference accuracy",
            meaning="better answers that are found likelier",
            axis="Better answers found likelier",
            unit=SHARE,
            headline="{} of the better answers found likelier",
            sentence="the trained model finds {} of the better answers likelier than the worse ones",
            outcome="it found {} of the better answers likelier than the worse ones",
            is_share_right=True,
        ),
        Metric(
            name=CHRF,
            label="chrF",
            meaning="likeness to your own answers, of 100",
            axis="Likeness to your own answers (chrF, 0 to 100)",
            unit=OF_HUNDRED,
            headline="{} of 100 for likeness to your answers",
            sentence="the likeness of the trained model's answers to your own is {} of 100",
            outcome="its answers scored {} of 100 for likeness to yours",
        ),
        Metric(
            name=ROUGE_L,
            label="ROUGE-L",
            meaning="words in common with your own answers, in their order, of 100",
            axis="Words in common with your own answers (ROUGE-L, 0 to 100)",
            unit=OF_HUNDRED,
            headline="{} of 100 for words in common with your answers",
            sentence="the trained model's answers have {} of 100 words in common with your own",
            outcome="its answers scored {} of 100 for words in common with yours",
        ),
        Metric(
            name=INVENTED,
            label="invented facts",
            meaning="answers with an amount, date, name or the like that nobody gave",
            axis="Answers with an invented fact (a shorter bar is better)",
            unit=SHARE,
            headline="{} of answers with an invented fact",
            sentence="{} of the trained model's answers have an invented fact",
            outcome="{} of its answers had an invented fact",
            higher_is_better=False,
        ),
        Metric(
            name=MAE,
            label="mean absolute error",
            meaning="how far off an answer is on average",
            axis="Off by on average (a shorter bar is better)",
            unit=AMOUNT,
            headline="off by {} on average",
            sentence="the trained model is off by {} on average (mean absolute error)",
            outcome="it was off by {} on average",
            higher_is_better=False,
        ),
        Metric(
            name=WITHIN,
            label="within tolerance",
            meaning="answers that are near enough",
            axis="Answers that are near enough",
            unit=SHARE,
            headline="{} of answers near enough",
            sentence="{} of the trained model's answers are near enough",
            outcome="{} of its answers were near enough",
            is_share_right=True,
        ),
        Metric(
            name=R2,
            label="R²",
            meaning="how much of the differences between your numbers it explains",
            axis="Differences explained (R²)",
            unit=EXPLAINED,
            headline="explains {} of the differences between your numbers (R²)",
            sentence="the trained model explains {} of the differences between your numbers (R²)",
            outcome="it explained {} of the differences between your numbers (R²)",
        ),
        Metric(
            name=SPEARMAN,
            label="Spearman",
            meaning="how well its order is yours",
            axis="Order as yours (Spearman's rank correlation)",
            unit=AGREEMENT,
            headline="order like yours: {} (Spearman)",
            sentence="the trained model's order agrees with yours by {} (Spearman)",
            outcome="its order agreed with yours by {} (Spearman)",
        ),
        Metric(
            name=LOSS,
            label="loss",
            meaning="how wrong it still is, smaller is better",
            axis="How wrong it still is (loss; a shorter bar is better)",
            unit=NATS,
            headline="{} wrong on unseen texts",
            sentence="the trained model is still wrong by {} (loss)",
            outcome="it was {} wrong",
            higher_is_better=False,
        ),
        Metric(
            name=PERPLEXITY,
            label="perplexity",
            meaning="choices it wavers between at each word piece",
            axis="Choices it wavers between (perplexity; a shorter bar is better)",
            unit=NATS,
            headline="wavers between {} choices a word piece on unseen texts",
            sentence="the trained model wavers between {} choices at each word piece (perplexity)",
            outcome="it wavered between {} choices at each word piece",
            higher_is_better=False,
        ),
        Metric(
            name=BITS_PER_BYTE,
            label="bits per byte",
            meaning="how surprised it is by each letter, whatever the model's word pieces",
            axis="Surprise at each letter (bits per byte; a shorter bar is better)",
            unit=NATS,
            headline="{} bits of surprise a letter on unseen texts",
            sentence="each letter surprises the trained model by {} bits (bits per byte)",
            outcome="each letter surprised it by {} bits",
            higher_is_better=False,
        ),
    )
}


def _named(name: str) -> Metric:
    return METRICS[name]


def metric_of(task: str) -> Metric:
    """The score that a task is judged by."""
    return METRICS[task_named(task).metric]


def main_score(task: str, scores: Mapping[str, Any]) -> float | None:
    """The score that counts for the task, from {accuracy, chrf, ...}; None if it is missing."""
    value = scores.get(metric_of(task).name)
    return None if value is None else float(value)


def headline(task: str, scores: Mapping[str, Any]) -> str:
    """A line like "93.7 % of exam questions right"; empty when there is no score."""
    value, metric = main_score(task, scores), metric_of(task)
    return "" if value is None else metric.headline.format(metric.unit.brief(value))


def is_better(task: str, value: float, than: float | None) -> bool:
    """Whether a main score beats another; a loss is better when it is smaller."""
    return metric_of(task).is_better(value, than)


def please_check(
    threshold: float | None, probability: float, none_of_these: bool | None = None
) -> bool | None:
    """Whether an answer is to be checked under a threshold; None where there is none.

    What belongs to none of the categories is always to be checked then.
    """
    if threshold is None:
        return None
    return bool(none_of_these) or not probability > threshold
