"""Explore: the examples themselves, searched, drawn, edited and sorted by hand."""

import streamlit as st

from workbench.data import changes, checkups, pending_edits
from workbench.data.pending_edits import Pending
from workbench.data.versions import VersionInfo
from workbench.jobs.job import JobView
from workbench.ui import context, errors, frame, job_progress
from workbench.ui.accounts import allowed
from workbench.ui.checkup import choice, history
from workbench.ui.explore import categories, labelling, map, row_form, rows
from workbench.ui.frame import PAGES
from workbench.ui.text import plain

frame.header(
    "Data",
    "What is in your data?",
    "Read your examples, see what lies near what, and change what is not right.",
)
frame.data_tabs("Explore")


def _save_bar(version: VersionInfo, edits: Pending) -> None:
    if not (sentence := edits.sentence()):
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="pending"):
        st.markdown(f":material/edit_note: **{plain(sentence)}**, not saved yet.", width="stretch")
        if st.button("Discard", key="explore-discard", icon=":material/undo:"):
            pending_edits.discard(context.store(), version)
            rows.draw_anew()
            st.rerun()
        if allowed.button("Save as a new version", key="explore-save", type="primary"):
            with errors.shown():
                made = pending_edits.save(context.store(), version)
                if isinstance(made, VersionInfo):
                    st.session_state["toasts"] = [f"Version {made.number} is saved: {sentence}."]
                st.rerun()


def _looked_through(version: VersionInfo) -> JobView | None:
    """The version's checkup, which draws the map and makes the suggestions; else the way to it."""
    job = checkups.newest(context.store(), version)
    if job is not None and job.status == "succeeded":
        return job
    st.info(
        "This needs the checkup of this version, which reads all examples once.",
        icon=":material/stethoscope:",
    )
    if st.button("Go to the checkup", key=f"to-checkup-{st.session_state['tab']}"):
        context.go(PAGES["Checkup"][0])
    return None


def _tabs(version: VersionInfo, edits: Pending) -> None:
    names = ["Rows", "Map", *(["Categories", "Sort by hand"] if version.labels else [])]
    chosen = st.segmented_control(
        "View", names, default="Rows", key="explore-view", label_visibility="collapsed"
    )
    st.session_state["tab"] = chosen
    if chosen == "Map":
        if job := _looked_through(version):
            map.show(version, job)
    elif chosen == "Categories":
        job = checkups.newest(context.store(), version)
        done = job is not None and job.status == "succeeded"
        categories.show(
            version,
            checkups.read(context.store(), job.id).facts.get("words") if job and done else None,
        )
    elif chosen == "Sort by hand":
        if job := _looked_through(version):
            labelling.show(version, job, edits)
    else:
        rows.show(version, edits)
        row_form.show_if_asked(version)


version = choice.newest_version()
choice.line(version)
if job := changes.running_change(context.store(), version):
    job_progress.show(job)
else:
    if reason := changes.change_failure(context.store(), version):
        st.error(plain(reason), icon=":material/error:")
    edits = pending_edits.pending(context.store(), version)
    _save_bar(version, edits)
    with errors.shown():
        _tabs(version, edits)
history.undo_button(version)
