"""How much answers change when questions are only written otherwise."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.core.tasks import Task, task_named
from workbench.core.tasks.number_answers import tolerance, value_of
from workbench.core.writing import words
from workbench.evaluation.habits.variants import unaccented
from workbench.evaluation.scoring.intervals import mean_interval, wilson_interval

SHOWN = 3
"""Changed answers that are shown for each way of writing."""
LONGEST = 600
"""Characters of a text that are kept to be read."""
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Pair:
    """A question, the same written otherwise, and what the model answered to both."""

    row_id: int
    question: str
    changed: str
    expected: str | None
    before: str
    after: str


def summary(task: str, pairs: Sequence[Pair]) -> dict[str, object]:
    """How one way of writing changes the answers, as plain values.

    Returns:
        rows; `same`, the share of answers that stay the same (Wilson's 95 % `interval`); `score`
        before and after, of 0 to 1, with the paired bootstrap's interval of their difference (right
        answers, or likeness (chrF) where answers are free texts); some `rows_changed` to read.

    Raises:
        ValueError: there are no pairs.
    """
    about = task_named(task)
    near = _near_enough(about, pairs)
    kept = [same_answer(about, pair.before, pair.after, near) for pair in pairs]
    changed = [pair for pair, same in zip(pairs, kept, strict=True) if not same]
    return {
        "rows": len(pairs),
        "same": sum(kept) / len(pairs),
        "interval": list(wilson_interval(sum(kept), len(pairs))),
        "score": _scores(about, pairs),
        "rows_changed": [_shown(pair) for pair in changed[:SHOWN]],
    }


def _near_enough(task: Task, pairs: Sequence[Pair]) -> float:
    """How far apart two numbers may lie to count as the same; 0 for other answers."""
    return tolerance([value_of(pair.before) for pair in pairs]) if task.answers_are_numbers else 0.0


def same_answer(task: Task, one: str, other: str, near: float = 0.0) -> bool:
    """Whether two answers are the same; free texts but for capitals, accents, and punctuation, numbers
    but for so much."""
    if task.answers_are_numbers:
        return abs(value_of(one) - value_of(other)) <= near
    if task.answers_are_categories:
        return one == other
    if task.is_right is not None and task.is_right(one, other):
        return True
    return _bare(one) == _bare(other)


def _bare(text: str) -> list[str]:
    return [word.casefold() for word in words(unaccented(unicodedata.normalize("NFKC", text)))]


def _scores(task: Task, pairs: Sequence[Pair]) -> dict[str, object] | None:
    told = [pair for pair in pairs if pair.expected is not None]
    if not told or task.is_right is None:
        return None
    near = _near_enough(task, told)
    before, after = (
        np.array([_score(task, pair.expected or "", answer, near) for pair, answer in both])
        for both in ([(p, p.before) for p in told], [(p, p.after) for p in told])
    )
    return {
        "metric": "chrf" if task.answers_are_free_text else "right",
        "rows": len(told),
        "before": float(before.mean()),
        "after": float(after.mean()),
        "difference": float((after - before).mean()),
        "interval": list(mean_interval(after - before)),
    }


def _score(task: Task, expected: str, answer: str, near: float) -> float:
    if task.answers_are_free_text:
        return likeness(expected, answer)
    if task.answers_are_categories:
        return float(answer == expected)
    return float(same_answer(task, expected, answer, near))


def likeness(expected: str, answer: str) -> float:
    """Sentence-level chrF (Popović 2015), from 0 to 1."""
    from sacrebleu.metrics.chrf import CHRF  # only texts need it

    return float(CHRF().sentence_score(answer, [expected]).score) / 100


def cut(text: str) -> str:
    """As much of a text as is kept to be read."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def _shown(pair: Pair) -> dict[str, object]:
    return {
        "row_id": pair.row_id,
        "question": cut(pair.question),
        "changed": cut(pair.changed),
        "before": cut(pair.before),
        "after": cut(pair.after),
    }
