"""A look at the examples: what was found, as rows, as the model sees them, and as charts."""

import altair as alt
import pandas as pd
import pyarrow.compute as pc
import streamlit as st

from workbench.core.tasks import task_named, text_pair
from workbench.core.tasks.number_answers import value_of
from workbench.core.units import few_figures
from workbench.core.words import count
from workbench.data import long_texts
from workbench.data.examples import numbers
from workbench.data.examples.plan import Plan
from workbench.data.examples.prepare import Prepared
from workbench.data.readers import Table
from workbench.data.splits.assign import TEST, TRAIN, VALIDATION
from workbench.ui import number_charts, preview
from workbench.ui.text import plain

_ACCENT = "#0072B2"
_ROWS = 200
_BARS = 30
_CATEGORY_AXIS = alt.Axis(
    labelLimit=170,
    labelOverlap=False,
    labelFlush=False,
    titleAngle=0,
    titleAnchor="start",
    titleX=-4,
    titleY=-8,
)
_MARKS = {
    "good": ":green[:material/check_circle:] **Good**",
    "notice": ":blue[:material/info:] **Good to know**",
    "warning": ":orange[:material/warning:] **Have a look**",
}


def sizes(prepared: Prepared) -> None:
    """How many examples there are, and for what."""
    with st.container(horizontal=True, gap="small", key="data-sizes"):
        for label, number, help in (
            ("Examples", len(prepared), "Rows that can be used."),
            ("To learn from", prepared.splits[TRAIN], "The train split."),
            ("Practice questions", prepared.splits[VALIDATION], _PRACTICE),
            ("Exam questions", prepared.splits[TEST], "The test split: never seen in training."),
        ):
            st.metric(label, count(number), help=help, border=True, width=168)
    turns = prepared.report.get("turns")
    if turns and _is_asked_by_turns(prepared.plan):
        st.caption(f":material/quiz: {plain(_by_turns(turns))}")


def _is_asked_by_turns(plan: Plan) -> bool:
    """Whether an encoder learns few such rows in a way that may ask all of them (`training.presets`)."""
    about = task_named(plan.task)
    return about.answers_are_categories and not text_pair.headings_of(plan.roles.get("text", ""))


def _by_turns(turns: dict[str, int]) -> str:
    """What becomes of these sizes where few rows are sorted."""
    before = ", in order of time and only from what came before" if turns["forward"] else ""
    return (
        f"With so few rows a model that sorts uses them all: every row of {turns['rows']:,} is an "
        f"exam question once. The model is trained {turns['turns']} times without a part of the "
        f"rows and asked about that part{before}; then it learns from all. Models that write keep to "
        "the numbers above, unless you ask for the same before a training."
    )


_PRACTICE = "The validation split: it tells when to stop learning."


def findings(prepared: Prepared) -> None:
    """What the user should know, in plain words."""
    drawn = prepared.report.get("split") or {}
    if drawn.get("kind", "random") != "random":
        level = "notice" if drawn.get("on_both_sides") else "good"
        st.markdown(f"{_MARKS[level]} · The exam is drawn {plain(drawn['text'])}.")
    for remark in prepared.report.get("remarks", ()):
        st.markdown(f"{_MARKS['notice']} · {plain(remark)}")
    for finding in prepared.report["findings"]:
        st.markdown(f"{_MARKS[finding['level']]} · {sentences(finding)}")


def sentences(finding: dict[str, str]) -> str:
    """What was found; reports of older versions have it in one text."""
    if "title" not in finding:
        return plain(finding["text"])
    title, text, effect = (plain(finding[part]) for part in ("title", "text", "effect"))
    return f"**{title}**. {text} :gray[{effect}]"


def tabs(table: Table, prepared: Prepared | None, model_id: int | None) -> None:
    """The same examples in several lights."""
    charts = {}
    if prepared:
        charts = {"Categories": _categories, "Lengths": _lengths}
        if "labels" not in prepared.report:
            del charts["Categories"]
        if numbers.KEY in prepared.report:
            charts = {"Numbers": _numbers, **charts}
    shown = st.tabs(["As in your table", "As the model sees it", *charts])
    with shown[0]:
        _rows(table)
    with shown[1]:
        if prepared is None:
            st.info("Choose the columns first.", icon=":material/arrow_back:")
            return
        _as_seen(prepared, model_id)
    for draw, tab in zip(charts.values(), shown[2:], strict=True):
        with tab:
            draw(prepared)


def raw(table: Table) -> None:
    """The table alone, as long as nothing is made of it."""
    _rows(table)


def _rows(table: Table) -> None:
    head = table.data.slice(0, _ROWS).to_pandas()
    head.insert(0, "Row", table.row_numbers[:_ROWS].to_pylist())
    st.dataframe(
        head,
        hide_index=True,
        height=380,
        key="data-rows",
        column_config={"Row": st.column_config.NumberColumn("Row", pinned=True, width="small")},
    )
    if table.rows > _ROWS:
        st.caption(f"The first {_ROWS} of {table.rows:,} rows.")


def _as_seen(prepared: Prepared, model_id: int | None) -> None:
    learned = prepared.data.filter(pc.equal(prepared.data.column("split"), TRAIN))
    place = st.session_state.setdefault("data-example", 0) % len(learned)
    row = learned.slice(place, 1).to_pylist()[0]
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, step, icon in (("Previous", -1, "left"), ("Next", 1, "right")):
            if st.button(label, key=f"data-{label}", icon=f":material/chevron_{icon}:"):
                st.session_state["data-example"] = place + step
                st.rerun()
        st.caption(f"Example {place + 1:,} of {len(learned):,} · row {row['row_id']:,}")
    preview.show_example(
        prepared.plan.task,
        row,
        system=prepared.plan.system,
        labels=sorted(prepared.report.get("labels", {})),
        model=preview.chosen_model(model_id),
    )


def _numbers(prepared: Prepared) -> None:
    role = task_named(prepared.plan.task).learned
    told = prepared.report[numbers.KEY]
    values = [value_of(text) for text in prepared.data.column(role).to_pylist()]
    st.altair_chart(
        number_charts.histogram(values, plain(prepared.plan.roles[role])), key="data-numbers"
    )
    low, middle, high = (few_figures(told[name]) for name in ("low", "median", "high"))
    st.caption(
        f"From {plain(low)} to {plain(high)}; half of them are {plain(middle)} or less (median). Where hardly any examples "
        "are, estimates will be rough."
    )


def _categories(prepared: Prepared) -> None:
    labels: dict[str, int] = prepared.report["labels"]
    frame = pd.DataFrame(list(labels.items())[:_BARS], columns=["category", "examples"])
    bars = (
        alt.Chart(frame)
        .mark_bar(color=_ACCENT)
        .encode(
            alt.X("examples:Q", title="Examples"),
            alt.Y("category:N", title="Category", sort="-x", axis=_CATEGORY_AXIS),
            [alt.Tooltip("category:N"), alt.Tooltip("examples:Q")],
        )
        .properties(height=alt.Step(20))
    )
    st.altair_chart(bars, key="data-categories")
    if len(labels) > _BARS:
        st.caption(
            f"The {_BARS} largest of {len(labels)} categories; the smallest is "
            f"'{plain(min(labels, key=labels.__getitem__))}' with {min(labels.values()):,}."
        )


def _lengths(prepared: Prepared) -> None:
    role = next(name for name in prepared.data.column_names if name not in ("row_id", "split"))
    lengths = pc.utf8_length(prepared.data.column(role)).to_pandas()
    top = max(10, int(lengths.quantile(0.99)))
    low = min(int(lengths.min()), top)
    width = -(-(top - low + 1) // _BARS)
    counts = ((lengths.clip(upper=top) - low) // width).value_counts()
    frame = pd.DataFrame(
        {
            "from": low + counts.index * width,
            "to": low + (counts.index + 1) * width,
            "examples": counts.to_numpy(),
        }
    )
    bars = (
        alt.Chart(frame)
        .mark_bar(color=_ACCENT)
        .encode(
            alt.X("from:Q", title=f"Length of the {role} (characters)", bin="binned"),
            alt.X2("to:Q"),
            alt.Y("examples:Q", title="Examples"),
            [alt.Tooltip("from:Q"), alt.Tooltip("to:Q"), alt.Tooltip("examples:Q")],
        )
        .properties(height=260)
    )
    st.altair_chart(bars, key="data-lengths")
    st.caption(
        f"Half of them are shorter than {round(lengths.median()):,} characters; the longest has "
        f"{int(lengths.max()):,}. Four characters make about one token."
        + (f" These are the first {len(lengths):,} examples." if prepared.file else "")
    )
    if said := long_texts.sentence(lengths.astype(int).tolist(), prepared.plan.task):
        st.caption(f":material/menu_book: {plain(said)}")
