"""Charts in one style: axis titles with units, colours that colour-blind people can tell apart.

Okabe and Ito's palette (2008). The same series always has the same colour: the base model is
grey, the tuned one has the accent, the baseline is orange.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

ACCENT, GREY = "#0072B2", "#8A9099"
ORANGE, GREEN, SKY, PURPLE, VERMILION = "#E69F00", "#009E73", "#56B4E9", "#CC79A7", "#D55E00"
BROWN = "#8C6D46"
SERIES = {
    "Examples": ORANGE,
    "Practice questions": ACCENT,
}
Chart = alt.LayerChart | alt.FacetChart
_TOP = alt.Legend(orient="top", title=None)


def learning_curve(
    train: Sequence[Mapping[str, Any]],
    validation: Sequence[Mapping[str, Any]],
    best_step: int | None = None,
) -> Chart:
    """How wrong the model still is, over the steps; the points of the practice questions marked."""
    rows = [
        {"step": point["step"], "loss": point["loss"], "series": series}
        for series, points in (("Examples", train), ("Practice questions", validation))
        for point in points
        if point.get("loss") is not None
    ]
    data = pd.DataFrame(rows, columns=["step", "loss", "series"])
    base = alt.Chart(data).encode(
        x=alt.X("step:Q", title="Step", axis=alt.Axis(format=",d", tickMinStep=1)),
        y=alt.Y("loss:Q", title="How wrong it still is (loss)", scale=alt.Scale(zero=False)),
        color=_colour(["Examples", "Practice questions"]),
        tooltip=[
            alt.Tooltip("series:N", title="On"),
            alt.Tooltip("step:Q", title="Step", format=",d"),
            alt.Tooltip("loss:Q", title="Loss", format=".4f"),
        ],
    )
    points = base.transform_filter(alt.datum.series == "Practice questions").mark_point(
        filled=True, size=60
    )
    layers: list[Any] = [base.mark_line(strokeWidth=2), points]
    if best_step is not None:
        layers.append(_best_rule(best_step))
    return alt.layer(*layers).properties(height=300)


def as_dict(chart: alt.LayerChart) -> dict[str, Any]:
    """The chart as Vega-Lite with its data, for `st.vega_lite_chart`; Altair's own theme stays away."""
    told: dict[str, Any] = chart.to_dict()
    return {name: value for name, value in told.items() if name != "config"}


def _best_rule(step: int) -> Any:
    return (
        alt.Chart(pd.DataFrame({"step": [step], "note": ["kept"]}))
        .mark_rule(color=GREEN, strokeDash=[4, 4], strokeWidth=2)
        .encode(x="step:Q", tooltip=[alt.Tooltip("step:Q", title="This state is kept: step")])
    )


def line(
    points: Sequence[Mapping[str, Any]], value: str, title: str, number_format: str = ".3~g"
) -> Any:
    """One value over the steps: the learning rate, the speed."""
    rows = [{"step": p["step"], value: p[value]} for p in points if p.get(value) is not None]
    return (
        alt.Chart(pd.DataFrame(rows, columns=["step", value]))
        .mark_line(strokeWidth=2, color=ACCENT)
        .encode(
            x=alt.X("step:Q", title="Step", axis=alt.Axis(format=",d", tickMinStep=1)),
            y=alt.Y(f"{value}:Q", title=title, axis=alt.Axis(format=number_format)),
            tooltip=[
                alt.Tooltip("step:Q", title="Step", format=",d"),
                alt.Tooltip(f"{value}:Q", title=title, format=number_format),
            ],
        )
        .properties(height=220)
    )


def sizes(rows: Sequence[Mapping[str, Any]], title: str) -> Any:
    """One bar a row (name, bytes, label, share), the largest first; the label says its length."""
    data = pd.DataFrame(rows, columns=["name", "bytes", "label", "share"])
    most = float(data["bytes"].max() or 1)
    base = alt.Chart(data).encode(
        x=alt.X("bytes:Q", title=None, axis=None, scale=alt.Scale(domain=[0, most * 1.4])),
        y=alt.Y("name:N", title=None, sort="-x", axis=alt.Axis(labelLimit=240, ticks=False)),
        tooltip=[
            alt.Tooltip("name:N", title=title),
            alt.Tooltip("bytes:Q", title="Bytes", format=",d"),
            alt.Tooltip("share:N", title="Share"),
        ],
    )
    bars = base.mark_bar(color=ACCENT, size=18, cornerRadiusEnd=2)
    labels = base.mark_text(align="left", dx=6, color=GREY).encode(text="label:N")
    return alt.layer(bars, labels).properties(height=34 * len(data))


def _colour(series: list[str], legend: alt.Legend | None = _TOP) -> alt.Color:
    scale = alt.Scale(domain=series, range=[SERIES.get(name, SKY) for name in series])
    return alt.Color("series:N", scale=scale, legend=legend)
