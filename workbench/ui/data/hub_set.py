"""A data set of the Hugging Face hub as the source: looked up, shown, downloaded by a job."""

import streamlit as st

from workbench.data.examples.plan import Source
from workbench.data.files import hub_sets
from workbench.data.files.hub_sets import HubSet
from workbench.jobs.job import JobView
from workbench.ui import context, errors, job_progress
from workbench.ui.accounts import allowed
from workbench.ui.text import plain

_FOUND = "data-hub-found"
_ALL = ""
_HELP = (
    "Such as owner/name, or its address. The workbench asks the hub for it now, and downloads it when "
    "you say so; nothing of yours is sent."
)


def chosen() -> Source | None:
    """The data set that was downloaded, once it is here."""
    job = hub_sets.newest(context.store(), context.project_id())
    if job is not None and not job.is_over:
        job_progress.show(job)
        return None
    if job is not None and job.status == "succeeded":
        with errors.shown():
            return hub_sets.take(context.store(), job)
    if job is not None:
        _say(job)
    _look_up()
    if found := st.session_state.get(_FOUND):
        _offer(found)
    return None


def _say(job: JobView) -> None:
    if job.status == "failed":
        st.error(plain(job.reason), icon=":material/error:")
    else:
        st.info(f"{plain(job.title)} was stopped.", icon=":material/stop_circle:")


def _look_up() -> None:
    with st.form("data-hub-form", border=False):
        name = st.text_input("Name of the data set", key="data-hub-name", help=_HELP)
        asked = st.form_submit_button("Look it up", icon=":material/search:")
    if asked:
        st.session_state.pop(_FOUND, None)
        with errors.shown(), st.spinner("Asking the hub …"):
            st.session_state[_FOUND] = hub_sets.look_up(name)


def _offer(about: HubSet) -> None:
    st.markdown(f"**{plain(about.hub_id)}**")
    if about.summary:
        with st.expander("What its card says"):
            st.text(about.summary)
    left, right = st.columns(2)
    config = left.selectbox(
        "Configuration", about.configs, key="data-hub-config", disabled=len(about.configs) < 2
    )
    split = right.selectbox(
        "Split",
        [_ALL, *about.splits(config)],
        format_func=lambda name: name or "All",
        key=f"data-hub-split-{config}",
    )
    st.caption(plain(hub_sets.line(about, config, split)))
    if allowed.button("Download it", key="data-hub-download", icon=":material/cloud_download:"):
        with errors.shown():
            hub_sets.start(context.store(), context.project_id(), about, config, split)
            st.session_state.pop(_FOUND, None)
            st.rerun()
