"""How well a classifier does on each category, on a page: shares with their intervals."""

import altair as alt
import pandas as pd
import streamlit as st

from workbench.evaluation import confusion
from workbench.ui import charts
from workbench.ui.numbers import percent

FEW = 20
"""Up to this many categories are drawn as well."""


def show(answers: pd.DataFrame) -> None:
    """Each category, the weakest first: its questions, how many are right and how surely, what it is
    mistaken for."""
    found = confusion.per_category(answers)
    if len(found) <= FEW:
        st.altair_chart(
            _chart(found),
            alt="Chart of the share right of each category with its 95 % interval: "
            + ", ".join(
                f"{name} {percent(right)}"
                for name, right in zip(found["category"], found["right"], strict=True)
            ),
        )
    table = _table(found)
    st.dataframe(
        table,
        hide_index=True,
        key="categories",
        height=min(38 + 35 * len(table), 420),
        column_config={
            "category": st.column_config.TextColumn("Category", width="medium", pinned=True),
            "examples": st.column_config.NumberColumn("Exam questions", format="%d"),
            "right": st.column_config.ProgressColumn(
                "Right", format="%.1f %%", min_value=0, max_value=100,
                help="Of the questions of this category (recall).",
            ),
            "interval": st.column_config.TextColumn(
                "95 % interval", help="Where the true share lies; long where there are few questions."
            ),
            "mistaken_for": st.column_config.TextColumn("Most often mistaken for", width="medium"),
            "mistakes": st.column_config.NumberColumn("How often", format="%d"),
            "precision": st.column_config.NumberColumn(
                "Right when named", format="%.1f %%",
                help="Of the answers that name this category (precision).",
            ),
            "f1": st.column_config.NumberColumn(
                "Both together", format="%.1f %%",
                help="The harmonic mean of the two shares (F1): low as soon as one of them is.",
            ),
        },
        alt="Table of the categories, the weakest first",
    )  # fmt: skip
    st.caption(
        "The weakest come first; where the intervals of two overlap widely, chance may have put them in "
        "this order. More or clearer examples of the weak ones help most; if two categories are often "
        "mixed up, ask whether a person could tell them apart."
    )


def _table(found: pd.DataFrame) -> pd.DataFrame:
    table = found.copy()
    ends = zip(found["low"], found["high"], strict=True)
    table["interval"] = [f"{percent(low)} to {percent(high)}" for low, high in ends]
    table["mistaken_for"] = table["mistaken_for"].where(table["mistakes"] > 0, "–")
    for share in ("right", "precision", "f1"):
        table[share] = 100 * table[share]
    names = ["category", "examples", "right", "interval", "mistaken_for", "mistakes"]
    return table[[*names, "precision", "f1"]]


def _chart(found: pd.DataFrame) -> charts.Chart:
    axis = alt.Axis(format="%", tickCount=5)
    scale = alt.Scale(domain=[0, 1])
    base = alt.Chart(found).encode(
        y=alt.Y(
            "category:N",
            title=None,
            sort=found["category"].tolist(),
            axis=alt.Axis(labelLimit=180, labelFontSize=12),
        ),
        tooltip=[
            alt.Tooltip("category:N", title="Category"),
            alt.Tooltip("examples:Q", title="Exam questions"),
            alt.Tooltip("right:Q", title="Right", format=".1%"),
            alt.Tooltip("low:Q", title="At least (95 %)", format=".1%"),
            alt.Tooltip("high:Q", title="At most (95 %)", format=".1%"),
        ],
    )
    lines = base.mark_rule(color=charts.ACCENT, strokeWidth=2).encode(
        x=alt.X("low:Q", title="Right, with its 95 % interval", scale=scale, axis=axis), x2="high:Q"
    )
    points = base.mark_point(filled=True, size=70, color=charts.ACCENT).encode(
        x=alt.X("right:Q", title="Right, with its 95 % interval", scale=scale, axis=axis)
    )
    return alt.layer(lines, points).properties(height=alt.Step(26))
