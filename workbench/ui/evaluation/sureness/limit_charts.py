"""What each limit of sureness gives, as charts: what it costs, and how much is answered alone."""

from collections.abc import Callable
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from workbench.evaluation.scoring.choosing import Choice
from workbench.evaluation.scoring.deferral import PER, THRESHOLDS, Judged, Prices, deferral
from workbench.ui import charts

Words = Callable[[float], str]
_POINTS = 60
_ALONE, _RIGHT = "Answered alone", "Right among those"
_INK = "#757C86"


def as_share(value: float) -> str:
    """A limit as it stands on the page: "83.2 %"."""
    return f"{100 * value:g} %"


def show(choice: Choice, prices: Prices, limit: float) -> None:
    """Two charts over the limit: the cost with its cheapest point, and the two shares."""
    cheapest = choice.cheapest(prices)
    table = points(choice.reported, prices, {limit, cheapest})
    domain = [float(table["limit"].min()), 1.0]
    x = alt.X(
        "limit:Q", title="Limit: it answers alone if it is surer than this",
        scale=alt.Scale(domain=domain, nice=False), axis=alt.Axis(format="~%", tickCount=6),
    )  # fmt: skip
    left, right = st.columns(2)
    low = table.loc[table["limit"] == cheapest].iloc[0]
    left.altair_chart(
        _cost(table, x, cheapest, limit),
        alt=f"Line chart: cost of 1,000 texts over the limit. The cheapest limit is "
        f"{as_share(cheapest)}, at {low.cost:,.0f}.",
    )
    right.altair_chart(
        _shares(table, x, limit),
        alt="Line chart: share of the texts that are answered alone, and share right among those, "
        "over the limit.",
    )
    st.caption(
        "The diamond is the cheapest limit, found on other questions, so it need not be the lowest point "
        "here; the dashed line is the one on the slider. The paler ground and the small figures above "
        "show where the true values lie with 95 % certainty."
    )


def points(judged: Judged, prices: Prices, wanted: set[float]) -> pd.DataFrame:
    """Columns limit, cost, low, high (of 1,000 texts), alone, right: at some limits where answers
    lie, and at those that are wanted."""
    start = min(float(np.floor(10 * np.quantile(judged.sure, 0.02)) / 10), *wanted)
    there = [float(one) for one in THRESHOLDS if one >= start]
    chosen = {there[at] for at in np.linspace(0, len(there) - 1, _POINTS).astype(int)}
    rows = []
    for value in sorted(chosen | wanted):
        found = deferral(judged, value, prices)
        rows.append(
            {
                "limit": value,
                "cost": found.cost.value * 1000 / PER,
                "low": found.cost.low * 1000 / PER,
                "high": found.cost.high * 1000 / PER,
                "alone": found.alone.value,
                "right": found.right.value if found.right else None,
            }
        )
    return pd.DataFrame(rows)


def _cost(table: pd.DataFrame, x: alt.X, cheapest: float, limit: float) -> charts.Chart:
    y = alt.Y("cost:Q", title="Cost of 1,000 texts", axis=alt.Axis(format=",.4~g"))
    tip = [
        alt.Tooltip("limit:Q", title="Limit", format=".2~%"),
        alt.Tooltip("cost:Q", title="Cost of 1,000 texts", format=",.1f"),
        alt.Tooltip("low:Q", title="At least (95 %)", format=",.1f"),
        alt.Tooltip("high:Q", title="At most (95 %)", format=",.1f"),
    ]
    base = alt.Chart(table).encode(x=x, y=y, tooltip=tip)
    band = base.mark_area(opacity=0.2, color=charts.ACCENT).encode(
        y=alt.Y("low:Q", title="Cost of 1,000 texts"), y2="high:Q"
    )
    lowest = base.transform_filter(alt.datum.limit == cheapest)
    mark = lowest.mark_point(shape="diamond", size=160, filled=True, color=charts.VERMILION)
    beside: Any = {"align": "right", "dx": -8} if cheapest > 0.75 else {"align": "left", "dx": 8}
    label = lowest.mark_text(fontWeight="bold", color=_INK, **beside).encode(
        y=alt.value(8), text=alt.value(f"cheapest: {as_share(cheapest)}")
    )
    line = base.mark_line(color=charts.ACCENT, strokeWidth=2)
    return alt.layer(band, line, _rule(limit, x), mark, label).properties(height=260)


def _shares(table: pd.DataFrame, x: alt.X, limit: float) -> charts.Chart:
    long = table.melt("limit", ["alone", "right"], "what", "share").dropna()
    long["what"] = long["what"].map({"alone": _ALONE, "right": _RIGHT})
    scale: dict[str, Any] = {"domain": [_ALONE, _RIGHT]}
    legend = alt.Legend(orient="top", title=None)
    lines = (
        alt.Chart(long)
        .mark_line(strokeWidth=2)
        .encode(
            x=x,
            y=alt.Y("share:Q", title="Share", axis=alt.Axis(format="%"), scale={"domain": [0, 1]}),
            color=alt.Color(
                "what:N",
                scale=alt.Scale(**scale, range=[charts.ACCENT, charts.ORANGE]),
                legend=legend,
            ),
            strokeDash=alt.StrokeDash(
                "what:N", scale=alt.Scale(**scale, range=[[1, 0], [6, 3]]), legend=legend
            ),
            tooltip=[
                alt.Tooltip("what:N", title="What"),
                alt.Tooltip("limit:Q", title="Limit", format=".2~%"),
                alt.Tooltip("share:Q", title="Share", format=".1%"),
            ],
        )
    )
    return alt.layer(lines, _rule(limit, x)).properties(height=260)


def _rule(limit: float, x: alt.X) -> alt.Chart:
    rule: alt.Chart = (
        alt.Chart(pd.DataFrame({"limit": [limit]}))
        .mark_rule(color=_INK, strokeDash=[5, 4], strokeWidth=1.5)
        .encode(x=x)
    )
    return rule
