"""A job that a page waits for: a bar with what it does, the time left, and the way to stop it."""

import streamlit as st

from workbench.core.errors import WorkbenchError
from workbench.jobs import job as jobs
from workbench.jobs import queue
from workbench.jobs.job import JobView
from workbench.ui import context
from workbench.ui.numbers import about
from workbench.ui.text import plain

POLL = "1s"
_SHARE = 1000
"""Such jobs count their steps in thousandths of the whole."""


def show(job: JobView) -> None:
    """What an open job does, how far it is, and its end; the page is drawn anew when it is over."""
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
            queue.cancel_job(context.store(), job.id)
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
