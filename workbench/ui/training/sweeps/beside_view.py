"""Trainings beside each other: their curves in one chart, and a table of what differs."""

from collections.abc import Callable, Sequence
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from workbench.evaluation.sweeps.differing import Beside, said, setting_words
from workbench.training import runs
from workbench.training.energy import kwh_words
from workbench.ui import charts, context
from workbench.ui.numbers import duration

MOST_CURVES = 12
MARKED = 40
"""Points of a line on average, up to which each is marked."""
LEGEND_ROW = 20
"""Pixels that a row of the legend takes of a chart's height."""
_COLOURS = [
    charts.ACCENT, charts.ORANGE, charts.GREEN, charts.PURPLE, charts.VERMILION, charts.SKY,
    charts.BROWN, charts.GREY,
]  # fmt: skip
_DASHES = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [12, 4]]
_SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"]
"""Colour is never the only sign: dashes and shapes go by other numbers, so no two lines are alike."""


def table(rows: Sequence[Beside], lead: dict[str, Callable[[Beside], str]]) -> None:
    """Each training in a row, with only what differs.

    Args:
        lead: the first columns.
    """
    differing = list(rows[0].differs) if rows else []
    columns: dict[str, list[str]] = {
        **{name: [tell(row) for row in rows] for name, tell in lead.items()},
        "Practice questions": [row.practice.words if row.practice else "" for row in rows],
        "Exam": [row.exam.words if row.exam else "" for row in rows],
        **{_title(name): [said(row.differs[name]) for row in rows] for name in differing},
        "Time": [duration(row.seconds) if row.seconds else "" for row in rows],
        "Electricity": [kwh_words(row.kwh) if row.kwh else "" for row in rows],
    }
    shown = {name: cells for name, cells in columns.items() if any(cells)}
    st.dataframe(shown, hide_index=True, key="beside-table", width="stretch")


def curves(rows: Sequence[Beside], name: Callable[[Beside], str]) -> None:
    """How wrong each still was, step by step, all in one chart; nothing where there are no curves."""
    shown = rows[:MOST_CURVES]
    for kind, title in (("validation", "On practice questions"), ("train", "On the examples")):
        points = _points(shown, name, kind)
        if points["series"].nunique() < 1 or len(points) < 2:
            continue
        st.markdown(f"##### {title}")
        st.altair_chart(_chart(points, [name(row) for row in shown]), key=f"beside-{kind}")
    if len(rows) > len(shown):
        st.caption(f"The first {MOST_CURVES} of {len(rows)} are drawn.")


def _points(rows: Sequence[Beside], name: Callable[[Beside], str], kind: str) -> pd.DataFrame:
    found: list[dict[str, Any]] = [
        {"step": point["step"], "loss": point["loss"], "series": name(row)}
        for row in rows
        for point in runs.curve(context.store(), row.run.id, kind)
        if point.get("loss") is not None
    ]
    return pd.DataFrame(found, columns=["step", "loss", "series"])


def _chart(points: pd.DataFrame, names: Sequence[str]) -> Any:
    count = range(len(names))
    colours = alt.Scale(domain=list(names), range=[_COLOURS[i % len(_COLOURS)] for i in count])
    dashes = alt.Scale(domain=list(names), range=[_DASHES[i % len(_DASHES)] for i in count])
    shapes = alt.Scale(domain=list(names), range=[_SHAPES[i % len(_SHAPES)] for i in count])
    few = len(points) <= MARKED * len(names)
    legend = alt.Legend(
        orient="bottom", title=None, columns=1, labelLimit=300, symbolSize=120,
        symbolType=alt.Undefined if few else "stroke",
        symbolStrokeWidth=0 if few else alt.Undefined,
    )  # fmt: skip
    base = alt.Chart(points).encode(
        x=alt.X("step:Q", title="Step", axis=alt.Axis(format=",d", tickMinStep=1)),
        y=alt.Y("loss:Q", title="How wrong (loss)", scale=alt.Scale(zero=False)),
        color=alt.Color("series:N", scale=colours, legend=legend),
        tooltip=[
            alt.Tooltip("series:N", title="Training"),
            alt.Tooltip("step:Q", title="Step", format=",d"),
            alt.Tooltip("loss:Q", title="Loss", format=".4f"),
        ],
    )
    lines = base.mark_line(strokeWidth=2).encode(
        strokeDash=alt.StrokeDash("series:N", scale=dashes, legend=None if few else legend)
    )
    marks = base.mark_point(size=50, filled=True).encode(
        shape=alt.Shape("series:N", scale=shapes, legend=legend)
    )
    height = 300 + LEGEND_ROW * len(names)
    return alt.layer(lines, marks if few else lines).properties(height=height)


def _title(name: str) -> str:
    words = setting_words(name)
    return words[:1].upper() + words[1:]
