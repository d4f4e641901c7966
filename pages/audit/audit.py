"""Audit: who did what and when, searched a page at a time, taken along, and proved."""

import datetime as dt
import io
import json

import pandas as pd
import streamlit as st

from workbench.core.words import plural
from workbench.projects import projects
from workbench.system.audit import log
from workbench.system.audit.log import Line, Page, Wanted
from workbench.ui import context, errors, frame
from workbench.ui.numbers import browser_zone
from workbench.ui.text import plain

ROWS = 50
MOST_IN_FILE = 100_000
ANYBODY, ANYTHING, ANYWHERE = "Anybody", "Anything", "Everywhere"
# The smallest numbers of the pages that were turned, so that one can turn back.
_BEFORE = "audit-before"
store = context.store()


def search() -> Wanted:
    """What is looked for."""
    people = log.people(store)
    names = projects.project_names(store)
    first, second, third = st.columns(3)
    person = first.selectbox(
        "Who", [None, *people], format_func=lambda one: people.get(one, ANYBODY), key="audit-who",
        on_change=turn_to_start,
    )  # fmt: skip
    said = second.selectbox(
        "Did what", [None, *log.sayings()], format_func=lambda one: one or ANYTHING,
        key="audit-did", on_change=turn_to_start,
    )  # fmt: skip
    project = third.selectbox(
        "Where", [None, *names], format_func=lambda one: names.get(one, ANYWHERE),
        key="audit-project", on_change=turn_to_start,
    )  # fmt: skip
    first, second, third = st.columns(3)
    since = first.date_input("From", value=None, key="audit-since", on_change=turn_to_start)
    until = second.date_input("To", value=None, key="audit-until", on_change=turn_to_start)
    text = third.text_input(
        "Text", placeholder="a name, a number, an address", key="audit-text",
        on_change=turn_to_start,
    )  # fmt: skip
    return Wanted(
        person_id=person,
        said=said,
        project_id=project,
        since=midnight(since) if since else None,
        until=midnight(until + dt.timedelta(days=1)) if until else None,
        text=text.strip() or None,
    )


def midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), browser_zone())


def turn_to_start() -> None:
    st.session_state[_BEFORE] = []


def show(wanted: Wanted) -> None:
    turned: list[int] = st.session_state.setdefault(_BEFORE, [])
    with st.spinner("Looking through the log …"):
        found = log.look(store, wanted, ROWS, turned[-1] if turned else None)
    if not found.lines:
        st.info("No line of the log fits.", icon=":material/search_off:")
        return
    chosen = table(found)
    turning(found, turned)
    if chosen is not None:
        in_full(chosen)
    taking(wanted, found.count)


def table(found: Page) -> Line | None:
    """The lines; the one that is chosen."""
    zone = browser_zone()
    rows = pd.DataFrame(
        {
            "When": [f"{line.at.astimezone(zone):%Y-%m-%d %H:%M:%S}" for line in found.lines],
            "Who": [line.person or "unknown" for line in found.lines],
            "Did what": [line.did for line in found.lines],
            "About": [line.about for line in found.lines],
            "Project": [where(line, found) for line in found.lines],
            "From": [line.address for line in found.lines],
            "Line": [line.number for line in found.lines],
        }
    )
    event = st.dataframe(
        rows, hide_index=True, width="stretch", key="audit-table",
        column_config={"About": st.column_config.TextColumn(width="large")}, on_select="rerun",
        selection_mode="single-row",
    )  # fmt: skip
    picked = event["selection"]["rows"]
    return found.lines[picked[0]] if picked and picked[0] < len(found.lines) else None


def where(line: Line, found: Page) -> str:
    if line.project_id is None:
        return ""
    return found.projects.get(line.project_id, f"{line.project_id} (deleted)")


def turning(found: Page, turned: list[int]) -> None:
    first = ROWS * len(turned) + 1
    last = first + len(found.lines) - 1
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            "Newer", key="audit-newer", icon=":material/chevron_left:", disabled=not turned
        ):
            turned.pop()
            st.rerun()
        if st.button(
            "Older", key="audit-older", icon=":material/chevron_right:",
            disabled=last >= found.count,
        ):  # fmt: skip
            turned.append(found.lines[-1].number)
            st.rerun()
        st.caption(f"{first:,} to {last:,} of {plural(found.count, 'line')}, the newest first")


def in_full(line: Line) -> None:
    with st.container(border=True):
        st.markdown(f"**Line {line.number:,}: {plain(line.did)}** {plain(line.about)}")
        asked = f", request {line.request_id}" if line.request_id else ""
        st.caption(plain(f"By {line.via}{asked}; {line.action}"))
        st.code(json.dumps(line.details, indent=2, sort_keys=True), language="json")
        st.caption(plain(f"sha256 of the line before: {line.previous}"))
        st.caption(plain(f"sha256 of this line: {line.digest}"))


def taking(wanted: Wanted, count: int) -> None:
    if count > MOST_IN_FILE:
        st.caption(
            f"To take these lines along, narrow them down to {MOST_IN_FILE:,}, or use `python -m "
            "workbench audit export FILE` where the workbench runs."
        )
        return
    st.download_button(
        "Take these lines along (CSV)", lambda: as_csv(wanted), "audit.csv", "text/csv",
        key="audit-csv", icon=":material/download:", on_click="ignore",
    )  # fmt: skip


def as_csv(wanted: Wanted) -> bytes:
    out = io.StringIO(newline="")
    log.export(store, wanted, out, MOST_IN_FILE)
    return out.getvalue().encode("utf-8-sig")


def proof() -> None:
    st.markdown("##### Is the log as it was written?")
    st.write(
        "Each line holds a checksum of the line before it. Whoever changes, removes or puts in a line "
        "breaks that chain. What is cut off at the end is missed, because the workbench also keeps, "
        "signed, how far the log went. This does not hold against somebody who may write to both the "
        "database and the workbench's folder: export the log now and then, and keep it elsewhere."
    )
    if st.button("Check every line", key="audit-check", icon=":material/verified_user:"):
        check()


def check() -> None:
    """Ends when the page is asked for anything else, as by Stop."""
    place = st.empty()
    with place.container():
        bar = st.progress(0.0, text="Looking at the lines …")
        st.button("Stop", key="audit-check-stop")

    def tell(done: int, total: int) -> None:
        bar.progress(done / total, text=f"{done:,} of {total:,} lines")

    found = log.check(store, tell)
    place.empty()
    if found.is_sound:
        st.success(
            plain(f"All of {plural(found.lines, 'line')} are as they were written. {found.note}"),
            icon=":material/verified_user:",
        )
    else:
        st.error(
            plain(
                f"The log is not as it was written. {found.why} Keep a copy of the database as it is."
            ),
            icon=":material/gpp_bad:",
        )


frame.header(
    None,
    "Who did what?",
    "Every change, sign-in and download of people with an account, and never a text of your data.",
)
if store.acting is None:
    st.info(
        "Nobody has an account in this workbench, so nothing is logged.",
        icon=":material/history_edu:",
    )
else:
    with errors.shown():
        show(search())
        if store.acting.administrator:
            st.divider()
            proof()
