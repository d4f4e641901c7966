"""Checkup: what is wrong with the examples, what that does to the model, and how to mend it."""

import streamlit as st

from workbench.data import changes, checkups
from workbench.data.versions import VersionInfo
from workbench.jobs.job import JobView
from workbench.ui import context, errors, frame, job_progress
from workbench.ui.accounts import allowed
from workbench.ui.checkup import choice, curve, findings, fixing, history
from workbench.ui.frame import PAGES
from workbench.ui.text import plain

frame.header(
    "Data",
    "Is anything wrong with your data?",
    "The examples decide how good the model can be. Here they are looked through, one by one.",
)
frame.data_tabs("Checkup")


def _checkup(version: VersionInfo) -> None:
    job = checkups.newest(context.store(), version)
    if job is None and version.change is not None:
        with errors.shown():
            job = checkups.start(context.store(), version.id)  # a fix is followed by a look
    if job is None:
        _invite(version)
    elif not job.is_over:
        job_progress.show(job)
    elif job.status == "succeeded":
        _found(version, job)
    else:
        _ended(version, job)


def _invite(version: VersionInfo) -> None:
    st.info(
        "Doubled and contradictory rows, wrong categories, leaks into the exam, personal data, "
        "junk and more are looked for. Nothing leaves this machine, and nothing is changed before "
        "you say so.",
        icon=":material/stethoscope:",
    )
    if allowed.button(
        "Look through the examples", key="check", type="primary", icon=":material/stethoscope:"
    ):
        with errors.shown():
            checkups.start(context.store(), version.id)
            st.rerun()


def _found(version: VersionInfo, job: JobView) -> None:
    with errors.shown():
        checkup = checkups.read(context.store(), job.id)
        findings.score(checkup, version)
        findings.each(checkup, version, job.id)
        if found := checkup.facts.get("curve"):
            curve.show(found)
        fixing.dialog(checkup, version, job.id)
        _next(checkup.score)


def _ended(version: VersionInfo, job: JobView) -> None:
    if job.status == "failed":
        st.error(plain(job.reason), icon=":material/error:")
    else:
        st.info("The checkup was stopped.", icon=":material/stop_circle:")
    if allowed.button("Look through them again", key="again", icon=":material/refresh:"):
        with errors.shown():
            checkups.start(context.store(), version.id)
            st.rerun()


def _next(score: int) -> None:
    if st.button(
        "Next: choose a model",
        key="checkup-next",
        type="primary",
        icon=":material/arrow_forward:",
        help="What is left unmended stays as it is; you can come back at any time.",
    ):
        context.go(PAGES["Model"][0])


version = choice.newest_version()
choice.line(version)
history.undo_button(version)
if job := changes.running_change(context.store(), version):
    job_progress.show(job)
else:
    if reason := changes.change_failure(context.store(), version):
        st.error(plain(reason), icon=":material/error:")
    _checkup(version)
history.show(version)
