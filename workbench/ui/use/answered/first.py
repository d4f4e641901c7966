"""The first answers at once, and the question whether all rows are to be answered."""

from typing import Any

import pandas as pd
import streamlit as st

from workbench.core.errors import WorkbenchError
from workbench.core.words import count
from workbench.data.export.answer_columns import SURE
from workbench.data.readers import Table
from workbench.jobs import job as jobs
from workbench.jobs.job import JobView
from workbench.jobs.process.parts import FIRST_ROWS
from workbench.ui import calls_view, context, errors
from workbench.ui.accounts import allowed
from workbench.ui.numbers import about, plural
from workbench.ui.text import plain
from workbench.use.answered import answers, asking
from workbench.use.answered.answered_files import seconds_for
from workbench.use.answered.asking import Order

OPENED = "file"
"""Names the answered file that is shown, in the URL."""
_POLL = "1s"


def show(order: Order, table: Table) -> None:
    """The first answers, asked for as soon as the columns are chosen; below them the button for all."""
    job = asking.newest(context.store(), order, table.options, first=True)
    if job is None:
        job = jobs.get_job(context.store(), asking.start(context.store(), order, first=True))
    if not job.is_over:
        st.fragment(_wait, run_every=_POLL)(job.id)
        return
    if job.status != "succeeded":
        _failed(job, order)
        return
    found = answers.answers_of(context.store(), job.id)
    st.markdown(f"##### The first {plural(found.rows, 'answer')}")
    st.dataframe(
        calls_view.in_table(_in_percent(answers.first_rows(found, FIRST_ROWS))),
        hide_index=True,
        key=f"first-{job.id}",
        height="content",
        column_config=_columns(),
    )
    _offer(order, table, job)


def _columns() -> dict[str, Any]:
    return {
        "Row": st.column_config.NumberColumn("Row", format="%d", width="small"),
        "Text": st.column_config.TextColumn("Text", width="medium"),
        "How sure": st.column_config.NumberColumn("How sure", format="%.0f %%"),
        "Please check": st.column_config.CheckboxColumn("Please check"),
        "None of these": st.column_config.CheckboxColumn("None of these"),
    }


def _in_percent(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(**{SURE: 100 * rows[SURE]}) if SURE in rows else rows


def _wait(job_id: int) -> None:
    """Until the first answers are there; then the page is drawn anew."""
    try:
        job = jobs.get_job(context.store(), job_id)
    except WorkbenchError:  # deleted in another window
        st.rerun(scope="app")
    if job.is_over:
        st.rerun(scope="app")
    context.ensure_worker()
    what = (
        plain(job.progress.get("message") or "It starts") if job.is_active else "It waits to begin"
    )
    step, total = job.progress.get("step"), job.progress.get("total_steps")
    share = min(1.0, step / total) if job.is_active and step and total else 0.0
    st.progress(share, text=f"Your model answers the first rows … {what}")


def _failed(job: JobView, order: Order) -> None:
    why = plain(job.reason)
    st.error(f"The first rows could not be answered. {why}", icon=":material/error:")
    if allowed.button("Try again", key="answer-again", icon=":material/refresh:"):
        with errors.shown():
            asking.start(context.store(), order, first=True)
            st.rerun()


def _offer(order: Order, table: Table, first: JobView) -> None:
    """All rows, with the time that they take."""
    whole = asking.newest(context.store(), order, table.options)
    is_open = whole is not None and not whole.is_over
    again = whole is not None and whole.status == "succeeded"
    with st.container(horizontal=True, vertical_alignment="center"):
        if allowed.button(
            _label(whole, table.rows),
            key="answer-all",
            type="secondary" if again else "primary",
            icon=":material/table_view:",
            disabled=is_open,
        ):
            with errors.shown():
                st.query_params[OPENED] = str(asking.start(context.store(), order))
                st.rerun()
        st.caption(_said(is_open, again, seconds_for(first, table.rows)))


def _label(whole: JobView | None, rows: int) -> str:
    if whole is not None and whole.status == "succeeded":
        return "Answer them all again"
    if whole is not None and whole.is_over:
        return "Answer the rest"
    return f"Answer all {count(rows)} rows"


def _said(is_open: bool, again: bool, seconds: float | None) -> str:
    if is_open:
        return "They are being answered: see below."
    takes = f" It takes {about(seconds)} on this machine." if seconds else ""
    if again:
        return "All rows of this file are answered: see below."
    return f"Right so? Then let all rows be answered; you may close the page meanwhile.{takes}"
