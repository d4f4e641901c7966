"""A fix, looked at before it is made: which rows, from what to what, and which to leave alone."""

import streamlit as st

from workbench.core.words import count, plural
from workbench.data import checkups
from workbench.data.checkup import record
from workbench.data.checkup.finding import Finding
from workbench.data.checkup.record import Checkup
from workbench.data.checkups import Fix
from workbench.data.versions import VersionInfo
from workbench.jobs.job import JobView
from workbench.ui import context, dialogs, errors
from workbench.ui.accounts import allowed
from workbench.ui.checkup import marked
from workbench.ui.text import plain

_SHOWN = 200


def dialog(checkup: Checkup, version: VersionInfo, job_id: int) -> None:
    """The open question, if it is about a fix of this checkup; one of a page that was behind is
    answered by what is there now."""
    question, about = dialogs.asked()
    if not question.startswith("fix:"):
        return
    if about != job_id:
        dialogs.answered()
        st.toast(
            f"The examples were changed meanwhile: version {version.number} is the newest now.",
            icon=":material/history:",
        )
        return
    _, kind, fix = question.split(":")
    finding = next((found for found in checkup.findings if found.kind == kind), None)
    if finding is not None:
        _ask(Fix(version.id, job_id, finding, fix))


@st.dialog("Mend it like this?", width="large", on_dismiss=dialogs.answered)
def _ask(fix: Fix) -> None:
    with errors.shown():
        number, lines = checkups.preview(context.store(), fix, _SHOWN)
        st.markdown(_sentence(fix.finding, fix.kind, number))
        rest = "are mended alike" if fix.finding.ticked else "stay as they are"
        left = _table(fix, lines)
        if number > len(lines):
            st.caption(f"The first {len(lines)} of {count(number)}; the others {rest}.")
        st.caption("It makes a new version. The one you have stays, and you can go back to it.")
        with st.container(horizontal=True):
            if allowed.button("Make the new version", key="fix-yes", type="primary"):
                _make(Fix(fix.version_id, fix.job_id, fix.finding, fix.kind, left))
            if st.button("Cancel", key="fix-no"):
                dialogs.answered()
                st.rerun()


def _sentence(finding: Finding, kind: str, number: int) -> str:
    if not finding.ticked:
        what = finding.remove if kind == record.REMOVE else finding.change
        return (
            f"**{plain(what)}**: tick those of the {plural(number, 'row')} that are really wrong."
        )
    if kind == record.REMOVE:
        return f"**{plain(finding.remove)}**: {plural(number, 'row')} would go."
    return f"**{plain(finding.change)}**: {plural(number, 'row')} would be changed."


def _table(fix: Fix, lines: list[dict[str, str]]) -> frozenset[int]:
    """The rows, each with a tick or without; those that have none in the end are left alone."""
    frame = marked.changes(lines)
    frame.insert(0, "Do it", fix.finding.ticked)
    if fix.kind == record.REMOVE:
        frame = frame.drop(columns="Where", errors="ignore")
    edited = st.data_editor(
        frame,
        hide_index=True,
        disabled=[name for name in frame.columns if name != "Do it"],
        key=f"fix-rows-{fix.job_id}-{fix.finding.kind}-{fix.kind}",
        column_config={
            "Do it": st.column_config.CheckboxColumn(
                width="small", help="A row without a tick stays as it is."
            ),
            "Row": st.column_config.TextColumn(width="small"),
            "Where": st.column_config.TextColumn(width="small"),
            "Text": st.column_config.TextColumn(width="medium"),
        },
    )
    chosen = frozenset(int(row) for row in edited.loc[edited["Do it"], "Row"])
    shown = frozenset(int(row) for row in edited["Row"])
    return (shown if fix.finding.ticked else checkups.rows_touched(context.store(), fix)) - chosen


def _make(fix: Fix) -> None:
    made = checkups.apply(context.store(), fix)
    if not isinstance(made, JobView):
        st.session_state["toasts"] = [f"Version {made.number} is made: {fix.title}."]
    dialogs.answered()
    st.rerun()
