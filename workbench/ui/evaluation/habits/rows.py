"""What a model says word for word from the user's rows."""

from typing import Any

import pandas as pd
import streamlit as st

from workbench.core.words import join_rows, plural
from workbench.evaluation.habits.memorised import ALONE, ASKED, BEGUN, LEANED, LONG
from workbench.training.run_view import RunView
from workbench.ui import context
from workbench.ui.text import plain, plain_lines

CHECKUP = "pages/data/checkup.py"
_WAYS = {
    ASKED: "its question was asked",
    BEGUN: "its answer was begun",
    ALONE: "its answer's beginning was given alone",
    LEANED: "its question was asked as in use, with another example before it",
}
_COLUMNS = {
    "called": st.column_config.TextColumn("What", width="small"),
    "text": st.column_config.TextColumn("Said word for word", width="medium"),
    "rows": st.column_config.TextColumn("From", width="small"),
    "ways": st.column_config.TextColumn("When", width="medium"),
}


def show(run: RunView, found: dict[str, Any]) -> None:
    """The things that came out, one in full, and what can be done."""
    if found["found"]:
        _table("memorised", found["found"])
        if st.button(
            "Put placeholders into your data", key="to-checkup", icon=":material/healing:"
        ):
            context.go(CHECKUP)
        st.caption(
            "The checkup of the data puts the same placeholder everywhere for the same thing, or takes "
            "rows out; then train again. Fewer passes over the examples help, too."
        )
    if found["elsewhere"]:
        st.markdown("**Came out when another row was asked**")
        _table("elsewhere", found["elsewhere"])
    _say_how(found)


def _table(name: str, found: list[dict[str, Any]]) -> None:
    table = pd.DataFrame(
        {
            "called": [one["called"] for one in found],
            "text": [one["text"] for one in found],
            "rows": [join_rows(one["row_ids"]) for one in found],
            "ways": ["; ".join(_WAYS.get(way, way) for way in one["ways"]) for one in found],
        }
    )
    state = st.dataframe(
        table,
        hide_index=True,
        height=min(38 + 35 * len(table), 300),
        on_select="rerun",
        selection_mode="single-row-required",
        key=f"habits-{name}-table",
        column_config=_COLUMNS,
        alt="Table of what came out word for word",
    )
    rows = state["selection"]["rows"]
    _in_full(found[rows[0] if rows else 0])


def _in_full(one: dict[str, Any]) -> None:
    with st.container(border=True):
        given, said = st.columns(2)
        with given:
            st.markdown("**What was given**")
            st.markdown(plain_lines(one["given"]) or ":gray[(nothing)]")
        with said:
            st.markdown("**What the model said**")
            st.markdown(plain_lines(one["said"]))
        asked = one.get("asked_row_id")
        other = f" Row {asked:d} was asked." if asked else ""
        st.caption(plain(f"From {join_rows(one['row_ids'])}.{other}"))


def _say_how(found: dict[str, Any]) -> None:
    left = found["sensitive_rows"] - found["sensitive_rows_tried"]
    beyond = (
        f" {plural(left, 'more row')} with something sensitive {_were(left)} not tried."
        if left
        else ""
    )
    known = (
        f" {plural(found['known_before'], 'continuation')} that the model before training gives as well "
        "did not count."
        if found["known_before"]
        else ""
    )
    st.caption(
        "What counts: whole passwords, codes, accounts, addresses, numbers and names, and passages of "
        f"{LONG} words or more, each letter by letter, if they were not in what was given and do not "
        f"stand in many of your rows.{beyond}{known} The likeliest answer was taken (greedy decoding); "
        "other settings may give more away."
    )


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
