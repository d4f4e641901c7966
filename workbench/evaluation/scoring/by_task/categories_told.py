"""Each category's counts and shares as plain values, for whoever answered an exam."""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from workbench.core.tasks import Task
from workbench.evaluation.scoring.by_task.categories import Category, Counts
from workbench.evaluation.scoring.by_task.category_sets import counts
from workbench.evaluation.scoring.intervals import SPREAD

_TURN = "turn"


def categories_told(
    task: Task, answers: pd.DataFrame, names: Sequence[str]
) -> dict[str, dict[str, dict[str, Any]]]:
    """Rung → category → wanted, given, right, missed, too_many, precision, recall, f1 (None where there
    is nothing to divide by) and their 95 % intervals.

    Args:
        answers: the judged rows, as `row_scores.score_rows` gives them.
        names: the columns of answers.
    """
    spread = SPREAD if _TURN in answers else 1.0
    found = {}
    for who in (name for name in names if name in answers and len(answers)):
        both = (answers[name].astype(str).tolist() for name in ("expected", who))
        own = counts(*both) if task.answers_are_sets else Counts(*both)
        found[who] = {one.name: _plain(one) for one in own.categories(spread)}
    return found


def _plain(one: Category) -> dict[str, Any]:
    shares = {"precision": one.precision, "recall": one.recall, "f1": one.f1}
    ends = {
        "precision": one.precision_interval,
        "recall": one.recall_interval,
        "f1": one.f1_interval,
    }
    return {
        "wanted": one.wanted,
        "given": one.given,
        "right": one.right,
        "missed": one.wanted - one.right,
        "too_many": one.given - one.right,
        **{name: _number(value) for name, value in shares.items()},
        "intervals": {name: list(map(_number, pair)) for name, pair in ends.items()},
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
