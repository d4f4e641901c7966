"""How a model calls tools, on a page: in a sentence, then each tool and each input."""

import pandas as pd
import streamlit as st

from workbench.core.tasks.rungs import TUNED
from workbench.evaluation.scoring.by_task.calls import OfTool, each_tool
from workbench.evaluation.scoring.by_task.calls_told import calling_of
from workbench.ui.evaluation.scores import SYSTEMS
from workbench.ui.numbers import percent
from workbench.ui.text import orderly, plain

_WHOLE = "all inputs"


def show(answers: pd.DataFrame) -> None:
    """The calls of an exam; nothing where it has none."""
    found = calling_of(answers, TUNED)
    if found is None:
        return
    st.subheader("Does it call the right tools?", anchor=False)
    st.markdown("  \n".join([plain(said) for said in found.sentences()]))
    for who, title in SYSTEMS.items():
        others = None if who == TUNED else calling_of(answers, who)
        if others is not None and (said := others.sentences()):
            st.caption(f"{plain(title)}: {plain(said[0])}")
    if answers["row_id"].duplicated().any():
        st.caption(
            "Where a conversation calls a tool on the way to its last answer, that call is a question "
            "of the exam as well."
        )
    lines = each_tool(*(answers[name].astype(str).tolist() for name in ("expected", TUNED)))
    box = st.expander(
        "Each tool and each input", icon=":material/build:", key="by-tool", on_change="rerun"
    )
    if box.open and lines:
        with box:
            _table(lines)


def _table(lines: list[OfTool]) -> None:
    st.dataframe(
        table(lines),
        hide_index=True,
        key="tools",
        height=min(38 + 35 * len(lines), 420),
        column_config={
            "tool": st.column_config.TextColumn("Tool", pinned=True),
            "input": st.column_config.TextColumn("Input", help="A named value that it takes."),
            "wanted": st.column_config.NumberColumn(
                "Calls", format="%d", help="Your own calls that have it."
            ),
            "right": st.column_config.ProgressColumn(
                "Right", format="%.1f %%", min_value=0, max_value=100
            ),
            "interval": st.column_config.TextColumn("95 % interval"),
            "missing": st.column_config.NumberColumn(
                "Missing", format="%d", help="Not called, or called without this input."
            ),
            "wrong": st.column_config.NumberColumn("Another value", format="%d"),
            "too_much": st.column_config.NumberColumn(
                "Too much", format="%d", help="Called, or given, where yours does not."
            ),
        },
        alt="Table of the tools and their inputs, the weakest tool first",
    )
    st.caption(
        "An input is right with the same value, a call with the right tool and exactly the wanted "
        "inputs, in any order. More examples in which the weak ones are called help most."
    )


def table(lines: list[OfTool]) -> pd.DataFrame:
    """A row for each tool, and below it one for each of its inputs; shares in percent."""
    return pd.DataFrame(
        [
            {
                "tool": orderly(own.tool),
                "input": orderly(own.input) or _WHOLE,
                "wanted": own.wanted,
                "right": 100 * own.right.share.value,
                "interval": f"{percent(own.right.share.low)} to {percent(own.right.share.high)}",
                "missing": own.missing,
                "wrong": own.wrong,
                "too_much": own.too_much,
            }
            for own in lines
        ]
    )
