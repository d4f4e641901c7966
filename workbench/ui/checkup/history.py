"""The versions of a dataset: what was done to it, and the way back to any of them."""

import itertools

import streamlit as st

from workbench.core.words import plural
from workbench.data import changes
from workbench.data.versions import VersionInfo
from workbench.ui import context, errors
from workbench.ui.accounts import allowed
from workbench.ui.checkup import marked
from workbench.ui.numbers import when
from workbench.ui.text import plain

_SHOWN, _LINES = 6, 200


def show(version: VersionInfo) -> None:
    """All versions of the dataset, the newest first."""
    found = changes.history(context.store(), version)
    st.subheader("What was done to it", anchor=False)
    for other in itertools.islice(found, _SHOWN):
        _line(other, version)
    if len(found) > _SHOWN:
        with st.expander(f"{len(found) - _SHOWN} older versions", key="older"):
            for other in found[_SHOWN:]:
                _line(other, version)


def undo_button(version: VersionInfo) -> None:
    """The last change and the way back from it; nothing where the version came from a file."""
    former = changes.former_of(context.store(), version)
    if former is None or version.change is None:
        return
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.markdown(
            f":material/history: Last change: {plain(version.change['title'])}.", width="content"
        )
        if allowed.button("Undo it", key="undo", icon=":material/undo:"):
            _go_back(former)


def _line(other: VersionInfo, newest: VersionInfo) -> None:
    what = other.change["title"] if other.change else f"From {other.source_name}"
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.markdown(
            f"**Version {other.number}** · {plain(what)}  \n"
            f":small[:gray[{plural(other.rows, 'example')}, {when(other.created_at)}]]",
            width="content",
        )
        with st.container(horizontal=True, width="content", vertical_alignment="center"):
            _actions(other, newest)


def _actions(other: VersionInfo, newest: VersionInfo) -> None:
    if (
        other.change
        and changes.can_tell_difference(other, newest)
        and st.button("What changed", key=f"changed-{other.id}", icon=":material/difference:")
    ):
        _differences(other)
    if other.id == newest.id:
        st.markdown(":green[:material/check_circle:] in use", width="content")
    elif other.path != newest.path and allowed.button(
        "Go back to it",
        key=f"back-{other.id}",
        icon=":material/undo:",
        help="Makes it the newest version again; nothing is lost.",
    ):
        _go_back(other)


def _go_back(other: VersionInfo) -> None:
    with errors.shown():
        made = changes.go_back(context.store(), other.id)
        st.session_state["toasts"] = [
            f"Version {made.number} has the examples of version {other.number} again."
        ]
        st.rerun()


@st.dialog("What changed", width="large")
def _differences(version: VersionInfo) -> None:
    with errors.shown():
        found = changes.difference(context.store(), version, _LINES)
        if found is None:
            return
        number, lines = found
        change = version.change or {}
        by_hand = change.get("kind") in (changes.EDIT, changes.LABEL)
        counted = "" if by_hand else f": {plural(number, 'row')}"
        st.markdown(f"**{plain(change['title'])}**{counted}.")
        st.dataframe(marked.changes(lines), hide_index=True, key="differences")
        if number > len(lines):
            st.caption(f"The first {len(lines)} of {number:,}.")
