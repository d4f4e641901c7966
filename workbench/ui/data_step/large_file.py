"""Large files on the Data page: a job reads them, another makes their examples."""

import streamlit as st

from workbench import conversions, jobs
from workbench.conversions import Order
from workbench.errors import WorkbenchError
from workbench.jobs import JobView
from workbench.preparing import Prepared, Source
from workbench.readers import ReadOptions
from workbench.ui import context, errors
from workbench.ui.numbers import about
from workbench.ui.text import plain

POLL = "1s"
_SHARE = 1000


def is_read(source: Source, options: ReadOptions) -> bool:
    """Whether the table can be had at once; for a large file, whether its job has ended well."""
    if not conversions.is_large(source):
        return True
    job = conversions.reading_of(context.store(), context.project_id(), source, options)
    return job is not None and job.status == "succeeded"


def show_reading(source: Source, options: ReadOptions) -> bool:
    """How far the reading is, with its end; begins it if nobody has. Whether it has failed."""
    job = conversions.reading_of(context.store(), context.project_id(), source, options)
    if job is None:
        job = conversions.read(context.store(), context.project_id(), source, options)
    if not job.is_over:
        _show(job)
        return False
    _say(job)
    if st.button("Read it again", key=f"read-again-{job.id}", icon=":material/refresh:"):
        with errors.shown():
            conversions.read(context.store(), context.project_id(), source, options)
            st.rerun()
    return job.status == "failed"


def prepared(order: Order) -> Prepared | None:
    """The examples, once a job has made them; until then the button for it, or how far it is."""
    job = conversions.preparation_of(context.store(), order)
    if job is not None and job.status == "succeeded":
        return conversions.prepared(context.store(), order)
    if job is not None and not job.is_over:
        _show(job)
        return None
    if job is not None:
        _say(job)
    else:
        st.info(
            "This is a large table: what you see are some of its rows. When task and columns are "
            "right, let all of its examples be checked.",
            icon=":material/checklist:",
        )
    if st.button("Check all examples", key="data-check", type="primary", icon=":material/rule:"):
        with errors.shown():
            conversions.prepare(context.store(), order)
            st.rerun()
    return None


def _say(job: JobView) -> None:
    if job.status == "failed":
        st.error(job.reason, icon=":material/error:")
    else:
        st.info(f"{plain(job.title)} was stopped.", icon=":material/stop_circle:")


def _show(job: JobView) -> None:
    st.fragment(_live, run_every=POLL)(job.id)


def _live(job_id: int) -> None:
    try:
        job = jobs.get_job(context.store(), job_id)
    except WorkbenchError:  # another window has chosen another file
        st.rerun(scope="app")
    if job.is_over:
        st.rerun(scope="app")
    context.ensure_worker()  # nobody else looks after it while the page only waits
    progress = job.progress if job.is_active else {}
    share = min(1.0, progress.get("step", 0) / _SHARE)
    st.progress(share, text=_line(job))
    with st.container(horizontal=True, vertical_alignment="center"):
        if job.status != "cancelling" and st.button(
            "Cancel", key=f"job-cancel-{job.id}", icon=":material/stop_circle:"
        ):
            jobs.cancel_job(context.store(), job.id)
            st.rerun(scope="app")
        st.caption("You may close this page: it goes on, and everything is here again later.")


def _line(job: JobView) -> str:
    """What it is doing, how far it is, and how long it will take."""
    if job.status == "cancelling":
        return "It is being stopped …"
    if not job.is_active:
        return f"{plain(job.title)}: waits to begin …"
    step, left = job.progress.get("step"), job.progress.get("seconds_left")
    message = plain(job.progress.get("message", ""))
    title = f"{plain(job.title)}: {step / _SHARE:.0%}".replace("%", " %") if step else ""
    parts = [
        title or ("" if message else plain(job.title)),
        message,
        f"{about(left)} left" if left else "",
    ]
    return " · ".join(part for part in parts if part)
