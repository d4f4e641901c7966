"""Is it worth it? All who answered the same questions, from the simplest way up to the trained model."""

import functools
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import altair as alt
import pandas as pd
import streamlit as st

from workbench.core.metrics import Metric
from workbench.core.tasks import task_named
from workbench.core.tasks.rungs import (
    ALL,
    BASE,
    BASELINE,
    EXAMPLES,
    FREQUENT,
    MEDIAN,
    NEAREST,
    PROMPT,
    TUNED,
)
from workbench.evaluation import evaluations as evaluation
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.evaluation.exam_ladder import more_rungs
from workbench.evaluation.ladder import Ladder, Rung
from workbench.evaluation.scoring.by_task.fields_told import remarks
from workbench.evaluation.verdict import Verdict
from workbench.evaluation.worth_table import Line, lines
from workbench.training.run_view import RunView
from workbench.ui import charts, context, errors
from workbench.ui.accounts import allowed
from workbench.ui.text import plain
from workbench.ui.training import prices

COLOURS = {
    FREQUENT: charts.SKY,
    MEDIAN: charts.SKY,
    BASELINE: charts.ORANGE,
    NEAREST: charts.GREEN,
    BASE: charts.GREY,
    EXAMPLES: charts.PURPLE,
    PROMPT: charts.VERMILION,
    TUNED: charts.ACCENT,
}
_OLDER = charts.BROWN
_INK = "#757C86"
"""Writing in a chart, to be read on light and dark ground alike; altair's own is black."""


def show(
    run: RunView, info: EvaluationInfo, answers: pd.DataFrame, found: Ladder, judged: Verdict
) -> None:
    """The bars, the numbers behind them, and a way to ask more."""
    if not found.rungs:
        return
    st.subheader("Is it worth it?", anchor=False)
    show_bars(found, judged.proven)
    if task_named(info.task).answers_are_json:
        for sentence in remarks(answers):
            st.caption(plain(sentence))
    title, icon = "The numbers behind it", ":material/table_chart:"
    box = st.expander(title, icon=icon, key="worth-numbers", on_change="rerun")
    if box.open:
        with box:
            price = _price(run) if any(rung.seconds for rung in found.rungs) else 0.0
            _show_lines(lines(found, price, judged.proven))
    _offer_more(run, info)


def show_bars(found: Ladder, use: str) -> None:
    metric = found.metric
    bars = tuple(_bar(rung, found, use) for rung in found.rungs)
    ends = [bar.high for bar in bars if bar.high]
    top = metric.unit.top or 1.15 * max([*(bar.value for bar in bars), *ends])
    colours = tuple(COLOURS.get(rung.name, _OLDER) for rung in found.rungs)
    spoken = ", ".join(f"{bar.who} {bar.label}" for bar in bars)
    st.vega_lite_chart(
        spec=json.loads(_drawn(bars, metric, top, colours)),
        alt=f"Bar chart: {metric.axis}. {spoken}.",
    )
    if any(bar.low is not None for bar in bars):
        marked = "✓ marks the one to use. " if use else ""
        st.caption(
            f"{marked}The thin lines show where the true value lies with 95 % certainty; fewer "
            "questions make them longer."
        )


class _Bar(NamedTuple):
    """One who answered, as the chart has it."""

    who: str
    value: float
    low: float | None
    high: float | None
    label: str
    interval: str
    label_at: float


def _bar(rung: Rung, found: Ladder, use: str) -> _Bar:
    metric, value = found.metric, found.score(rung)
    low, high = rung.intervals.get(metric.name, (None, None))
    return _Bar(
        _marked(rung, use), value, low, high, metric.unit.exact(value),
        _interval(metric, low, high), high or value,
    )  # fmt: skip


@functools.lru_cache(maxsize=256)
def _drawn(bars: tuple[_Bar, ...], metric: Metric, top: float, colours: tuple[str, ...]) -> str:
    """The chart as JSON: to make one and to check it takes Altair as long as all else on the page."""
    chart = _bar_chart(bars, metric, [0, top], colours)
    return json.dumps(charts.as_dict(chart))


def _marked(rung: Rung, use: str) -> str:
    return f"✓ {rung.title}" if rung.key == use else rung.title


def _interval(metric: Metric, low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return "not known"
    return f"{metric.unit.exact(low)} to {metric.unit.exact(high)}"


def _bar_chart(
    bars: Sequence[_Bar], metric: Metric, domain: list[float], colours: Sequence[str]
) -> alt.LayerChart:
    order, title, form = [bar.who for bar in bars], metric.axis, metric.unit.axis_format
    # No table: how Altair turns one into data is Streamlit's to set, for all threads.
    table: Any = alt.Data(values=[bar._asdict() for bar in bars])  # type: ignore[no-untyped-call]
    y = alt.Y("who:N", sort=order, title=None, axis=alt.Axis(labelLimit=160, labelFontSize=13))
    tip = [
        alt.Tooltip("who:N", title="Who"),
        alt.Tooltip("label:N", title="Score"),
        alt.Tooltip("interval:N", title="95 % interval"),
    ]
    scale = alt.Scale(domain=domain)
    base = alt.Chart(table).encode(y=y, tooltip=tip)
    filled = base.mark_bar(height=22).encode(
        x=alt.X("value:Q", title=title, scale=scale, axis=alt.Axis(format=form, tickCount=5)),
        color=alt.Color("who:N", scale=alt.Scale(domain=order, range=list(colours)), legend=None),
    )
    # Dark on a white rim: to be seen on bars of every colour, and on light and dark ground.
    rim, thin = (
        base.mark_errorbar(thickness=width, color=colour, ticks={"size": 12}).encode(
            x=alt.X("low:Q", scale=scale, title=title), x2="high:Q"
        )
        for width, colour in ((4, "#FFFFFF"), (1.6, "#1F2328"))
    )
    labels = base.mark_text(align="left", dx=8, fontSize=14, fontWeight="bold", color=_INK).encode(
        x=alt.X("label_at:Q", scale=scale, title=title), text="label:N"
    )
    chart: alt.LayerChart = (filled + rim + thin + labels).properties(
        height=38 * len(order) + 50, padding={"right": 60}
    )
    return chart


def _show_lines(found: Sequence[Line]) -> None:
    titles = [title for title in found[0].cells if any(line.cells[title] for line in found)]
    rows = {
        f"{'**✓** ' if line.is_used else ''}{plain(line.title)}": [
            plain(line.cells[title] or "–").replace(" %", "\u00a0%") for title in titles
        ]
        for line in found
    }
    st.table(
        pd.DataFrame.from_dict(rows, orient="index", columns=[plain(title) for title in titles]),
        alt="Table of all who answered the questions",
    )
    st.caption(
        "In brackets stands where the true value lies with 95 % certainty. A gain is counted question by question. It is *more than chance* if chance alone would "
        "make one as large in fewer than 1 of 20 exams, all comparisons of the table taken together "
        "(McNemar's test or a paired randomisation test, Holm's correction); so *no* may stand beside a "
        "range without 0."
    )


def _price(run: RunView) -> float:
    """What the user says an hour of this computer costs; kept with the project, 0 for unsaid."""
    return prices.ask(
        run.project_id,
        "hour",
        "What an hour of this computer costs you",
        "In your currency: power, rent, your own reckoning. With it the table says what 1,000 "
        "answers cost.",
    )


def _offer_more(run: RunView, info: EvaluationInfo) -> None:
    """A button that scores the exam again with everyone who has not answered yet."""
    more = more_rungs(context.store(), info)
    if not more:
        return
    slow = EXAMPLES in more
    if allowed.button(
        "Compare with more",
        key="more-rungs",
        icon=":material/stairs:",
        help="Scores the exam again, and lets simpler ways answer, too"
        + (": also the model before training, shown your nearest example. " if slow else ". ")
        + "It takes about as long as the exam did.",
    ):
        with errors.shown():
            evaluation.start_evaluation(context.store(), run.id, rungs=ALL)
            st.rerun()
