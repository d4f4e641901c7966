"""Answers judged row by row: which are right, and how like the wanted answer the others are."""

from collections.abc import Iterator

import pandas as pd

from workbench.core.metrics import CHRF, MAE, MICRO_F1, ROUGE_L
from workbench.core.tasks import task_named
from workbench.core.tasks.category_sets import f1_of, right_in
from workbench.core.tasks.rungs import NAMES
from workbench.evaluation.scoring.by_task import numbers
from workbench.evaluation.scoring.chrf import chrf_counts, chrf_of
from workbench.evaluation.scoring.rouge import rouge_l

FOUND = "found"
"""How many categories of an answer are right, where it may have several."""
SYSTEMS = NAMES
"""Whose answers there may be: those of every rung."""


def score_rows(answers: pd.DataFrame, task: str) -> pd.DataFrame:
    """The answers with a judgement of each.

    Args:
        answers: columns row_id, input, expected and those of `SYSTEMS` that were asked.

    Returns:
        The same rows; columns that are empty throughout are gone. For each of `SYSTEMS` that is there
        `right_<who>` (bool), and for tasks that write texts `chrf_<who>` (sentence-level chrF,
        0 to 100; Popović 2015, WMT, 392–395), unless the trainer has put them there; for those judged
        by ROUGE-L `rouge_l_<who>` as well;
        for sets of categories `found_<who>`, how many are right, and `micro_f1_<who>`, F1 of the row
        (0 to 1); for numbers `mae_<who>`, how far off each is, and `right_<who>` says whether that is near
        enough. How a
        document goes on is neither right nor wrong, so there is nothing to add.
    """
    about = task_named(task)
    frame = answers.drop(columns=[w for w in SYSTEMS if w in answers and answers[w].isna().all()])
    for system in (w for w in SYSTEMS if w in frame):
        frame[system] = frame[system].fillna("")
        if about.answers_are_numbers:
            _score_numbers(frame, system)
        if about.is_right and f"right_{system}" not in frame:
            frame[f"right_{system}"] = [about.is_right(*pair) for pair in _pairs(frame, system)]
        if about.answers_are_sets:
            frame[f"{FOUND}_{system}"] = [right_in(*pair) for pair in _pairs(frame, system)]
            frame[f"{MICRO_F1}_{system}"] = [f1_of(*pair) for pair in _pairs(frame, system)]
        if about.answers_are_free_text and f"{CHRF}_{system}" not in frame:
            frame[f"{CHRF}_{system}"] = _chrf(frame, system)
        if about.metric == ROUGE_L and f"{ROUGE_L}_{system}" not in frame:
            frame[f"{ROUGE_L}_{system}"] = [rouge_l(*pair) for pair in _pairs(frame, system)]
    return frame


def _score_numbers(frame: pd.DataFrame, system: str) -> None:
    """How far off each answer is, and whether that is near enough."""
    wanted, given = (numbers.numbers_in(frame[name]) for name in ("expected", system))
    off = numbers.errors(wanted, given)
    frame[f"{MAE}_{system}"] = off
    frame[f"right_{system}"] = numbers.is_near(wanted, off)


def _pairs(frame: pd.DataFrame, system: str) -> Iterator[tuple[str, str]]:
    """What was wanted and what was answered, row by row."""
    return zip(frame["expected"].astype(str), frame[system].astype(str), strict=True)


def _chrf(frame: pd.DataFrame, system: str) -> list[float]:
    expected, given = frame["expected"].astype(str).tolist(), frame[system].astype(str).tolist()
    found: list[float] = chrf_of(chrf_counts(expected, given)).tolist()
    return found
