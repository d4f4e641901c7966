"""What each judged row adds to a score, for whoever answered."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from workbench.core.metrics import (
    ACCURACY,
    BITS_PER_BYTE,
    CHRF,
    EXACT_MATCH,
    EXACT_SETS,
    INVENTED,
    LOSS,
    MACRO_F1,
    MICRO_F1,
    PERPLEXITY,
    PREFERRED,
    R2,
    ROUGE_L,
    SPEARMAN,
    WITHIN,
    Metric,
)
from workbench.core.tasks.category_sets import labels_in
from workbench.evaluation.scoring import intervals, resampling
from workbench.evaluation.scoring.by_task import category_sets
from workbench.evaluation.scoring.by_task import numbers as by_number
from workbench.evaluation.scoring.by_task.numbers import Floats
from workbench.evaluation.scoring.likelihoods import document_sums
from workbench.evaluation.scoring.rouge import rouge_l
from workbench.evaluation.scoring.row_scores import FOUND
from workbench.evaluation.scoring.sums import Sums, chrf_sums, macro_f1_sums, mean_sums

TURN = "turn"
"""The column of an exam by turns that says in which a row was asked."""
MOST_CATEGORIES = 1000
"""Of more, no interval of macro-F1 is told: it would take minutes."""
MOST_CELLS = 20_000_000
"""Categories times questions, from which on none is told: it would take too much memory."""
_NOTHING = 1e-9
FEWEST_A_CATEGORY = 10
"""With fewer questions a category on average, none is told either: what a few of each show is too low,
and its interval with it (it holds in 92 % in place of 95 % with 5 of each; `bench_intervals.py`)."""


def row_sums(metric: str, answers: pd.DataFrame, who: str, beside: str = "") -> Sums | None:
    """None where the rows do not tell it.

    Args:
        answers: as `row_scores.score_rows` gives them.
        who: a column of answers.
        beside: another one, with which it is compared.
    """
    if f"{metric}_{who}" in answers and metric not in _SUMS:
        return mean_sums(answers[f"{metric}_{who}"].to_numpy(float))
    made = _SUMS.get(metric)
    return made(answers, who, beside) if made else None


def score_interval(
    metric: Metric, who: str, value: float, answers: pd.DataFrame
) -> tuple[float, float] | None:
    """The 95 % interval of a score as it was kept; None where the rows do not tell it.

    Wilson's for shares of the answers, else the bootstrap's, moved to that score.
    """
    if answers.empty:
        return None
    by_turns = TURN in answers
    if metric.is_share_right or metric.name == INVENTED:
        share = intervals.by_turns_interval if by_turns else intervals.wilson_interval
        return share(value * len(answers), len(answers))
    sums = row_sums(metric.name, answers, who)
    if sums is None:
        return None
    spread = intervals.SPREAD if by_turns else 1.0
    low, high = resampling.interval(sums, spread)
    if metric.name == MICRO_F1 and high - low < _NOTHING:
        return _of_alike(value, len(answers) / spread)
    moved, top = value - sums.score, metric.unit.top
    return max(metric.unit.bottom, low + moved), high + moved if top is None else min(
        top, high + moved
    )


def _of_alike(f1: float, rows: float) -> tuple[float, float]:
    """The interval of an F1 where all rows did alike, so that resamples tell nothing: Wilson's of the
    share that is right of all that is wanted or given, of which F1 is a function."""
    low, high = intervals.wilson_interval(f1 / (2 - f1) * rows, rows)
    return 2 * low / (1 + low), 2 * high / (1 + high)


def _right(answers: pd.DataFrame, who: str, beside: str) -> Sums | None:
    name = f"right_{who}"
    return mean_sums(answers[name].to_numpy(float)) if name in answers else None


def _invented(answers: pd.DataFrame, who: str, beside: str) -> Sums | None:
    name = f"{INVENTED}_{who}"
    return mean_sums([float(len(own) > 0) for own in answers[name]]) if name in answers else None


def _macro_f1(answers: pd.DataFrame, who: str, beside: str) -> Sums | None:
    if who not in answers:
        return None
    more = [str(name) for name in answers[beside].unique()] if beside in answers else []
    expected, given = (answers[name].astype(str).tolist() for name in ("expected", who))
    if f"{FOUND}_{who}" in answers:
        categories = len(labels_in([*expected, *given, *more]))
        if categories * len(expected) > MOST_CELLS or categories > MOST_CATEGORIES:
            return None
        return category_sets.macro_f1_sums(expected, given, more)
    categories = len({*expected, *given, *more})
    too_large = categories > MOST_CATEGORIES or categories * len(expected) > MOST_CELLS
    if too_large or len(expected) < FEWEST_A_CATEGORY * categories:
        return None
    return macro_f1_sums(expected, given, more)


def _micro_f1(answers: pd.DataFrame, who: str, beside: str) -> Sums | None:
    return category_sets.micro_f1_sums(*_texts(answers, who)) if who in answers else None


def _chrf(answers: pd.DataFrame, who: str, beside: str) -> Sums | None:
    return chrf_sums(*_texts(answers, who)) if who in answers else None


def _rouge_l(answers: pd.DataFrame, who: str, beside: str) -> Sums | None:
    if who not in answers:
        return None
    pairs = zip(*_texts(answers, who), strict=True)
    return mean_sums(np.array([rouge_l(wanted, answer) for wanted, answer in pairs]))


def _numbers(
    sums: Callable[[Floats, Floats], Sums], answers: pd.DataFrame, who: str, beside: str
) -> Sums | None:
    if who not in answers:
        return None
    return sums(*(by_number.numbers_in(answers[name]) for name in ("expected", who)))


def _documents(metric: str, answers: pd.DataFrame, who: str, beside: str) -> Sums | None:
    if f"{metric}_{who}" in answers:
        return mean_sums(answers[f"{metric}_{who}"].to_numpy(float))
    return document_sums(metric, answers, who)


def _texts(answers: pd.DataFrame, who: str) -> tuple[list[str], list[str]]:
    return answers["expected"].astype(str).tolist(), answers[who].astype(str).tolist()


_SUMS: dict[str, Callable[[pd.DataFrame, str, str], Sums | None]] = {
    ACCURACY: _right,
    EXACT_MATCH: _right,
    PREFERRED: _right,
    EXACT_SETS: _right,
    MICRO_F1: _micro_f1,
    MACRO_F1: _macro_f1,
    CHRF: _chrf,
    ROUGE_L: _rouge_l,
    INVENTED: _invented,
    WITHIN: _right,
    R2: partial(_numbers, by_number.r2_sums),
    SPEARMAN: partial(_numbers, by_number.spearman_sums),
    LOSS: partial(_documents, LOSS),
    PERPLEXITY: partial(_documents, PERPLEXITY),
    BITS_PER_BYTE: partial(_documents, BITS_PER_BYTE),
}
