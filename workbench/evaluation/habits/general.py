"""What a model could do before it was trained and cannot do any more."""

import re
from collections.abc import Sequence

from workbench.evaluation.habits.general_set import QUESTIONS, Question
from workbench.evaluation.habits.memorised import cut
from workbench.evaluation.scoring.intervals import mcnemar, wilson_interval


def is_right(question: Question, answer: str) -> bool:
    """Whether an answer says what it must."""
    return bool(re.search(question.right, answer.strip(), re.IGNORECASE))


def summary(base: Sequence[str], tuned: Sequence[str]) -> dict[str, object]:
    """Both models' answers to `QUESTIONS`, in their order, judged; as plain values.

    Returns:
        rows; right answers of `base` and `tuned`, with Wilson's 95 % intervals of their shares; how
        many were forgotten and gained, with the p-value of McNemar's exact test; by skill the same
        counts; and every question with both answers.
    """
    rows = [_judged(*both) for both in zip(QUESTIONS, base, tuned, strict=True)]
    was = [bool(row["base_right"]) for row in rows]
    now = [bool(row["tuned_right"]) for row in rows]
    lost = sum(b and not t for b, t in zip(was, now, strict=True))
    won = sum(t and not b for b, t in zip(was, now, strict=True))
    return {
        **_counts(rows),
        "base_interval": list(wilson_interval(sum(was), len(rows))),
        "tuned_interval": list(wilson_interval(sum(now), len(rows))),
        "forgotten": lost,
        "gained": won,
        "p_value": mcnemar(lost, won),
        "skills": {
            skill: _counts([row for row in rows if row["skill"] == skill])
            for skill in dict.fromkeys(str(row["skill"]) for row in rows)
        },
        "answers": rows,
    }


def _judged(question: Question, base: str, tuned: str) -> dict[str, str | int | bool]:
    return {
        "number": question.number,
        "language": question.language,
        "skill": question.skill,
        "question": question.text,
        "base": cut(base),
        "tuned": cut(tuned),
        "base_right": is_right(question, base),
        "tuned_right": is_right(question, tuned),
    }


def _counts(rows: Sequence[dict[str, str | int | bool]]) -> dict[str, int]:
    right = {who: sum(bool(row[f"{who}_right"]) for row in rows) for who in ("base", "tuned")}
    return {"rows": len(rows), **right}
