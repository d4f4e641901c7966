"""Would more data help? The probe's curve, and what it says in a sentence."""

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from workbench.core.metrics import ACCURACY, CHRF
from workbench.core.words import plural
from workbench.ui.numbers import count, percent
from workbench.ui.text import plain

_ACCENT = "#0072B2"
_NOTHING_LEFT = 0.995
"""From this share of right answers on, more examples have nothing to add."""
_LEAST_SPREAD = 5.0
"""Points that the chart's height is at least, lest it makes much of little."""
_SCORE = {ACCURACY: "Right answers (%)", CHRF: "Likeness to the right answer (chrF)"}
_QUICK = {
    ACCURACY: "A quick model of the frozen encoder learned from a part of the examples.",
    CHRF: "A quick model gave the answer of the most similar example, from a part of them.",
}


def show(curve: dict[str, Any]) -> None:
    """The answer, the chart that shows it, and where more examples would help most."""
    st.subheader("Would more data help?", anchor=False)
    st.markdown(_answer(curve))
    helped = [entry for entry in curve["categories"] if _points(entry["gain"]) != "0.0"]
    left, right = st.columns([3, 2], gap="large") if helped else (st.container(),) * 2
    known = curve["points"][-1]["accuracy"] >= _NOTHING_LEFT
    with left:
        st.altair_chart(_chart(curve), key="curve")
        st.caption(
            f"{_QUICK[curve['measure']]} It was asked the "
            f"{plural(curve['questions'], 'practice and exam question')}. The bars show what other "
            "questions might have given (95 %)."
            + ("" if known else " Your trained model will be better than this.")
        )
    with right:
        _where(helped)


def _answer(curve: dict[str, Any]) -> str:
    points, double = curve["points"], curve["double"]
    rows = points[-1]["rows"]
    between = f"between {_points(double['low'])} and {_points(double['high'])}"
    if curve["helps"] == "yes":
        return (
            f"**Yes.** Twice as many examples ({count(rows)} more) would add about "
            f"{_points(double['gain'])} points, {between}."
        )
    if curve["helps"] == "maybe":
        return (
            f"**Perhaps.** Twice as many examples ({count(rows)} more) would add about "
            f"{_points(double['gain'])} points, but it may be anything {between}."
        )
    if points[-1]["accuracy"] >= _NOTHING_LEFT:
        return (
            "**No.** Even this quick model finds nearly all of the right answers: there is next to "
            "nothing left to gain."
        )
    return (
        "**No, not much.** Even twice as many examples would add less than "
        f"{_points(max(double['high'], 0.001))} points: better examples, or a larger model, would "
        "do more."
    )


def _points(share: float) -> str:
    return f"{100 * share:.1f}"


def _chart(curve: dict[str, Any]) -> alt.LayerChart:
    frame = pd.DataFrame(curve["points"])
    for name in ("accuracy", "low", "high"):
        frame[name] = 100 * frame[name]
    base = alt.Chart(frame).encode(alt.X("rows:Q", title="Examples to learn from"))
    score = _SCORE[curve["measure"]]
    lowest, highest = frame["low"].min(), frame["high"].max()
    least = min(lowest, highest - _LEAST_SPREAD)
    scale = alt.Scale(domain=[max(0.0, least), highest], zero=False, nice=True)
    accuracy = alt.Y("accuracy:Q", title=score, scale=scale)
    tips = [
        alt.Tooltip("rows:Q", title="Examples", format=","),
        alt.Tooltip("accuracy:Q", title=score, format=".1f"),
        alt.Tooltip("low:Q", title="from", format=".1f"),
        alt.Tooltip("high:Q", title="to", format=".1f"),
    ]
    whiskers = base.mark_rule(color=_ACCENT, opacity=0.6, strokeWidth=3).encode(
        alt.Y("low:Q", title=score, scale=scale), alt.Y2("high:Q")
    )
    line = base.mark_line(color=_ACCENT).encode(accuracy)
    dots = base.mark_point(color=_ACCENT, filled=True, size=70, opacity=1).encode(
        accuracy, tooltip=tips
    )
    chart: alt.LayerChart = (whiskers + line + dots).properties(height=240)
    return chart


def _where(helped: list[dict[str, Any]]) -> None:
    if not helped:
        return
    st.markdown("**Where more would help most**")
    for entry in helped:
        st.markdown(
            f"- About {count(entry['more'])} more for **{plain(entry['label'])}** ≈ "
            f"+{_points(entry['gain'])} points  \n"
            f":small[:gray[has {count(entry['rows'])} to learn from; "
            f"{percent(entry['recall'])} of its questions are answered rightly]]"
        )
