"""Compare fairly by: whether the model serves the groups of a chosen column alike."""

import numpy as np
import pandas as pd
import streamlit as st

from workbench.core.metrics import Metric
from workbench.core.tasks import task_named
from workbench.core.units import AMOUNT
from workbench.evaluation import slices
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.evaluation.scoring.slices.fairness import Gap, find_gap, selection_rates
from workbench.evaluation.slices import SliceReport
from workbench.evaluation.verdict import TURN
from workbench.ui.numbers import percent, plural
from workbench.ui.text import plain

_LIMITS = (
    "What this cannot say: why groups differ (they may ask for different things), whether your own "
    "answers were fair, and anything about groups that no column names. Groups of fewer than 10 rows "
    "are left out, and no gap found is no proof that there is none."
)


def show(info: EvaluationInfo, answers: pd.DataFrame, found: SliceReport) -> None:
    """The gaps of the chosen columns, and who is given which category."""
    st.subheader("Is it fair?", anchor=False)
    chosen = st.multiselect(
        "Compare fairly by",
        found.groups.columns,
        key=f"fair-by-{info.id}",
        placeholder="Choose columns such as region, age or language",
    )
    for column in chosen:
        _column(info, answers, found, column)
    if chosen:
        st.caption(_LIMITS)


def _column(info: EvaluationInfo, answers: pd.DataFrame, found: SliceReport, column: str) -> None:
    groups, scores = found.groups.of(column), slices.scores_of(answers, info.task)
    if scores is None:
        return
    metric = found.metric
    gap = find_gap(
        groups,
        scores,
        is_share=metric.is_share_right,
        by_turns=TURN in answers,
        sign=metric.sign,
        top=metric.highest,
    )
    if gap is None:
        st.markdown(
            f"**{plain(column)}**: fewer than two of its groups have 10 rows, so nothing can be told."
        )
        return
    st.markdown(f"**{plain(column)}**: {plain(sentence(gap, found.metric))}")
    if task_named(info.task).answers_are_categories:
        _rates(info, answers, found, column)


def sentence(gap: Gap, metric: Metric) -> str:
    """How far the groups are apart, in words."""
    best = f"{gap.best} ({slices.worded(metric, gap.best_score)})"
    worst = f"{gap.worst} ({slices.worded(metric, gap.worst_score)})"
    points = "" if metric.unit is AMOUNT else " points"
    size, low, high = (slices.points(metric, -value) for value in (gap.gap, gap.low, gap.high))
    said = (
        f"it serves {best} best and {worst} worst, {size}{points} apart "
        f"({low} to {high}, 95 % interval that allows for all {plural(gap.groups, 'group')})."
    )
    if gap.certain:
        return f"{said} That is more than chance: these groups are not served alike."
    return f"{said} Chance alone could do that."


def _rates(info: EvaluationInfo, answers: pd.DataFrame, found: SliceReport, column: str) -> None:
    groups = found.groups.of(column)
    table = selection_rates(groups, answers["expected"].tolist(), answers["tuned"].tolist())
    table["more"] = 100 * (table["given"] - table["wanted"])
    for name in ("given", "wanted", "found"):
        table[name] = 100 * table[name]
    number = st.column_config.NumberColumn
    st.dataframe(
        table,
        hide_index=True,
        key=f"fair-{info.id}-{column}",
        height=min(38 + 35 * len(table), 388),
        column_config={
            "group": st.column_config.TextColumn(column, pinned=True),
            "category": st.column_config.TextColumn("Category", width="medium"),
            "rows": number("Rows", format="%d"),
            "given": number(
                "The model puts here",
                format="%.1f %%",
                help="Of the group's rows (selection rate).",
            ),
            "wanted": number("Belong here", format="%.1f %%", help="By your own answers."),
            "found": number(
                "Of these found", format="%.1f %%", help="Of those that belong here (recall)."
            ),
            "more": number("Too many (+) or few (-)", format="%+.1f", help="In points."),
        },
        alt=f"Table of categories by {column}",
    )
    if told := _largest(table):
        st.caption(plain(told))


def _largest(table: pd.DataFrame) -> str:
    """Where the model gives a category most out of proportion."""
    if table.empty or np.abs(table["more"]).max() == 0:
        return ""
    worst = table.loc[np.abs(table["more"]).idxmax()]
    way = "more" if worst["more"] > 0 else "less"
    return (
        f"Most out of proportion: {worst['group']} gets '{worst['category']}' in "
        f"{percent(worst['given'] / 100)} of its rows, {way} often than the "
        f"{percent(worst['wanted'] / 100)} that belong there."
    )
