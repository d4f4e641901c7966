"""How answers change when questions are only written otherwise: a chart, scores, and examples."""

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from workbench.core.metrics import CHRF
from workbench.training.run_view import RunView
from workbench.ui import charts
from workbench.ui.numbers import percent
from workbench.ui.text import plain, plain_lines


def show(_run: RunView, found: dict[str, Any]) -> None:
    """The share of answers that stay the same, the score before and after, and answers that changed."""
    variants = found["variants"]
    if not variants:
        return
    st.altair_chart(_chart(variants), alt="Share of answers that stay the same, by way of writing")
    st.dataframe(
        pd.DataFrame([_line(one) for one in variants]),
        hide_index=True,
        height="content",
        alt="Table of scores before and after, by way of writing",
    )
    st.caption(
        "The same exam questions, changed by rule and asked again. Lines are 95 % intervals. If hurried "
        "questions are common among yours, put some of them among your examples."
    )
    _examples(variants)


def _line(one: dict[str, Any]) -> dict[str, str | int]:
    line: dict[str, str | int] = {
        "Written": one["title"],
        "Questions": one["rows"],
        "Same answer": f"{percent(one['same'])} ({_range(one['interval'])})",
    }
    if score := one.get("score"):
        name = "Likeness to your answer" if score["metric"] == CHRF else "Right"
        low, high = (100 * end for end in score["interval"])
        line[f"{name}, as it was"] = _value(score, "before")
        line[f"{name}, so written"] = _value(score, "after")
        line["Difference in points"] = (
            f"{100 * score['difference']:+.1f} ({low:+.1f} to {high:+.1f})"
        )
    return line


def _value(score: dict[str, Any], when: str) -> str:
    return f"{100 * score[when]:.1f} of 100" if score["metric"] == CHRF else percent(score[when])


def _range(interval: list[float]) -> str:
    return f"{100 * interval[0]:.0f} to {percent(interval[1])}"


def _chart(variants: list[dict[str, Any]]) -> charts.Chart:
    table = pd.DataFrame(
        {
            "written": [one["title"] for one in variants],
            "same": [one["same"] for one in variants],
            "low": [one["interval"][0] for one in variants],
            "high": [one["interval"][1] for one in variants],
        }
    )
    base = alt.Chart(table).encode(
        y=alt.Y("written:N", title=None, sort=None, axis=alt.Axis(labelLimit=180)),
        tooltip=[
            alt.Tooltip("written:N", title="Written"),
            alt.Tooltip("same:Q", title="Same answer", format=".1%"),
            alt.Tooltip("low:Q", title="From", format=".1%"),
            alt.Tooltip("high:Q", title="To", format=".1%"),
        ],
    )
    scale = alt.Scale(domain=[0, 1])
    bars = base.mark_bar(color=charts.ACCENT, height=14).encode(
        x=alt.X(
            "same:Q", title="Answers that stay the same", scale=scale, axis=alt.Axis(format="%")
        )
    )
    rules = base.mark_rule(color=charts.ORANGE, strokeWidth=2).encode(x="low:Q", x2="high:Q")
    return alt.layer(bars, rules).properties(height=alt.Step(34))


def _examples(variants: list[dict[str, Any]]) -> None:
    changed = {one["title"]: one["rows_changed"] for one in variants if one["rows_changed"]}
    if not changed:
        st.write("Not one answer changed.")
        return
    title = st.selectbox("Answers that changed", list(changed), key="habits-written")
    for row in changed[title]:
        with st.container(border=True):
            st.caption(f"Row {row['row_id']:d}: {plain(row['question'])}")
            st.markdown(f"**Written:** {plain(row['changed'])}")
            before, after = st.columns(2)
            before.markdown("**Answer as it was**  \n" + plain_lines(row["before"]))
            after.markdown("**Answer so written**  \n" + plain_lines(row["after"]))
