"""TODO."""

import json
from collections.abc import Sequence

from sacrebleu.metrics.chrf import CHRF

Scores = dict[str, float]


def text_scores(task: str, expected: Sequence[str], answers: Sequence[str]) -> Scores:
    """How good answers are: shares from 0 to 1; chrF (Popović 2015) from 0 to 100."""
    if not expected or task == "language-modelling":
        return {}
    if task == "classification":
        from sklearn.metrics import accuracy_score, f1_score  # see `baseline.svm_answers`

        return {
            "accuracy": float(accuracy_score(expected, answers)),
            "macro_f1": float(f1_score(expected, answers, average="macro", zero_division=0)),
        }
    pairs = zip(expected, answers, strict=True)
    return {
        "exact_match": sum(is_right(task, *pair) for pair in pairs) / len(expected),
        "chrf": CHRF().corpus_score(list(answers), [list(expected)]).score,
    }


def is_right(task: str, expected: str, answer: str) -> bool:
    if " ".join(expected.split()) == " ".join(answer.split()):
        return True
    return task == "extraction" and _same_as_json(expected, answer)


def _same_as_json(expected: str, answer: str) -> bool:
    try:
        return bool(json.loads(expected) == json.loads(answer))
    except ValueError:
        return False
