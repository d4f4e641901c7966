"""The map: rows that say alike things lie near each other; a click shows them."""

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from workbench.core.tasks import task_named
from workbench.core.words import shortened
from workbench.data import checkups, versions
from workbench.data.versions import VersionInfo
from workbench.jobs.job import JobView
from workbench.ui import context
from workbench.ui.checkup.marked import TITLES, said
from workbench.ui.explore import rows as table_of

_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#B8A800")
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right")
_OTHER = "all others"
_PICKED = "picked"


def show(version: VersionInfo, job: JobView) -> None:
    """The map of a checkup, and the rows that were picked on it."""
    found = checkups.map_of(context.store(), job.id)
    if found is None:
        st.info(
            "There is no map, because the encoder that draws it is not installed.",
            icon=":material/map:",
        )
        return
    frame = _frame(version, found.to_pandas())
    state = st.altair_chart(_chart(frame), key="explore-map", on_select="rerun")
    _picked(version, frame, state)


def _frame(version: VersionInfo, places: pd.DataFrame) -> pd.DataFrame:
    data = versions.rows_by_id(version, places["row_id"].tolist()).to_pandas()
    frame = places.merge(data, on="row_id")
    question = next(name for name in data.columns if name in TITLES and name != "split")
    frame["text"] = [shortened(said(text or ""), 120) for text in frame[question]]
    if version.labels and not task_named(version.task).answers_are_sets:
        first = set(frame["label"].value_counts().index[: len(_COLOURS)])
        frame["category"] = [label if label in first else _OTHER for label in frame["label"]]
    else:
        frame["category"] = "example"
    return frame[["row_id", "x", "y", "text", "category"]]


def _chart(frame: pd.DataFrame) -> alt.Chart:
    names = [name for name in dict.fromkeys(frame["category"]) if name != _OTHER]
    domain = [*sorted(names), *([_OTHER] if _OTHER in set(frame["category"]) else [])]
    palette = [*_COLOURS[: len(names)], "#999999"][: len(domain)]
    colour = alt.Scale(domain=domain, range=palette)
    shape = alt.Scale(domain=domain, range=[*_SHAPES[: len(names)], "circle"][: len(domain)])
    below = alt.Legend(title=None, labelLimit=220, orient="bottom", columns=2, symbolOpacity=1)
    legend = below if len(domain) > 1 else None
    picked = alt.selection_point(name=_PICKED, fields=["row_id"])
    area = alt.selection_interval(name="area")
    nothing: Any = alt.Axis(labels=False, ticks=False, domain=False, grid=False, title=None)
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_point(filled=True, size=55)
        .encode(
            alt.X("x:Q", axis=nothing),
            alt.Y("y:Q", axis=nothing),
            alt.Color("category:N", scale=colour, legend=legend),
            alt.Shape("category:N", scale=shape, legend=legend),
            opacity=alt.condition(picked & area, alt.value(0.85), alt.value(0.15)),
            tooltip=[
                alt.Tooltip("row_id:Q", title="Row"),
                alt.Tooltip("category:N", title="Category"),
                alt.Tooltip("text:N", title="Text"),
            ],
        )
        .add_params(picked, area)
        .properties(height=460)
    )
    return chart


def _picked(version: VersionInfo, frame: pd.DataFrame, state: Any) -> None:
    selection = state.selection if state else {}
    rows = {int(point["row_id"]) for point in selection.get(_PICKED, [])}
    if box := selection.get("area"):
        inside = frame["x"].between(*box["x"]) & frame["y"].between(*box["y"])
        rows |= {int(row) for row in frame.loc[inside, "row_id"]}
    if not rows:
        st.caption(
            f"{len(frame):,} examples; near each other lies what says alike things. Click one, or "
            "draw a box, to read the rows."
        )
        return
    found = versions.rows_by_id(version, sorted(rows))
    st.dataframe(table_of.of(found), hide_index=True, key="explore-picked")
