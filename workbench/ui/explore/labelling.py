"""Sorting rows by hand that have no category yet, the most uncertain first."""

from typing import Any

import streamlit as st

from workbench.core.words import plural
from workbench.data import checkups, pending_edits
from workbench.data.pending_edits import Pending
from workbench.data.versions import VersionInfo
from workbench.jobs.job import JobView
from workbench.ui import context
from workbench.ui.numbers import count, percent
from workbench.ui.text import plain

_SKIPPED = "explore-skipped"


def show(version: VersionInfo, job: JobView, edits: Pending) -> None:
    """One row at a time, with what the model would say."""
    found = checkups.unlabelled_of(context.store(), job.id)
    if found is None or not len(found):
        st.info(
            "Every row of your table has its category. Rows whose category cell is empty would "
            "stand here, so that you can sort them with a suggestion beside.",
            icon=":material/label:",
        )
        return
    skipped: set[int] = st.session_state.setdefault(_SKIPPED, set())
    waiting = [
        row for row in found.to_pylist() if row["row_id"] not in edits.labels.keys() | skipped
    ]
    done = len(edits.labels)
    are = "is" if len(found) == 1 else "are"
    st.progress(
        done / len(found), text=f"{done:,} of {plural(len(found), 'unsorted row')} {are} sorted"
    )
    if (more := checkups.read(context.store(), job.id).facts.get("unsorted", 0)) > len(found):
        st.caption(
            f"These are the first {count(len(found))} of {count(more)}; the next ones come once "
            "these are saved and looked through."
        )
    if not waiting:
        st.success("That was the last one.", icon=":material/check_circle:")
        return
    _ask(version, edits, waiting[0], skipped)


def _ask(version: VersionInfo, edits: Pending, row: dict[str, Any], skipped: set[int]) -> None:
    number = row["row_id"]
    with st.container(border=True, key="explore-label-card"):
        st.caption(f"Row {number:,}: the model is least sure about this one.")
        st.markdown(plain(row["text"]))
        with st.container(horizontal=True):
            for label, share in zip(row["labels"], row["shares"], strict=True):
                if st.button(
                    f"{plain(label)} :small[:gray[{percent(share)}]]",
                    key=f"label-{number}-{label}",
                ):
                    _give(version, edits, row, label)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            other = st.selectbox(
                "Another category",
                version.labels,
                index=None,
                key=f"label-other-{number}",
                placeholder="Choose",
                width=320,
            )
            if other:
                _give(version, edits, row, other)
            if st.button("Skip it", key=f"label-skip-{number}", icon=":material/skip_next:"):
                skipped.add(number)
                st.rerun()


def _give(version: VersionInfo, edits: Pending, row: dict[str, Any], label: str) -> None:
    edits.labels[row["row_id"]] = (row["text"], label)
    pending_edits.keep(context.store(), version, edits)
    st.rerun()
