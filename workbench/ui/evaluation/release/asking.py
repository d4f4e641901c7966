"""The must-pass examples being asked: how far that is, and what came of it."""

import streamlit as st

from workbench.evaluation.release import asking
from workbench.ui import context
from workbench.ui.evaluation.exam_jobs import show_job
from workbench.ui.text import plain

_POLL_S = 2.0


def show_progress(run_id: int) -> None:
    """The job that asks, while it waits or works; why the last one failed."""
    if asking.open_job(context.store(), run_id) is not None:
        st.fragment(_watch, run_every=_POLL_S)(run_id)
    elif why := asking.last_failure(context.store(), run_id):
        st.error(
            f"The must-pass examples could not be asked. {plain(why)}", icon=":material/error:"
        )


def _watch(run_id: int) -> None:
    job = asking.open_job(context.store(), run_id)
    if job is None:
        st.rerun()
    context.ensure_worker()
    show_job(job)
