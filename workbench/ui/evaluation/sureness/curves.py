"""Two categories at every limit, on a page: the ROC and the precision-recall curve."""

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from workbench.evaluation.scoring.by_task.yes_or_no import TwoCategories, two_categories
from workbench.evaluation.scoring.intervals import SPREAD
from workbench.ui import charts
from workbench.ui.numbers import percent
from workbench.ui.text import plain

_POINTS = 400
_INK = "#757C86"


def show(answers: pd.DataFrame) -> None:
    """The curves of an exam with two categories; nothing for any other."""
    known = answers.dropna(subset=["probability"])
    spread = SPREAD if "turn" in answers else 1.0
    found = two_categories(
        known["expected"].tolist(), known["tuned"].tolist(), known["probability"].tolist(), spread
    )
    if found is None:
        return
    st.markdown("**How well does it tell the two apart, whatever limit you take?**")
    st.write(sentence(found))
    left, right = st.columns(2)
    left.altair_chart(
        _curve(*found.roc, f"Others called '{found.negative}' wrongly", "Found", diagonal=True),
        alt=f"ROC curve; the area under it is {percent(found.auc.value)}.",
    )
    right.altair_chart(
        _curve(*found.precision_recall, "Found", "Right among what it finds", level=found.share),
        alt=f"Precision-recall curve; average precision {percent(found.average_precision.value)}.",
    )
    st.caption(
        f"On the left the ROC curve: how many '{plain(found.positive)}' it finds, for how many "
        f"'{plain(found.negative)}' that it takes for one. On the right the precision-recall curve: how "
        "many of those it finds are right. The dashed lines are what guessing gives."
    )


def sentence(found: TwoCategories) -> str:
    """Both areas with their intervals, in words."""
    auc, average = found.auc, found.average_precision
    return (
        f"Of a text of '{plain(found.positive)}' and one of '{plain(found.negative)}' it finds the right "
        f"one likelier in {percent(auc.value)} of the pairs ({percent(auc.low)} to "
        f"{percent(auc.high)}; ROC AUC). Its average precision for '{plain(found.positive)}' is "
        f"{percent(average.value)} ({percent(average.low)} to {percent(average.high)}); guessing "
        f"gives {percent(found.share)}."
    )


def _curve(
    x: np.ndarray,
    y: np.ndarray,
    across: str,
    up: str,
    *,
    diagonal: bool = False,
    level: float | None = None,
) -> charts.Chart:
    kept = np.unique(np.linspace(0, len(x) - 1, min(len(x), _POINTS)).astype(int))
    axis, scale = alt.Axis(format="%", tickCount=5), alt.Scale(domain=[0, 1])
    across_ = alt.X("x:Q", title=across, scale=scale, axis=axis)
    up_ = alt.Y("y:Q", title=up, scale=scale, axis=axis)
    line = (
        alt.Chart(pd.DataFrame({"x": x[kept], "y": y[kept], "order": kept}))
        .mark_line(color=charts.ACCENT, strokeWidth=2)
        .encode(
            x=across_,
            y=up_,
            order="order:Q",
            tooltip=[
                alt.Tooltip("x:Q", title=across, format=".1%"),
                alt.Tooltip("y:Q", title=up, format=".1%"),
            ],
        )
    )
    ends = [0.0, 1.0] if diagonal else [level, level]
    guess = (
        alt.Chart(pd.DataFrame({"x": [0.0, 1.0], "y": ends}))
        .mark_line(color=_INK, strokeDash=[5, 4])
        .encode(x=across_, y=up_)
    )
    return alt.layer(guess, line).properties(height=260)
