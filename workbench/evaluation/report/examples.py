"""Good and bad examples from the exam, the same ones each time."""

from collections.abc import Iterable

import pandas as pd

from workbench.core.metrics import CHRF, MAE, METRICS
from workbench.core.tools.words import in_words
from workbench.core.units import few_figures
from workbench.core.words import shortened
from workbench.evaluation.report.content import Example, Section
from workbench.evaluation.report.facts import Facts

GOOD, BAD = 2, 3
LONGEST = 260
_VERDICTS = {
    False: ("✓ right", "✗ wrong"),
    True: ("✓ finds the better answer likelier", "✗ finds the worse answer likelier"),
}
"""What is said of an answer, and of pairs of answers."""


def examples(facts: Facts) -> Section:
    """Some answers that are right, and some that are not."""
    title = "Examples from the exam"
    answers = facts.answers
    if "tuned" not in answers or answers.empty:
        return Section(title, ("The exam keeps one score for all texts together.",))
    if facts.task.rows_are_documents:
        rows = answers[answers["tuned"] != ""].head(GOOD)  # those that were gone on with
        return Section(
            title, examples=tuple(_example(row, "How it goes on", True) for row in _of(rows))
        )
    if facts.task.answers_are_free_text:
        good, bad = _by_likeness(answers)
        found = [(row, f"▲ among the best: {_likeness(row)}", True) for row in _of(good)]
        found += [(row, f"▼ among the worst: {_likeness(row)}", False) for row in _of(bad)]
    elif facts.task.answers_are_numbers:
        ranked = answers.sort_values([f"{MAE}_tuned", "row_id"])
        good = ranked.head(GOOD)
        bad = ranked.drop(good.index).tail(BAD).iloc[::-1]
        found = [(row, f"▲ among the nearest: {_off(row)}", True) for row in _of(good)]
        found += [(row, f"▼ among the farthest: {_off(row)}", False) for row in _of(bad)]
    else:
        good, bad = _by_right(answers)
        right, wrong = _VERDICTS[facts.task.compares]
        found = [(row, right, True) for row in _of(good)]
        found += [(row, wrong, False) for row in _of(bad)]
    text = () if len(bad) else ("There is not a single wrong answer to show.",)
    return Section(title, text, examples=tuple(_example(*one) for one in found))


def _of(rows: pd.DataFrame) -> Iterable[pd.Series]:
    return (rows.iloc[number] for number in range(len(rows)))


def _by_right(answers: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Right ones of different kinds, of usual length; wrong ones of which it was surest."""
    right, wrong = answers[answers["right_tuned"]], answers[~answers["right_tuned"]]
    usual = answers["input"].str.len().median()
    near = (right["input"].str.len() - usual).abs()
    right = right.assign(_near=near).sort_values(["_near", "row_id"])
    right = right.drop_duplicates("expected") if right["expected"].nunique() >= GOOD else right
    if "probability" in wrong:
        wrong = wrong.sort_values(["probability", "row_id"], ascending=[False, True])
    return right.head(GOOD), wrong.head(BAD)


def _by_likeness(answers: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    ranked = answers.sort_values([f"{CHRF}_tuned", "row_id"], ascending=[False, True])
    good = ranked.head(GOOD)
    return good, ranked.drop(good.index).tail(BAD).iloc[::-1]


def _likeness(row: pd.Series) -> str:
    return f"likeness {METRICS[CHRF].unit.brief(row[f'{CHRF}_tuned'])} of 100"


def _off(row: pd.Series) -> str:
    return f"off by {few_figures(float(row[f'{MAE}_tuned']))}"


def _example(row: pd.Series, verdict: str, is_good: bool) -> Example:
    answer = shortened(in_words(str(row["tuned"])), LONGEST) or "(it wrote nothing)"
    return Example(
        verdict,
        is_good,
        shortened(in_words(str(row["input"])), LONGEST),
        shortened(in_words(str(row["expected"])), LONGEST),
        answer,
    )
