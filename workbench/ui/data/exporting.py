"""A version as a file for other programs: small ones at once, large ones by a job."""

import streamlit as st

from workbench.core.errors import WorkbenchError
from workbench.data import exports
from workbench.data.exports import CSV, DATASETS, JSONL, PARQUET, XLSX
from workbench.data.versions import VersionInfo
from workbench.jobs.job import JobView
from workbench.ui import context, errors, job_progress
from workbench.ui.accounts import allowed
from workbench.ui.data import pushing
from workbench.ui.downloading import logged
from workbench.ui.numbers import size
from workbench.ui.routes import download_route
from workbench.ui.text import plain

_OPEN = "export_of"
"""The version whose files are offered."""
_HUB = "hub"
_FOR_PEOPLE = "What a spreadsheet would run as a formula gets an apostrophe before it."
_WHAT = {
    CSV: f"For any program that reads tables. {_FOR_PEOPLE}",
    XLSX: "For spreadsheets; every text is kept as text, so none is run as a formula.",
    JSONL: "One example a line, in the shape that training tools expect.",
    PARQUET: "As it is kept here: small, and quick to read for data tools.",
    _HUB: "As a data set there: Parquet, a file for each part, with a card. Private unless you say "
    "otherwise.",
    DATASETS: "Unpacked, a folder for load_from_disk of the library datasets; a split for each part.",
}


def button(version: VersionInfo) -> None:
    """Offers the files, or puts them away."""
    if st.button(
        "Export",
        key=f"export-{version.id}",
        icon=":material/download:",
        help="The examples of this version with their splits, as a file.",
    ):
        is_open = st.session_state.get(_OPEN) == version.id
        st.session_state[_OPEN] = None if is_open else version.id
        st.rerun()


def panel(version: VersionInfo) -> None:
    """The files of the version, if they are asked for."""
    if st.session_state.get(_OPEN) != version.id:
        return
    with st.container(border=True, key=f"export-panel-{version.id}"):
        kind = st.radio(
            "Save as",
            [*exports.KINDS, _HUB],
            format_func={**exports.TITLES, _HUB: "Push to the Hugging Face hub"}.__getitem__,
            key=f"export-kind-{version.id}",
            horizontal=True,
        )
        st.caption(_WHAT[kind])
        if kind == _HUB:
            pushing.panel(version)
            return
        try:
            exports.check(version, kind)
        except WorkbenchError as error:
            st.info(plain(error), icon=":material/info:")
            return
        if exports.is_made_at_once(version, kind):
            _small(version, kind)
        else:
            _large(version, kind)


def _small(version: VersionInfo, kind: str) -> None:
    st.download_button(
        "Download",
        logged(lambda: exports.content(version, kind), "examples", "dataset_versions", version.id),
        file_name=exports.file_name(version, kind),
        mime=exports.MIME[kind],
        key=f"download-{version.id}-{kind}",
        icon=":material/download:",
        on_click="ignore",
    )


def _large(version: VersionInfo, kind: str) -> None:
    """A job makes the file; then it streams from the disk."""
    job = exports.newest(context.store(), version, kind)
    if job is not None and not job.is_over:
        job_progress.show(job)
    elif job is not None and job.status == "succeeded":
        _link(version, kind, job)
    else:
        if job is not None and job.status == "failed":
            st.error(plain(job.reason), icon=":material/error:")
        if allowed.button("Make the file", key=f"make-{version.id}", icon=":material/file_save:"):
            with errors.shown():
                exports.start(context.store(), version, kind)
                st.rerun()


def _link(version: VersionInfo, kind: str, job: JobView) -> None:
    path = exports.file_of(job)
    name = exports.file_name(version, kind)
    st.link_button(
        f"Download {plain(name)} ({size(path.stat().st_size)})",
        download_route.link(path, name),
        icon=":material/download:",
    )
