"""A backup that is being made, or a project on its way: how far it is, how to stop it, how it ended."""

import streamlit as st

from workbench.system.backup import backups
from workbench.system.backup.backups import BACKUP, BRINGING, CHECK, PROJECT, Making
from workbench.ui import context
from workbench.ui.numbers import size
from workbench.ui.text import plain

POLL = "1s"
_PROBLEM, _NEWS = "backup-problem", "project-arrived"
"""Why the last one failed, and what is to be said of the project that came: told until the next begins."""
_BEGUN = {
    BACKUP: "Saving what the database holds …",
    PROJECT: "Saving what the database holds …",
    BRINGING: "Looking through the file …",
    CHECK: "Looking through the backup …",
}
_DONE = {
    BACKUP: "saved",
    PROJECT: "saved",
    BRINGING: "unpacked and checked",
    CHECK: "looked through",
}
_ENDED = {
    BACKUP: "The backup is finished.",
    PROJECT: "The project is in a file now.",
    CHECK: "The backup was looked through.",
}
_STOPPED = {
    BACKUP: "The backup was stopped; nothing of it was kept.",
    PROJECT: "Stopped; nothing of the file was kept.",
    BRINGING: "Stopped; nothing of the project was kept.",
    CHECK: "Stopped; whether the backup is whole is not known.",
}


def show(*whats: str) -> None:
    """What is being done of these, while it is; the page is drawn anew at its end."""
    present = backups.present_backup(context.store())
    if present is not None and present.what in whats:
        st.fragment(_look, run_every=POLL)()


def is_busy() -> bool:
    """Whether something is being made, so that nothing else can begin."""
    return backups.present_backup(context.store()) is not None


def has_news() -> bool:
    """Whether something is to be told of the last one."""
    return _PROBLEM in st.session_state or _NEWS in st.session_state


def begin() -> None:
    """Forget what was told of the last one."""
    st.session_state.pop(_PROBLEM, None)
    st.session_state.pop(_NEWS, None)


def tell_last(*whats: str) -> None:
    """Why the last one of these failed, or what is to be known of the project that came."""
    what, problem = st.session_state.get(_PROBLEM, ("", ""))
    if what in whats and problem:
        st.error(plain(problem), icon=":material/error:")
    if BRINGING in whats and (news := st.session_state.get(_NEWS)):
        project_id, name, notes = news
        st.success(f"**{plain(name)}** is here now.", icon=":material/check_circle:")
        for note in notes:
            st.warning(plain(note), icon=":material/deployed_code:")
        st.page_link(
            "pages/data/data.py", label="Open the project", icon=":material/arrow_forward:",
            query_params={"project": str(project_id)},
        )  # fmt: skip


def _look() -> None:
    making = backups.present_backup(context.store())
    if making is None:
        st.rerun(scope="app")
    elif making.is_over:
        _tell_end(making)
    else:
        _show_progress(making)


def _show_progress(making: Making) -> None:
    text = _BEGUN[making.what]
    if making.is_stopping:
        text = "Stopping …"
    elif making.total_bytes:
        text = f"{size(making.done_bytes)} of {size(making.total_bytes)} are {_DONE[making.what]}"
    st.progress(making.share, text=text)
    if st.button("Cancel", key="backup-cancel", disabled=making.is_stopping):
        making.stop()
        st.rerun(scope="fragment")


def _tell_end(making: Making) -> None:
    backups.forget_backup(context.store())
    if making.problem:
        st.session_state[_PROBLEM] = (making.what, making.problem)
    elif making.was_stopped:
        st.session_state["toasts"] = [_STOPPED[making.what]]
    elif making.arrived is not None:
        done = making.arrived
        st.session_state[_NEWS] = (done.project_id, done.name, done.notes)
    else:
        st.session_state["toasts"] = [_ENDED[making.what]]
    st.rerun(scope="app")
