"""Charts of numbers that are estimated: how often each comes, and estimates against the true ones."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from workbench.ui.charts import ACCENT, GREY, Chart

_BARS = 30
MOST_POINTS = 2000
"""Of more rows, points are drawn of some."""


def histogram(numbers: Sequence[float], title: str) -> Chart:
    """How many examples have which number.

    Args:
        title: what the numbers are.
    """
    data = pd.DataFrame({"number": numbers})
    chart: Chart = (
        alt.Chart(data)
        .mark_bar(color=ACCENT)
        .encode(
            alt.X("number:Q", bin=alt.Bin(maxbins=_BARS), title=title),
            alt.Y("count():Q", title="Examples"),
            tooltip=[
                alt.Tooltip("number:Q", bin=alt.Bin(maxbins=_BARS), title=title),
                alt.Tooltip("count():Q", title="Examples"),
            ],
        )
        .properties(height=260)
    )
    return chart


def shown_range(frame: pd.DataFrame) -> tuple[float, float]:
    """Between which numbers points are drawn: all of them, or where a few lie far outside the usual ones."""
    both = pd.concat([frame["wanted"], frame["given"]])
    low, high = (float(both.quantile(share)) for share in (0.01, 0.99))
    return max(float(both.min()), 2 * low - high), min(float(both.max()), 2 * high - low)


def scatter(frame: pd.DataFrame) -> Chart:
    """Estimates over the true numbers, with the line on which both are the same.

    Args:
        frame: columns row, wanted, given, off and is ("near enough" or "too far off").
    """
    some, ends = frame.iloc[:: len(frame) // MOST_POINTS + 1], shown_range(frame)
    some = some.assign(x=some["wanted"].clip(*ends), y=some["given"].clip(*ends))
    scale = alt.Scale(domain=list(ends), nice=True, zero=False)
    axis = alt.Axis(tickCount=6, format=",.4~g")
    x = alt.X("x:Q", title="Your number", scale=scale, axis=axis)
    y = alt.Y("y:Q", title="Its estimate", scale=scale, axis=axis)
    colour = alt.Color(
        "is:N",
        title=None,
        legend=alt.Legend(orient="top"),
        scale=alt.Scale(domain=["near enough", "too far off"], range=[ACCENT, "#D55E00"]),
    )
    shape = alt.Shape(
        "is:N",
        legend=None,
        scale=alt.Scale(domain=["near enough", "too far off"], range=["circle", "triangle-up"]),
    )
    tip = [
        alt.Tooltip("row:Q", title="Row", format="d"),
        alt.Tooltip("wanted:Q", title="Your number"),
        alt.Tooltip("given:Q", title="Its estimate"),
        alt.Tooltip("off:Q", title="Off by", format=",.4~g"),
    ]
    points = (
        alt.Chart(some)
        .mark_point(filled=True, size=45, opacity=0.6)
        .encode(x=x, y=y, color=colour, shape=shape, tooltip=tip)
    )
    line = (
        alt.Chart(pd.DataFrame({"x": ends, "y": ends}))
        .mark_line(strokeDash=[6, 4], color=GREY)
        .encode(x=x, y=y)
    )
    chart: Chart = alt.layer(line, points).properties(height=360)
    return chart
