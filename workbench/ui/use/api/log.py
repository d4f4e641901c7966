"""What programs asked: how often and with what success, as a chart, a table and a file."""

import datetime as dt
from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

from workbench.core.cells import harmless
from workbench.core.words import plural
from workbench.jobs.process.serve_files import LoggedRequest
from workbench.ui import context, dialogs
from workbench.ui.charts import ACCENT, VERMILION
from workbench.ui.downloading import logged
from workbench.ui.numbers import browser_zone, size
from workbench.use import request_log

_ANSWERED, _REFUSED = "Answered", "Refused or given up"
_SHOWN = 200
_TITLES = {
    "at": "When",
    "key": "Key",
    "route": "Asked at",
    "model": "Name",
    "answered_by": "Answered by",
    "status": "Status",
    "tokens_read": "Tokens read",
    "tokens_written": "Tokens written",
    "seconds": "Seconds",
}


def show(project_id: int) -> None:
    """The section of the page."""
    st.markdown("##### What was asked")
    found = request_log.seen_by(context.store(), project_id)
    may_change = request_log.is_ours(context.store())
    if not found:
        st.caption("No program has asked anything yet.")
    else:
        _numbers(found)
        with st.expander("All requests", key="api-log", icon=":material/list:"):
            _table(found, may_change=may_change)
    if not may_change:
        st.caption("These are the requests with keys of this project; administrators see all.")
        return
    _texts()
    question, _ = dialogs.asked()
    if question == "delete-log":
        _delete_log()


def _numbers(found: Sequence[LoggedRequest]) -> None:
    refused = sum(one.status >= 400 for one in found)
    tokens = sum(one.tokens_read + one.tokens_written for one in found)
    st.write(
        f"{plural(len(found), 'request')}, {refused:,} of them refused or given up; "
        f"{tokens:,} tokens."
    )
    st.altair_chart(_chart(found), width="stretch")


def _chart(found: Sequence[LoggedRequest]) -> alt.Chart:
    """Requests of each day, in the browser's zone; of each hour where they are all of one day."""
    table = _frame(found)
    one_day = table["at"].dt.date.nunique() == 1
    table["when"] = table["at"].dt.floor("h" if one_day else "D").dt.tz_localize(None)
    table["how"] = table["status"].map(lambda status: _ANSWERED if status < 400 else _REFUSED)
    counted = table.groupby(["when", "how"]).size().reset_index(name="requests")
    domain, colours = [_ANSWERED, _REFUSED], [ACCENT, VERMILION]
    unit = "hoursminutes" if one_day else "yearmonthdate"
    drawn: alt.Chart = (
        alt.Chart(counted)
        .mark_bar()
        .encode(
            x=alt.X(f"{unit}(when):O", title="Hour" if one_day else "Day"),
            y=alt.Y("requests:Q", title="Requests", axis=alt.Axis(format=",d", tickMinStep=1)),
            color=alt.Color(
                "how:N",
                scale=alt.Scale(domain=domain, range=colours),
                legend=alt.Legend(orient="top", title=None),
            ),
            tooltip=[
                alt.Tooltip("how:N", title="How"),
                alt.Tooltip("requests:Q", title="Requests"),
            ],
        )
        .properties(height=260)
    )
    return drawn


def _frame(found: Sequence[LoggedRequest]) -> pd.DataFrame:
    rows = [[getattr(one, name) for name in request_log.COLUMNS] for one in found]
    table = pd.DataFrame(rows, columns=list(request_log.COLUMNS))
    zone = browser_zone()
    table["at"] = [dt.datetime.fromisoformat(at).astimezone(zone) for at in table["at"]]
    table["at"] = pd.to_datetime(table["at"])
    return table


def _table(found: Sequence[LoggedRequest], *, may_change: bool) -> None:
    st.dataframe(_frame(found[:_SHOWN]).rename(columns=_TITLES), hide_index=True, width="stretch")
    if len(found) > _SHOWN:
        st.caption(f"The newest {_SHOWN} of {len(found):,}; the file has all of them.")
    with st.container(horizontal=True):
        st.download_button(
            "Take it along (CSV)",
            logged(lambda: _csv(found), "the log of requests"),
            "requests.csv",
            "text/csv",
            key="api-log-csv",
            icon=":material/download:",
        )
        if may_change:
            st.button(
                "Delete the log",
                key="api-log-delete",
                icon=":material/delete:",
                on_click=dialogs.ask,
                args=("delete-log",),
            )


def _csv(found: Sequence[LoggedRequest]) -> bytes:
    table = _frame(found)
    for name in ("key", "route", "model", "answered_by"):
        table[name] = table[name].map(harmless)
    return table.to_csv(index=False).encode("utf-8-sig")


def _texts() -> None:
    kept = request_log.keeps_texts(context.store())
    wanted = st.toggle(
        "Keep questions and answers, too",
        value=kept,
        key="keep-texts",
        help="Without it the log knows who asked when, and how long it took, but no word of it.",
    )
    if wanted != kept:
        request_log.keep_texts(context.store(), wanted)
        st.rerun()
    if kept:
        st.markdown(
            ":red[:material/warning: **Every question and every answer is being written to this "
            "computer's disk**, whoever asks; they may hold names and secrets. Tell those who use it.]"
        )
    if bytes_ := request_log.kept_texts_bytes(context.store()):
        st.caption(f"{size(bytes_)} of questions and answers are kept in serve/texts.jsonl.")
        if st.button("Delete the kept texts", key="texts-delete", icon=":material/delete:"):
            request_log.delete_texts(context.store())
            st.rerun()


@st.dialog("Delete the log?", on_dismiss=dialogs.answered)
def _delete_log() -> None:
    st.write(
        "All lines and kept texts go. Keys with a limit of tokens a day begin this day anew the next "
        "time the server is loaded."
    )
    dialogs.decide(
        "delete-log", "Delete it", "Keep it", lambda: request_log.delete_log(context.store())
    )
