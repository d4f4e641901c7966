"""Whether how sure a model is can be believed, on a page: the reliability diagram."""

import altair as alt
import pandas as pd
import streamlit as st

from workbench.evaluation.scoring.intervals import SPREAD
from workbench.evaluation.scoring.reliability import BINS, Bin, bins, calibration_error
from workbench.ui import charts
from workbench.ui.numbers import percent

_GOOD, _FAIR = 0.03, 0.1
"""Mean gaps up to which sureness can be taken at its word, or as a rough word."""
_INK = "#757C86"


def show(answers: pd.DataFrame) -> None:
    """The diagram with its sentence; nothing where there are no probabilities."""
    known = answers.dropna(subset=["probability"])
    if known.empty:
        return
    spread = SPREAD if "turn" in answers else 1.0
    found = bins(
        known["probability"].to_numpy(float), known["right_tuned"].to_numpy(bool), spread=spread
    )
    st.markdown("**Can it be believed when it says how sure it is?**")
    st.write(sentence(found))
    st.altair_chart(
        _diagram(found),
        alt="Reliability diagram: share of right answers over how sure the model was. "
        + ", ".join(f"{percent(own.sure)} sure: {percent(own.right)} right" for own in found),
    )
    st.caption(
        f"Reliability diagram: up to {BINS} groups of about as many answers each, the least sure on "
        "the left. On the dashed line it is right as often as it says; below it, it is surer than "
        "it should be. The thin lines are 95 % intervals."
    )


def sentence(found: list[Bin]) -> str:
    """How far it can be believed, in plain words with the field's term."""
    gap = calibration_error(found)
    total = sum(own.answers for own in found)
    lean = sum(own.answers * (own.sure - own.right) for own in found) / total
    if gap <= _GOOD:
        says = "Yes: what it says and what is right are close together"
    elif gap <= _FAIR:
        says = f"Roughly: it is {'surer' if lean > 0 else 'less sure'} than it should be"
    else:
        says = f"No: it is far {'surer' if lean > 0 else 'less sure'} than it should be"
    return f"{says}, by {percent(gap)} on average (expected calibration error, ECE; 0 would be perfect)."


def _diagram(found: list[Bin]) -> charts.Chart:
    table = pd.DataFrame([vars(own) for own in found])
    low = min(0.0 if table["sure"].min() < 0.5 else 0.5, float(table["low"].min()))
    scale = alt.Scale(domain=[max(0.0, low), 1.0], nice=False)
    axis = alt.Axis(format="%", tickCount=6)
    base = alt.Chart(table).encode(
        x=alt.X("sure:Q", title="How sure it was (mean of the group)", scale=scale, axis=axis),
        tooltip=[
            alt.Tooltip("answers:Q", title="Answers", format=",d"),
            alt.Tooltip("sure:Q", title="How sure", format=".1%"),
            alt.Tooltip("right:Q", title="Right", format=".1%"),
            alt.Tooltip("low:Q", title="At least (95 %)", format=".1%"),
            alt.Tooltip("high:Q", title="At most (95 %)", format=".1%"),
        ],
    )
    y = alt.Y("right:Q", title="Right", scale=scale, axis=axis)
    marks = base.mark_point(filled=True, size=70, color=charts.ACCENT).encode(y=y)
    lines = base.mark_rule(color=charts.ACCENT, strokeWidth=1.5).encode(
        y=alt.Y("low:Q", title="Right", scale=scale, axis=axis), y2="high:Q"
    )
    ends = pd.DataFrame({"sure": scale.domain, "right": scale.domain})
    diagonal = alt.Chart(ends).mark_line(color=_INK, strokeDash=[5, 4]).encode(x="sure:Q", y=y)
    return alt.layer(diagonal, lines, marks).properties(height=280)
