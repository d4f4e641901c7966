"""What a checkup found: the score, and each finding with its rows and its fixes."""

import streamlit as st

from workbench.core.words import joined, plural
from workbench.data import checkups
from workbench.data.checkup import record
from workbench.data.checkup.finding import Finding
from workbench.data.checkup.record import Checkup
from workbench.data.versions import VersionInfo
from workbench.ui import context, dialogs, errors
from workbench.ui.checkup import marked
from workbench.ui.numbers import count
from workbench.ui.text import plain

_LEVELS = {
    "serious": ":red[:material/error:] **Mend this first**",
    "moderate": ":orange[:material/warning:] **Worth mending**",
    "minor": ":blue[:material/info:] **Good to know**",
}
_STATES = (
    (90, "In good health", ":material/sentiment_satisfied:"),
    (70, "Worth some care", ":material/sentiment_neutral:"),
    (0, "Needs care before training", ":material/sentiment_dissatisfied:"),
)
_SHOWN_ROWS = 200
_SCORE_HELP = (
    "100 less the harm of what was found. It says how well these examples can teach and examine, "
    "not how good the model will be."
)


def score(checkup: Checkup, version: VersionInfo) -> None:
    """The verdict in a number and a sentence."""
    words, icon = next((words, icon) for least, words, icon in _STATES if checkup.score >= least)
    with st.container(horizontal=True, vertical_alignment="center", key="score"):
        st.metric("Health", f"{checkup.score} of 100", help=_SCORE_HELP, border=True, width=168)
        with st.container(width="stretch"):
            st.markdown(f"##### {icon} {words}")
            st.markdown(_summary(checkup, version))
            for note in checkup.facts.get("notes", ()):
                st.caption(f":material/info: {plain(note)}")


def _summary(checkup: Checkup, version: VersionInfo) -> str:
    if not checkup.findings:
        return f"Nothing was found in {plural(version.rows, 'example')} that would need mending."
    words = {
        "serious": "to mend first",
        "moderate": "worth mending",
        "minor": "good to know",
    }
    counts = {level: sum(f.level == level for f in checkup.findings) for level in words}
    parts = [f"{number} {words[level]}" for level, number in counts.items() if number]
    found = plural(len(checkup.findings), "finding")
    read = checkup.facts.get("embedded", 0)
    note = ""
    if 0 < read < version.rows:
        note = f" What wants the encoder was looked for in {count(read)} rows, drawn at random."
    return f"{found} in {plural(version.rows, 'example')}: {joined(parts)}.{note}"


def each(checkup: Checkup, version: VersionInfo, job_id: int) -> None:
    """The findings, the most harmful first."""
    for finding in checkup.findings:
        with st.container(border=True, key=f"finding-{finding.kind}"):
            _finding(finding, version, job_id)


def _finding(finding: Finding, version: VersionInfo, job_id: int) -> None:
    st.markdown(f"{_LEVELS[finding.level]} · **{plain(finding.title)}**")
    st.markdown(plain(finding.text))
    st.markdown(f":material/model_training: :gray[{plain(finding.effect)}]")
    with st.container(horizontal=True):
        for fix, label, icon in (
            (record.CHANGE, finding.change, ":material/healing:"),
            (record.REMOVE, finding.remove, ":material/playlist_remove:"),
        ):
            if label and st.button(f"{plain(label)} …", key=f"fix-{finding.kind}-{fix}", icon=icon):
                dialogs.ask(f"fix:{finding.kind}:{fix}", job_id)
                st.rerun()
    if finding.rows:
        title = f"See the rows ({count(finding.rows)})"
        box = st.expander(title, key=f"rows-{finding.kind}", on_change="rerun")
        if box.open:  # closed it costs nothing: its rows are read when it opens
            with box:
                _rows(finding, version, job_id)


def _rows(finding: Finding, version: VersionInfo, job_id: int) -> None:
    with errors.shown():
        found = checkups.flagged_rows(context.store(), version, job_id, finding.kind, _SHOWN_ROWS)
        st.dataframe(
            marked.frame(found, version.task),
            hide_index=True,
            key=f"rows-of-{finding.kind}",
            column_config=marked.columns(),
        )
        if finding.rows > _SHOWN_ROWS:
            st.caption(f"The first {_SHOWN_ROWS} of {count(finding.rows)}.")
