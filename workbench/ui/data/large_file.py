"""Large files on the Data page: a job reads them, another makes their examples."""

import streamlit as st

from workbench.data.examples.plan import Source
from workbench.data.examples.prepare import Prepared
from workbench.data.files import large
from workbench.data.files.large import Order
from workbench.data.readers import ReadOptions
from workbench.jobs.job import JobView
from workbench.ui import context, errors, job_progress
from workbench.ui.accounts import allowed
from workbench.ui.text import plain


def is_read(source: Source, options: ReadOptions) -> bool:
    """Whether the table can be had at once; for a large file, whether its job has ended well."""
    if not large.is_large(source):
        return True
    job = large.reading_of(context.store(), context.project_id(), source, options)
    return job is not None and job.status == "succeeded"


def show_reading(source: Source, options: ReadOptions) -> bool:
    """How far the reading is, with its end; begins it if nobody has. Whether it has failed."""
    job = large.reading_of(context.store(), context.project_id(), source, options)
    if job is None:
        job = large.read(context.store(), context.project_id(), source, options)
    if not job.is_over:
        job_progress.show(job)
        return False
    _say(job)
    if allowed.button("Read it again", key=f"read-again-{job.id}", icon=":material/refresh:"):
        with errors.shown():
            large.read(context.store(), context.project_id(), source, options)
            st.rerun()
    return job.status == "failed"


def prepared(order: Order) -> Prepared | None:
    """The examples, once a job has made them; until then the button for it, or how far it is."""
    job = large.preparation_of(context.store(), order)
    if job is not None and job.status == "succeeded":
        return large.read_prepared(context.store(), order)
    if job is not None and not job.is_over:
        job_progress.show(job)
        return None
    if job is not None:
        _say(job)
    else:
        st.info(
            "This is a large table: what you see are some of its rows. When task and columns are "
            "right, let all of its examples be checked.",
            icon=":material/checklist:",
        )
    if allowed.button(
        "Check all examples", key="data-check", type="primary", icon=":material/rule:"
    ):
        with errors.shown():
            large.prepare(context.store(), order)
            st.rerun()
    return None


def _say(job: JobView) -> None:
    if job.status == "failed":
        st.error(plain(job.reason), icon=":material/error:")
    else:
        st.info(f"{plain(job.title)} was stopped.", icon=":material/stop_circle:")
