"""The scores of an evaluation on a page: the verdict, the bars, the table of numbers."""

import altair as alt
import pandas as pd
import streamlit as st

from workbench.core.metrics import INVENTED, METRICS, Unit, metric_of
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.evaluation.verdict import BETTER, UNSURE, WORSE, Bar, Verdict
from workbench.models.families import family_named
from workbench.ui import charts
from workbench.ui.numbers import percent
from workbench.ui.text import plain

SYSTEMS = {"baseline": "Simple baseline", "base": "Before training", "tuned": "After training"}
"""How the three that take an exam are called on a page."""
COLOURS = {"baseline": charts.ORANGE, "base": charts.GREY, "tuned": charts.ACCENT}
_INK = "#757C86"
"""Writing in a chart, to be read on light and dark ground alike; altair's own is black."""
_BASELINE_MEANS = (
    "The **simple baseline** counts words and learns in a second (TF-IDF with a linear SVM). "
    "A model that does not beat it is not worth its time."
)


def show_verdict(found: Verdict) -> None:
    """The answer first: a word, the sentence, what it rests on, and what to do next."""
    boxes = {
        BETTER: (st.success, ":material/check_circle:", "Better."),
        UNSURE: (st.info, ":material/help:", "Not sure yet."),
        WORSE: (st.error, ":material/cancel:", "Worse."),
    }
    box, icon, word = boxes.get(found.level, (st.info, ":material/info:", "Scored."))
    details = " ".join(found.evidence)
    text = f"**{word} {found.headline}**"
    paragraphs = "\n\n".join(part for part in (text, details, found.next_step) if part)
    box(paragraphs.replace(" %", "\u00a0%"), icon=icon)  # a line never breaks before the sign


def show_invented(info: EvaluationInfo) -> None:
    """How many answers say what nobody told the model; nothing where that was not counted."""
    share = (info.scores.get("tuned") or {}).get(INVENTED)
    if share is None:
        return
    before = (info.scores.get("base") or {}).get(INVENTED)
    than = "" if before is None else f" (before training: {percent(before)})"
    st.markdown(
        f":material/help: **{percent(share)} of its answers**{than} have an amount, date, name or "
        "the like that stands in none of your examples, nor in the question. They are marked below."
        if share
        else ":material/check: None of its answers has an amount, date or name that stands in none "
        f"of your examples, nor in the question{than}."
    )


def show_bars(task: str, bars: list[Bar]) -> None:
    """One bar for each that took the exam, with its value and 95 % interval."""
    metric = metric_of(task)
    table = pd.DataFrame(
        {
            "who": [SYSTEMS[bar.system] for bar in bars],
            "value": [bar.value for bar in bars],
            "low": [bar.low for bar in bars],
            "high": [bar.high for bar in bars],
            "label": [metric.unit.exact(bar.value) for bar in bars],
            "interval": [_interval(bar, metric.unit) for bar in bars],
            "label_at": [bar.high or bar.value for bar in bars],
        }
    )
    top = metric.unit.top or 1.15 * table["value"].max()
    chart = _bar_chart(table, metric.axis, [0, top], metric.unit.axis_format)
    spoken = ", ".join(f"{row.who} {row.label}" for row in table.itertuples())
    st.altair_chart(chart, alt=f"Bar chart: {metric.axis}. {spoken}.")
    if table["low"].notna().any():
        st.caption(
            "The thin lines show where the true value lies with 95 % certainty; "
            "fewer questions make them longer."
        )


def _bar_chart(table: pd.DataFrame, title: str, domain: list[float], form: str) -> alt.LayerChart:
    order = [SYSTEMS[system] for system in SYSTEMS if SYSTEMS[system] in set(table["who"])]
    colours = [COLOURS[system] for system in SYSTEMS if SYSTEMS[system] in set(table["who"])]
    y = alt.Y("who:N", sort=order, title=None, axis=alt.Axis(labelLimit=130, labelFontSize=13))
    tip = [
        alt.Tooltip("who:N", title="Who"),
        alt.Tooltip("label:N", title="Score"),
        alt.Tooltip("interval:N", title="95 % interval"),
    ]
    scale = alt.Scale(domain=domain)
    base = alt.Chart(table).encode(y=y, tooltip=tip)
    bars = base.mark_bar(height=26).encode(
        x=alt.X("value:Q", title=title, scale=scale, axis=alt.Axis(format=form, tickCount=5)),
        color=alt.Color("who:N", scale=alt.Scale(domain=order, range=colours), legend=None),
    )
    # Dark on a white rim: to be seen on bars of every colour, and on light and dark ground.
    rim, lines = (
        base.mark_errorbar(thickness=width, color=colour, ticks={"size": 12}).encode(
            x=alt.X("low:Q", scale=scale, title=title), x2="high:Q"
        )
        for width, colour in ((4, "#FFFFFF"), (1.6, "#1F2328"))
    )
    labels = base.mark_text(align="left", dx=8, fontSize=14, fontWeight="bold", color=_INK).encode(
        x=alt.X("label_at:Q", scale=scale, title=title), text="label:N"
    )
    chart: alt.LayerChart = (bars + rim + lines + labels).properties(
        height=44 * len(order) + 50, padding={"right": 60}
    )
    return chart


def show_table(info: EvaluationInfo, base_family: str) -> None:
    """Every score of the three, with what it means."""
    system = [name for name in SYSTEMS if info.scores.get(name)]
    found = [m for m in METRICS.values() if any(m.name in info.scores[w] for w in system)]
    rows = {
        plain(metric.title): [
            plain(metric.unit.exact(info.scores[w][metric.name]))
            if metric.name in info.scores[w]
            else "–"
            for w in system
        ]
        for metric in found
    }
    st.table(pd.DataFrame.from_dict(rows, orient="index", columns=[SYSTEMS[w] for w in system]))
    if "baseline" in system:
        st.caption(_BASELINE_MEANS)
    if "base" in system:
        st.caption(plain(family_named(base_family).base_means))


def _interval(bar: Bar, unit: Unit) -> str:
    if bar.low is None or bar.high is None:
        return "not known"
    return f"{unit.exact(bar.low)} to {unit.exact(bar.high)}"
