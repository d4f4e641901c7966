"""Where a classifier goes wrong, on a page: its categories, and which it takes for which."""

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from workbench.evaluation import confusion
from workbench.ui import charts
from workbench.ui.numbers import plural

FEW_CATEGORIES = 15
"""Up to this many, the matrix shows all of them."""
_PAIRS = 10


def show_categories(answers: pd.DataFrame) -> None:
    """Each category: its exam questions, how many are right, what it is mistaken for."""
    table = confusion.per_category(answers)
    table["right"] = 100 * table["right"]
    table["mistaken_for"] = table["mistaken_for"].where(table["mistakes"] > 0, "–")
    st.dataframe(
        table,
        hide_index=True,
        key="categories",
        height=min(38 + 35 * len(table), 420),
        column_config={
            "category": st.column_config.TextColumn("Category", width="medium", pinned=True),
            "examples": st.column_config.NumberColumn("Exam questions", format="%d"),
            "right": st.column_config.ProgressColumn(
                "Right", format="%.1f %%", min_value=0, max_value=100
            ),
            "mistaken_for": st.column_config.TextColumn("Most often mistaken for", width="medium"),
            "mistakes": st.column_config.NumberColumn("How often", format="%d"),
        },
        alt="Table of the categories, the weakest first",
    )
    st.caption(
        "The weakest come first. More or clearer examples of these help most; if two categories "
        "are often mixed up, ask whether a person could tell them apart."
    )


def show_mixups(answers: pd.DataFrame) -> None:
    """The most frequent confusions, and the confusion matrix."""
    pairs = confusion.pairs(answers)
    if pairs.empty:
        st.write("Not a single mix-up in this exam.")
        return
    _pair_table(pairs.head(_PAIRS))
    if len(pairs) > _PAIRS:
        rest = pairs["mistakes"].iloc[_PAIRS:].sum()
        st.caption(
            f"The {_PAIRS} most frequent of {plural(len(pairs), 'kind')} of mix-up; "
            f"the others make up {plural(int(rest), 'mistake')}."
        )
    _matrix(answers)


def _pair_table(pairs: pd.DataFrame) -> None:
    st.dataframe(
        pairs,
        hide_index=True,
        key="mixup-pairs",
        height="content",
        column_config={
            "category": st.column_config.TextColumn("Right category", width="medium"),
            "mistaken_for": st.column_config.TextColumn("The model's answer", width="medium"),
            "mistakes": st.column_config.ProgressColumn(
                "Mistakes in the exam",
                format="%d",
                min_value=0,
                max_value=int(pairs["mistakes"].max()),
            ),
        },
        alt="Table of the most frequent mix-ups",
    )


def _matrix(answers: pd.DataFrame) -> None:
    total = answers["expected"].nunique()
    everything = total <= FEW_CATEGORIES or st.toggle(
        f"Show all {total:,} categories in the matrix", key="matrix-all"
    )
    shown = total if everything else FEW_CATEGORIES
    table = confusion.matrix(answers, limit=None if everything else FEW_CATEGORIES)
    st.altair_chart(
        _heatmap(table, labelled=shown <= FEW_CATEGORIES),
        alt=f"Confusion matrix of {plural(shown, 'category', 'categories')}",
    )
    which = "" if everything else f" Shown are the {shown:,} categories with the most mix-ups."
    st.caption(
        "Confusion matrix: each line is a right category, each column what the trained model "
        f"answered; on the diagonal it is right.{which}"
    )


def _heatmap(table: pd.DataFrame, *, labelled: bool) -> alt.LayerChart | alt.Chart:
    names = list(dict.fromkeys(table["answered"]))
    step = 30 if labelled else 13
    table = table[table["examples"] > 0]
    axes: dict[str, Any] = {
        "labelLimit": {"expr": "containerSize()[0] < 600 ? 90 : 220"},
        "labelFontSize": 12 if labelled else 9,
        "labelOverlap": False,
    }
    base = alt.Chart(table).encode(
        x=alt.X(
            "answered:N",
            title="The model's answer",
            sort=names,
            scale=alt.Scale(domain=names),
            axis=alt.Axis(labelAngle=-50, **axes),
        ),
        y=alt.Y(
            "expected:N",
            title="Right category",
            sort=names,
            scale=alt.Scale(domain=[n for n in names if n != confusion.OTHER]),
            axis=alt.Axis(**axes),
        ),
        tooltip=[
            alt.Tooltip("expected:N", title="Right category"),
            alt.Tooltip("answered:N", title="The model's answer"),
            alt.Tooltip("examples:Q", title="Exam questions"),
            alt.Tooltip("share:Q", title="Share of the category", format=".1%"),
        ],
    )
    cells = base.mark_rect(stroke="#8A8F98", strokeWidth=0.3).encode(
        color=alt.Color(
            "share:Q",
            title="Share of the right category",
            scale=alt.Scale(domain=[0, 1], range=["#E3EEF6", charts.ACCENT]),
            legend=alt.Legend(format="%", orient="top", gradientLength=160),
        )
    )
    chart: alt.LayerChart | alt.Chart = cells
    if labelled:
        dark = alt.datum.share > 0.5
        numbers = base.mark_text(fontSize=11).encode(
            text="examples:Q", color=alt.condition(dark, alt.value("white"), alt.value("#1F2328"))
        )
        chart = cells + numbers
    return chart.properties(width=alt.Step(step), height=alt.Step(step))
