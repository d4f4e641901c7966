"""A job that a page waits for: a bar with what it does, the time left, and the way to stop it."""

import streamlit as st

from workbench.core.errors import WorkbenchError
from workbench.jobs import job as jobs
from workbench.jobs import queue
from workbench.jobs.job import JobView
from workbench.ui import context
from workbench.ui.accounts import allowed
from workbench.ui.numbers import about
from workbench.ui.text import plain

POLL = "1s"
_SHARE = 1000
"""Jobs that say no number of steps count them in thousandths of the whole."""


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
    st.progress(_share(job) or 0.0, text=_line(job))
    with st.container(horizontal=True, vertical_alignment="center"):
        if job.status != "cancelling" and allowed.button(
            "Cancel",
            project_id=job.project_id,
            key=f"job-cancel-{job.id}",
            icon=":material/stop_circle:",
        ):
            queue.cancel_job(context.store(), job.id)
            st.rerun(scope="app")
        st.caption("You may close this page: it goes on, and everything is here again later.")


def _share(job: JobView) -> float | None:
    """How much of it is done, from 0 to 1; None where nothing is."""
    step = job.progress.get("step") if job.is_active else None
    return min(1.0, step / (job.progress.get("total_steps") or _SHARE)) if step else None


def _line(job: JobView) -> str:
    """What it is doing, how far it is, and how long it will take."""
    if job.status == "cancelling":
        return "It is being stopped …"
    if not job.is_active:
        return f"{plain(job.title)}: waits to begin …"
    share, left = _share(job), job.progress.get("seconds_left")
    message = plain(job.progress.get("message", ""))
    title = f"{plain(job.title)}: {share:.0%}".replace("%", " %") if share else ""
    parts = [
        title or ("" if message else plain(job.title)),
        message,
        f"{about(left)} left" if left else "",
    ]
    return " · ".join(part for part in parts if part)
