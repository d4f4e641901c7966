"""A verdict in words: the answer, the numbers behind it, and what to do next."""

import math
from collections.abc import Sequence

from workbench.core.metrics import Metric
from workbench.core.tasks.rungs import ALWAYS_THE_SAME, BASE, BASELINE, OLDER, TUNED, rung_named
from workbench.core.words import joined, plural
from workbench.evaluation.ladder import Ladder, Rung

USE_TUNED, SIMPLE, NOT_YET, WORSE, ALONE = "tuned", "simple", "not_yet", "worse", "alone"
"""The levels of a verdict."""
MOST_QUESTIONS = 5_000
"""A difference that only more further questions would show is none in practice."""
FEW, SOME = 30, 100
"""Fewer questions than these make a number a hint, or a rough number."""
_WORTH_SAYING = 1.5
"""Times faster."""


def is_loss(rung: Rung) -> bool:
    """Whether the trained model is worse than this one, and chance is no excuse."""
    lead = rung.against
    return lead is not None and lead.gain < 0 and lead.is_certain is not False


def sentence(level: str, found: Ladder, used: Rung, more: int | None, questions: str) -> str:
    """The answer to "is it worth it?"."""
    if level == USE_TUNED:
        return "Use the trained model."
    if level == SIMPLE:
        if used.name in ALWAYS_THE_SAME:
            return (
                "Do not rely on it: always giving the same answer scores as well, so the model has "
                "learned nothing of use yet."
            )
        return f"{_capital(_itself(used))} is as good{_faster(found, used)}: use that."
    if level == WORSE:
        if used.name == TUNED:
            return "Do not use the trained model yet."
        return f"Do not use the trained model: {_itself(used)} is better."
    if level == ALONE:
        return "Nobody knows yet whether it is worth it."
    if more is None:
        return "Not yet: this exam cannot tell whether it is worth it."
    if more == MOST_QUESTIONS:
        return (
            f"Not yet: more than {MOST_QUESTIONS:,} more {questions}s would be needed to tell. "
            f"Treat the trained model and {_itself(used)} as equal."
        )
    return f"Not yet: about {plural(more, f'more {questions}')} would tell whether it is better."


def _faster(found: Ladder, used: Rung) -> str:
    tuned = found.tuned
    if tuned is None or not tuned.seconds or not used.seconds:
        return ""
    times = tuned.seconds / used.seconds
    if times < _WORTH_SAYING:
        return ""
    digits = 1 - math.floor(math.log10(times))
    return f" and {round(times, digits):,.{max(0, digits)}f} times faster"


def _itself(rung: Rung) -> str:
    if rung.name.startswith(OLDER):
        return f"the older version '{rung.title}'"
    return rung_named(rung.name).itself


def _than(rung: Rung) -> str:
    return _itself(rung) if rung.name.startswith(OLDER) else rung_named(rung.name).than


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def headline(found: Ladder, tuned: Rung, questions: str) -> str:
    """The score, and how far it lies from the best without a model and from before training."""
    metric = found.metric
    value = metric.unit.words(found.score(tuned))
    start = f"On {questions} {metric.sentence.format(value)}"
    named = _named_in_headline(found)
    if not named:
        return f"{start}; there is nothing to compare it with."
    gains = [_shown_gain(found, tuned, rung) for rung in named]
    parts = [
        _relation(metric, gain, rung, found.score(rung), first=i == 0)
        for i, (gain, rung) in enumerate(zip(gains, named, strict=True))
    ]
    mixed = len({gain >= 0 for gain in gains}) > 1
    if all(by_chance := [_may_be_chance(rung) for rung in named]):
        parts[-1] += ", which may be chance"
    else:
        parts = [
            f"{p} (which may be chance)" if c else p for p, c in zip(parts, by_chance, strict=True)
        ]
    return f"{start} – {joined(parts, 'but' if mixed else 'and')}."


def _may_be_chance(rung: Rung) -> bool:
    lead = rung.against
    return lead is not None and lead.gain != 0 and lead.is_certain is False


def _named_in_headline(found: Ladder) -> list[Rung]:
    """The best of those without a model (the baseline, if equal), and the model before training."""
    simple = [rung for rung in found.simpler if rung.is_simple]

    def worth(rung: Rung) -> tuple[float, bool]:
        return found.metric.gain(found.score(rung), 0.0), rung.name == BASELINE

    best = [max(simple, key=worth)] if simple else []
    base = found.named(BASE)
    named = [*best, *([base] if base else [])]
    if named:
        return named
    return list(found.others[-1:])


def _shown_gain(found: Ladder, tuned: Rung, rung: Rung) -> float:
    """Of the numbers as they stand in the sentence, so that differences add up for the reader."""
    own, other = (_shown(found.metric, found.score(one)) for one in (tuned, rung))
    return round(found.metric.gain(own, other), 9)


def _shown(metric: Metric, value: float) -> float:
    return float(metric.unit.words(value).removesuffix(" %").replace(",", ""))


def _relation(metric: Metric, gain: float, rung: Rung, score: float, *, first: bool) -> str:
    value = metric.unit.words(score)
    if gain == 0:
        than = "it was " if rung.name == BASE else ""
        return f"the same as {than}{_than(rung)} ({value})"
    size = metric.unit.difference(abs(gain))
    unit = " points" if first and metric.unit.in_points else ""
    return f"{size}{unit} {'better' if gain > 0 else 'worse'} than {_than(rung)} ({value})"


def evidence(found: Ladder, tuned: Rung, level: str, used: Rung, questions: str) -> list[str]:
    """What chance may have done, and what would be lost with the simpler one."""
    n, unit = found.rows, found.metric.unit
    sentences = _chance_sentences(found.others)
    if level == SIMPLE and used.against and used.against.interval:
        lost = _points(found.metric, max(0.0, used.against.interval[1]))
        sentences.append(f"With {_itself(used)} at most {lost} are lost (95 % interval).")
    if n < FEW:
        sentences.append(f"Only {plural(n, questions)}: take the number as a rough hint.")
    ends = tuned.intervals.get(found.metric.name)
    if ends is not None:
        low, high = (unit.words(end) for end in ends)
        opening = f"With so few {questions}s" if n < SOME else f"With {plural(n, questions)}"
        sentences.append(
            f"{opening} the true value most likely lies between {low} and {high} (95 % interval)."
        )
    return sentences


def _points(metric: Metric, value: float) -> str:
    shown = abs(_shown(metric, value))
    difference = metric.unit.difference(shown)
    return f"{difference} points" if metric.unit.in_points else difference


def _chance_sentences(others: Sequence[Rung]) -> list[str]:
    leads = [(rung, rung.against) for rung in others if rung.against is not None]
    by_chance = [rung for rung, lead in leads if lead.is_certain is False and lead.gain != 0]
    sure = [rung for rung, lead in leads if lead.is_certain]
    if len(by_chance) > 1:
        if len(by_chance) == len(leads) == 2:
            return ["Both differences are within what chance alone could do."]
        named = joined([_itself(rung) for rung in by_chance], "and")
        than = f"The differences to {named} are within what chance alone could do"
        return [f"{than}{_all_others(sure)}."]
    if by_chance:
        than = f"The difference to {_itself(by_chance[0])} is within what chance alone could do"
        return [f"{than}{_all_others(sure)}."]
    if any(lead.is_certain is None for _, lead in leads):
        return ["The exam keeps no score for each question, so chance cannot be ruled out."]
    if leads and all(lead.is_certain for _, lead in leads):
        if len(leads) > 2:
            return [
                f"All {len(leads)} differences are larger than chance alone would make, even "
                "though so many are compared."
            ]
        what = "Both differences are" if len(leads) > 1 else "The difference is"
        return [f"{what} larger than chance alone would make."]
    return []


def _all_others(sure: Sequence[Rung]) -> str:
    return "; those to all other ways are larger" if len(sure) > 1 else ""


def next_step(level: str, found: Ladder, used: Rung, more: int | None) -> str:
    """What to do now."""
    if level == WORSE:
        losses = [rung for rung in found.others if is_loss(rung)]
        return _after_loss(losses[0])
    if level == USE_TUNED:
        return "Next: try it on questions of your own."
    if level == ALONE:
        return "Next: read its answers below, and try it on questions of your own."
    if level == SIMPLE:
        way = (
            f" It answers files in the model's place (predict --rung {used.name})."
            if used.is_simple and used.name not in ALWAYS_THE_SAME
            else ""
        )
        return (
            "Next: look at the mistakes below. Only examples of the kind that it gets wrong can "
            f"make training worth its time here.{way}"
        )
    if more is None:
        return "Next: try it on texts of your own, and judge by reading."
    if found.tuned is not None and found.score(found.tuned) == found.metric.unit.top:
        return (
            "It got all of them right, so only more questions, or harder ones, can tell it from what is "
            "simpler. Next: test it on a file of your own with answers."
        )
    if more == MOST_QUESTIONS:
        return "Next: look at the mistakes below, add examples of that kind, and train again."
    if any(rung.against and rung.against.gain <= 0 for rung in found.simpler):
        return (
            "Training has not paid off yet. Next: look at the mistakes below, add examples of that "
            "kind, and train again with the preset Thorough."
        )
    return (
        "It looks no worse than what is simpler, but the gain is not proven. Next: test it on a file of your "
        "own with answers, where every row is a question, or add examples, of which a part become exam "
        "questions; and look at the mistakes below."
    )


def _after_loss(rung: Rung) -> str:
    start = f"The trained model is worse than {_than(rung)}: do not use it."
    if rung.is_simple:
        return (
            f"{start} Next: look at the mistakes below for examples that contradict each other, "
            "then train longer (preset Thorough) or with the model that is recommended for this "
            "task."
        )
    if rung.name == BASE:
        return (
            f"{start} Next: look at the mistakes below, then train again with a smaller learning "
            "rate or fewer passes."
        )
    return (
        f"{start} Next: keep using that one, and look at the mistakes below before you train again."
    )
