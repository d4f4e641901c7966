"""By group: where the model is weaker than elsewhere, by the columns of the user's own table."""

import altair as alt
import pandas as pd
import streamlit as st

from workbench.core.units import AMOUNT, figures
from workbench.evaluation import slices
from workbench.evaluation.evaluations import EvaluationInfo, get_evaluation
from workbench.evaluation.scoring.slices.slices import Slice
from workbench.evaluation.slices import SliceReport
from workbench.ui import charts, context
from workbench.ui.evaluation import fair_groups
from workbench.ui.numbers import count, plural
from workbench.ui.text import plain

WORST = "The weakest of all"
_SHOWN = 15
_ROWS = 200
_TEXTS = ("input", "expected", "tuned")
_INK = "#757C86"
_WEAK, _SMALL, _LIKE = "weaker", "too few to tell", "like the others"
_BETTER = "better"
_LOOKS = {
    _WEAK: (charts.VERMILION, "triangle-down"),
    _BETTER: (charts.GREEN, "triangle-up"),
    _LIKE: (charts.ACCENT, "circle"),
    _SMALL: (charts.GREY, "cross"),
}


@st.cache_data(show_spinner="Comparing groups …", max_entries=8)
def report_of(ground: str, evaluation_id: int, _answers: pd.DataFrame) -> SliceReport | None:
    """The groups of an evaluation; `ground` names the content of what they are told from."""
    info = get_evaluation(context.store(), evaluation_id)
    return slices.report_of(context.store(), info, _answers)


def show(info: EvaluationInfo, answers: pd.DataFrame) -> None:
    """What stands out, the chart, the table whose lines open their rows, and the fairness view."""
    ground = slices.ground_of(context.store(), info)
    found = report_of(ground, info.id, answers)
    if found is None or not found.slices:
        st.write("There are no single rows here that could be put into groups.")
        return
    _say(found)
    chosen = _pick(found, info)
    shown = chosen[:_SHOWN]
    st.altair_chart(_chart(shown, found), alt=_spoken(shown, found))
    asked = plain(plural(len(answers), info.questions))
    st.caption(
        f"The dashed line is the score of all {asked}; the thin lines "
        "show where a group's true value lies with 95 % certainty. 'Weaker' and 'better' stand only "
        "where chance would hardly do it, with all groups looked at (familywise, Westfall–Young)."
    )
    _rows_of(chosen, found, info, answers)
    if said := slices.passed_over_sentence(found.groups):
        st.caption(plain(said))
    fair_groups.show(info, answers, found)


def _say(found: SliceReport) -> None:
    text = plain(slices.sentence(found))
    if found.weak:
        st.warning(text, icon=":material/trending_down:")
    else:
        st.markdown(f":material/check: {text}")


def _pick(found: SliceReport, info: EvaluationInfo) -> list[Slice]:
    """The slices of the chosen column, or all of them, the worst first."""
    columns = list(dict.fromkeys(one.column for one in found.slices))
    chosen = st.selectbox(
        "Groups by", [WORST, *columns], key=f"groups-by-{info.id}", format_func=str, width=420
    )
    return [one for one in found.slices if chosen in (WORST, one.column)]


def _word(one: Slice) -> str:
    if one.is_small:
        return _SMALL
    if not one.certain:
        return _LIKE
    return _WEAK if one.difference < 0 else _BETTER


def _name(one: Slice) -> str:
    return f"{one.column}: {one.value}"


def _table(chosen: list[Slice], found: SliceReport) -> pd.DataFrame:
    unit = found.metric.unit
    return pd.DataFrame(
        {
            "name": [_name(one) for one in chosen],
            "word": [_word(one) for one in chosen],
            "score": [one.score for one in chosen],
            "low": [one.low for one in chosen],
            "high": [one.high for one in chosen],
            "label": [unit.exact(one.score) for one in chosen],
            "interval": [f"{unit.exact(one.low)} to {unit.exact(one.high)}" for one in chosen],
            "rows": [one.rows for one in chosen],
            "all": found.overall,
        }
    )


def _chart(chosen: list[Slice], found: SliceReport) -> charts.Chart:
    table, metric = _table(chosen, found), found.metric
    words = [word for word in _LOOKS if word in set(table["word"])]
    x = alt.X(
        "score:Q",
        title=metric.axis,
        scale=alt.Scale(domain=[0, metric.unit.top or 1.05 * float(table["high"].max())]),
        axis=alt.Axis(format=metric.unit.axis_format, tickCount=5),
    )
    y = alt.Y(
        "name:N",
        sort=list(table["name"]),
        title=None,
        axis=alt.Axis(
            labelFontSize=12,
            labelLimit={"expr": "containerSize()[0] < 600 ? 130 : 280"},
            labelOverlap=False,
        ),
    )
    legend = alt.Legend(orient="top", title=None, symbolStrokeWidth=2, columns=2)
    colour = alt.Color(
        "word:N", legend=legend, scale=alt.Scale(domain=words, range=[_LOOKS[w][0] for w in words])
    )
    shape = alt.Shape(
        "word:N", legend=legend, scale=alt.Scale(domain=words, range=[_LOOKS[w][1] for w in words])
    )
    dash = alt.condition(alt.datum.word == _SMALL, alt.value([3, 3]), alt.value([1, 0]))
    tip = [
        alt.Tooltip("name:N", title="Group"),
        alt.Tooltip("label:N", title="Score"),
        alt.Tooltip("interval:N", title="95 % interval"),
        alt.Tooltip("rows:Q", title="Rows", format=",d"),
        alt.Tooltip("word:N", title="That is"),
    ]
    base = alt.Chart(table).encode(y=y, tooltip=tip)
    lines = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title=metric.axis), x2="high:Q", color=colour, strokeDash=dash
    )
    points = base.mark_point(filled=True, size=110, opacity=1).encode(
        x=x, color=colour, shape=shape
    )
    overall = (
        alt.Chart(table.head(1)).mark_rule(strokeDash=[6, 4], color=_INK, strokeWidth=1.5)
    ).encode(x=alt.X("all:Q", title=metric.axis))
    chart: charts.Chart = alt.layer(overall, lines, points).properties(height=30 * len(table) + 120)
    return chart


def _spoken(chosen: list[Slice], found: SliceReport) -> str:
    unit = found.metric.unit
    parts = [f"{_name(one)} {unit.exact(one.score)}, {_word(one)}" for one in chosen]
    return f"Scores of groups against {unit.exact(found.overall)} of all: {'; '.join(parts)}."


def _rows_of(
    chosen: list[Slice], found: SliceReport, info: EvaluationInfo, answers: pd.DataFrame
) -> None:
    """The table of groups; the line that is chosen shows its rows."""
    scale = 100 if found.metric.is_share else 1
    table = pd.DataFrame(
        {
            "group": [_name(one) for one in chosen],
            "score": [scale * one.score for one in chosen],
            "is": [_word(one) for one in chosen],
            "rows": [one.rows for one in chosen],
            "low": [scale * one.low for one in chosen],
            "high": [scale * one.high for one in chosen],
            "difference": [scale * one.difference for one in chosen],
        }
    )
    number, shape = st.column_config.NumberColumn, _shape(found)
    state = st.dataframe(
        table,
        hide_index=True,
        height=min(38 + 35 * len(table), 388),
        on_select="rerun",
        selection_mode="single-row",
        key=f"groups-{info.id}-{chosen[0].column if chosen else ''}-{len(chosen)}",
        column_config={
            "group": st.column_config.TextColumn("Group", width="medium", pinned=True),
            "is": st.column_config.TextColumn("That is"),
            "rows": number("Rows", format="%d"),
            "score": number(found.metric.meaning.capitalize(), format=shape),
            "low": number("at least", format=shape, help="Lower end of the 95 % interval."),
            "high": number("at most", format=shape, help="Upper end of the 95 % interval."),
            "difference": number("To the others", format=f"%+{shape[1:]}", help=_points(found)),
        },
        alt="Table of the groups, the worst first",
    )
    picked: list[int] = state["selection"]["rows"]
    if not picked or picked[0] >= len(chosen):
        st.caption("Choose a line to read its rows.")
        return
    _read(chosen[picked[0]], found, info, answers)


def _shape(found: SliceReport) -> str:
    """How numbers stand in the table: shares and likenesses with one decimal, amounts with as many as
    count."""
    if not _is_amount(found):
        return "%.1f"
    return f"%.{len(figures(found.overall).partition('.')[2])}f"


def _is_amount(found: SliceReport) -> bool:
    return found.metric.unit is AMOUNT


def _score_title(found: SliceReport) -> str:
    if _is_amount(found):
        return "Off by"
    return "Right (%)" if found.metric.is_share else "Likeness"


def _points(found: SliceReport) -> str:
    if _is_amount(found):
        return "How much nearer than on all others; below 0 it is farther off."
    return "In points."


def _read(one: Slice, found: SliceReport, info: EvaluationInfo, answers: pd.DataFrame) -> None:
    rows = answers.iloc[one.places]
    scored = slices.scores_of(rows, info.task)
    if scored is not None and found.metric.is_share:
        scored = 100 * scored
    rows = rows.assign(score=scored)
    rows = rows.sort_values("score", kind="stable", ascending=found.metric.higher_is_better)
    wanted = ("row_id", *(() if found.metric.is_share_right else ("score",)), *_TEXTS)
    shown = [name for name in wanted if name in rows]
    st.markdown(f"**{plain(_name(one))}** ({plural(one.rows, 'row')}, the worst first)")
    st.dataframe(
        rows[shown].head(_ROWS),
        hide_index=True,
        key=f"groups-rows-{info.id}",
        height=min(38 + 35 * len(rows), 388),
        column_config={
            "row_id": st.column_config.NumberColumn("Row", format="%d"),
            "score": st.column_config.NumberColumn(
                _score_title(found), format=_shape(found) if _is_amount(found) else "%.0f"
            ),
            "input": st.column_config.TextColumn("Question", width="large"),
            "expected": st.column_config.TextColumn("Your answer", width="medium"),
            "tuned": st.column_config.TextColumn("After training", width="medium"),
        },
        alt="Rows of this group",
    )
    if len(rows) > _ROWS:
        st.caption(f"The first {count(_ROWS)}.")
