"""Which categories a classifier takes for which, on a page: pairs, the matrix, and a cell's rows."""

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from workbench.evaluation import confusion
from workbench.ui import charts
from workbench.ui.numbers import plural
from workbench.ui.text import plain

FEW_CATEGORIES = 15
"""Up to this many, the matrix shows all of them."""
_PAIRS = 10
_CELL = "cell"
Cell = tuple[str, str]
"""The right category, and the one that was answered."""


def show_mixups(answers: pd.DataFrame) -> None:
    """The most frequent confusions, and the confusion matrix."""
    pairs = confusion.pairs(answers)
    if pairs.empty:
        st.write("Not a single mix-up in this exam.")
        return
    chosen = _pair_table(pairs.head(_PAIRS))
    if len(pairs) > _PAIRS:
        rest = pairs["mistakes"].iloc[_PAIRS:].sum()
        st.caption(
            f"The {_PAIRS} most frequent of {plural(len(pairs), 'kind')} of mix-up; "
            f"the others make up {plural(int(rest), 'mistake')}."
        )
    clicked = _matrix(answers)
    _rows_of(answers, clicked or chosen)


def _pair_table(pairs: pd.DataFrame) -> Cell | None:
    """The pairs; the one that is selected."""
    state = st.dataframe(
        pairs,
        hide_index=True,
        key="mixup-pairs",
        on_select="rerun",
        selection_mode="single-row",
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
    rows: list[int] = state["selection"]["rows"]
    if not rows or rows[0] >= len(pairs):
        return None
    pair = pairs.iloc[rows[0]]
    return str(pair["category"]), str(pair["mistaken_for"])


def _matrix(answers: pd.DataFrame) -> Cell | None:
    """The confusion matrix; the cell that was clicked."""
    total = answers["expected"].nunique()
    everything = total <= FEW_CATEGORIES or st.toggle(
        f"Show all {total:,} categories in the matrix", key="matrix-all"
    )
    shown = total if everything else FEW_CATEGORIES
    table = confusion.matrix(answers, limit=None if everything else FEW_CATEGORIES)
    state: Any = st.altair_chart(
        _heatmap(table, labelled=shown <= FEW_CATEGORIES),
        key="matrix",
        on_select="rerun",
        alt=f"Confusion matrix of {plural(shown, 'category', 'categories')}",
    )
    which = "" if everything else f" Shown are the {shown:,} categories with the most mix-ups."
    st.caption(
        "Confusion matrix: each line is a right category, each column what the trained model "
        f"answered; on the diagonal it is right.{which} Click a cell, or choose a line of the table "
        "above, to read its questions."
    )
    points = (state.selection if state else {}).get(_CELL) or []
    return (str(points[0]["expected"]), str(points[0]["answered"])) if points else None


def cell_rows(answers: pd.DataFrame, cell: Cell) -> pd.DataFrame:
    """The rows of one cell of the matrix."""
    expected, answered = cell
    given = answers["tuned"]
    if answered == confusion.OTHER:
        given = given.where(given.isin(set(answers["expected"])), confusion.OTHER)
    return answers[(answers["expected"] == expected) & (given == answered)]


def _rows_of(answers: pd.DataFrame, cell: Cell | None) -> None:
    """What was asked where one category was answered to another."""
    if cell is None:
        return
    rows = cell_rows(answers, cell)
    what = plural(len(rows), "question")
    if cell[0] == cell[1]:
        st.markdown(f"**{plain(what)} rightly answered '{plain(cell[1])}'**")
    else:
        st.markdown(f"**{plain(what)} of '{plain(cell[0])}', answered '{plain(cell[1])}'**")
    names = ["row_id", "input", "tuned", *(["probability"] if "probability" in rows else [])]
    table = rows[names].copy()
    if "probability" in table:
        table["probability"] *= 100
    st.dataframe(
        table,
        hide_index=True,
        key="mixup-rows",
        height=min(38 + 35 * len(rows), 388),
        column_config={
            "row_id": st.column_config.NumberColumn("Row", format="%d"),
            "input": st.column_config.TextColumn("Question", width="large"),
            "tuned": st.column_config.TextColumn("The model's answer"),
            "probability": st.column_config.NumberColumn("How sure", format="%.0f %%"),
        },
        alt="Table of the questions in this cell",
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
    picked = alt.selection_point(name=_CELL, fields=["expected", "answered"], empty=False)
    cells = (
        base.mark_rect(stroke="#8A8F98", cursor="pointer")
        .encode(
            strokeWidth=alt.condition(picked, alt.value(3), alt.value(0.3)),
            color=alt.Color(
                "share:Q",
                title="Share of the right category",
                scale=alt.Scale(domain=[0, 1], range=["#E3EEF6", charts.ACCENT]),
                legend=alt.Legend(format="%", orient="top", gradientLength=160),
            ),
        )
        .add_params(picked)
    )
    chart: alt.LayerChart | alt.Chart = cells
    if labelled:
        dark = alt.datum.share > 0.5
        numbers = base.mark_text(fontSize=11).encode(
            text="examples:Q", color=alt.condition(dark, alt.value("white"), alt.value("#1F2328"))
        )
        chart = cells + numbers
    return chart.properties(width=alt.Step(step), height=alt.Step(step))
