"""The datasets that are saved, with their versions."""

import itertools

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from workbench.core.tasks import TASKS
from workbench.data import datasets, versions
from workbench.data.described import is_only_described
from workbench.data.versions import VersionInfo
from workbench.projects import steps
from workbench.ui import context, errors
from workbench.ui.accounts import allowed
from workbench.ui.data import describing, draft, exporting, fields_editor
from workbench.ui.frame import PAGES
from workbench.ui.numbers import count, when
from workbench.ui.text import plain

_SHOWN = 3


def show() -> None:
    """Every dataset of the project; nothing while there is none."""
    found = datasets.list_versions(context.store(), context.project_id())
    if not found:
        return
    st.subheader("Saved datasets", anchor=False)
    names = list(dict.fromkeys(version.dataset_id for version in found))
    for dataset_id in names:
        _dataset([version for version in found if version.dataset_id == dataset_id])


def go_on() -> None:
    """Where there is data and none is being brought: that it is there, and the button of the next step."""
    found = steps.steps_of(context.store(), context.project_id())
    step = steps.next_step(found)
    if found[0].state != "done" or describing.says_next():
        return
    with st.container(border=True), _line():
        ready = f"Your data is ready: {plain(found[0].detail)} Go on, or bring another table below."
        st.markdown(f":material/check_circle: {ready}", width="content")
        action, running = steps.action(step), step.state == "running"
        label = action if running else f"Next: {action[0].lower()}{action[1:]}"
        if st.button(label, key="data-go-on", type="primary", icon=":material/arrow_forward:"):
            context.go(PAGES[step.name][0])


def _dataset(found: list[VersionInfo]) -> None:
    newest = found[0]
    with st.container(border=True, key=f"dataset-{newest.dataset_id}"):
        with _line():
            title = f"**{plain(newest.dataset_name)}** · {plain(TASKS[newest.task].title)}"
            st.markdown(title, width="content")
            _deletion(newest)
        for version in itertools.islice(found, _SHOWN):
            _version(version)
        if len(found) > _SHOWN:
            with st.expander(f"{len(found) - _SHOWN} older versions"):
                for version in found[_SHOWN:]:
                    _version(version)
        if TASKS[newest.task].answers_are_categories:
            describing.again(newest)
            describing.said_next(newest)
        if TASKS[newest.task].answers_are_json:
            fields_editor.show(newest)


def _version(version: VersionInfo) -> None:
    with _line():
        st.markdown(
            f"Version {version.number} · {_size(version)}  \n"
            f":small[:gray[{when(version.created_at)}, {plain(_origin(version))}]]",
            width="content",
        )
        _actions(version)
    if not is_only_described(version):
        exporting.panel(version)


def _size(version: VersionInfo) -> str:
    if is_only_described(version):
        return f"{count(len(version.labels))} categories described, no examples yet"
    splits = version.splits
    return (
        f"{count(version.rows)} examples :gray[({count(splits['train'])} to learn from, "
        f"{count(splits['validation'])} practice, {count(splits['test'])} exam)]"
    )


def _origin(version: VersionInfo) -> str:
    change = version.change
    return f"from {version.source_name}" if change is None else str(change["title"])


def _line() -> DeltaGenerator:
    """Text at the left, buttons at the right; below each other where it is narrow."""
    return st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    )


def _actions(version: VersionInfo) -> None:
    if is_only_described(version):
        return  # there is nothing to export, and its file has no rows to map
    with st.container(horizontal=True, width="content"):
        exporting.button(version)
        if st.button(
            "Change or extend",
            key=f"edit-{version.id}",
            icon=":material/edit:",
            help="Start the next version from this one: other columns, other rows."
            if version.change is None
            else "Starts from the file as it was brought; what was mended since can be made again.",
        ):
            draft.start_over(draft.from_version(version))
            st.rerun()


def _deletion(version: VersionInfo) -> None:
    dataset_id = version.dataset_id
    with st.popover("Delete", icon=":material/delete:", key=f"delete-{dataset_id}"):
        goes = versions.deletion_summary(context.store(), dataset_id)
        st.markdown(f"Delete **{plain(version.dataset_name)}** with {goes}? This cannot be undone.")
        if allowed.button("Delete it", key=f"delete-it-{dataset_id}", icon=":material/delete:"):
            with errors.shown():
                versions.delete_dataset(context.store(), dataset_id)
                st.rerun()
