"""A folder that is watched: switched on and off, and what became of the files in it."""

import streamlit as st

from workbench.training.run_view import RunView
from workbench.ui import context, errors
from workbench.ui.accounts import allowed
from workbench.ui.numbers import when
from workbench.ui.text import plain
from workbench.ui.use.answered import draft as drafts
from workbench.use.watched import watch
from workbench.use.watched.watch import FileInfo, WatchInfo

_POLL = "5s"
_LIVE = 0
"""In place of a run: whichever is live."""
_WORDS = {
    "arrived": ("Arrived", "schedule", "gray"),
    "answering": ("Being answered", "progress_activity", "blue"),
    "done": ("Answered", "check_circle", "green"),
    "failed": ("Not answered", "error", "red"),
}


def show(trained: list[RunView], live_id: int | None) -> None:
    """The box; closed it costs nothing."""
    found = watch.watch_of(context.store(), context.project_id())
    is_on = found is not None and found.is_on
    if found is not None and is_on:
        st.caption(f":material/visibility: The folder {plain(found.folder)} is watched.")
    box = st.expander(
        "Watch a folder: what arrives there is answered by itself",
        icon=":material/folder_open:",
        key="watch-box",
        on_change="rerun",
    )
    if not box.open:
        return
    with box, errors.shown():
        st.write(
            "Every table that is put into the folder is answered once, and a copy with the answers "
            "(*NAME answered*) is put beside it. Your own files are never changed. Files that are "
            "still being copied are waited for, and names that end in *answered* are passed over."
        )
        if found is not None and found.is_on:
            _on(found, trained)
        else:
            _off(found, trained, live_id)
        if found is not None:
            st.fragment(_files, run_every=_POLL if is_on else None)()


def _on(found: WatchInfo, trained: list[RunView]) -> None:
    names = {run.id: run.name for run in trained}
    who = "the live model" if found.run_id is None else names.get(found.run_id, "a model")
    st.markdown(
        f":material/visibility: **{plain(found.folder)}** is watched; {plain(who)} answers."
    )
    if found.trouble:
        st.error(plain(found.trouble), icon=":material/error:")
    if allowed.button("Stop watching", key="watch-off", icon=":material/stop_circle:"):
        watch.switch_off(context.store(), context.project_id())
        st.rerun()


def _off(found: WatchInfo | None, trained: list[RunView], live_id: int | None) -> None:
    if found is not None and found.trouble:
        st.info(plain(found.trouble), icon=":material/info:")
    folder = st.text_input(
        "Folder on this machine",
        found.folder if found else "",
        key="watch-folder",
        placeholder="/home/ann/Inbox",
        help="Its whole path. What lies there already is answered, too.",
    )
    names = {run.id: run.name for run in trained}
    options = [_LIVE, *names] if live_id is not None else [*names]
    run_id = st.selectbox(
        "Who answers",
        options,
        format_func=lambda one: "Whichever model is live" if one == _LIVE else names[one],
        key="watch-model",
        width=340,
    )
    draft = drafts.load()
    if draft.columns:
        st.caption("Sheet and columns are taken as you chose them above, where a file has them.")
    if allowed.button(
        "Watch this folder", key="watch-on", type="primary", icon=":material/visibility:"
    ):
        watch.switch_on(
            context.store(),
            context.project_id(),
            folder,
            run_id or None,
            {role: name for role, name in draft.columns.items() if name},
            draft.read.sheet,
        )
        context.ensure_worker()
        st.rerun()


def _files() -> None:
    """What became of the newest files; looked at again and again while the folder is watched."""
    found = watch.watch_of(context.store(), context.project_id())
    if found is None or not found.files:
        st.caption("Nothing has arrived yet.")
        return
    if found.is_on:
        context.ensure_worker()
    for file in found.files:
        _file(file)


def _file(file: FileInfo) -> None:
    word, icon, colour = _WORDS[file.state]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(word, icon=f":material/{icon}:", color=colour)  # type: ignore[arg-type]
        st.markdown(f"**{plain(file.name)}**", width="content")
        beside = f" · {plain(file.out)} stands beside it" if file.out else ""
        st.caption(f"{when(file.arrived_at)}{beside}")
        if file.state == "failed" and allowed.button("Try again", key=f"watch-again-{file.id}"):
            watch.try_again(context.store(), context.project_id(), file.id)
            st.rerun()
    if file.reason:
        st.caption(plain(file.reason))
