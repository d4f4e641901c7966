"""One project in a file: saved here, brought here from elsewhere."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from workbench.projects import projects
from workbench.system.backup import backups, project_rows_here
from workbench.system.backup.backups import BRINGING, PROJECT, BackupFile
from workbench.ui import context, dialogs, errors
from workbench.ui.storage import making
from workbench.ui.text import plain

BRING = "bring-"
WHAT = (
    "A project can move to another computer, or to a colleague's workbench, in a file of its own: "
    "with its examples, models, exams and conversations, and nothing of the others."
)
_WAITING = "project-file-waiting"
"""The file that the browser has just brought, until it is brought here or not."""
_LARGEST_MB = 200


def show(found: list[BackupFile], show_file: Callable[[BackupFile], None]) -> None:
    """The section of the Storage page: save, bring, and the files that are there."""
    st.markdown("##### One project")
    st.write(WHAT)
    making.tell_last(PROJECT, BRINGING)
    making.show(PROJECT, BRINGING)
    _save()
    bring()
    for file in found:
        show_file(file)


def _save() -> None:
    names = projects.project_names(context.store())
    if not names:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Project to save", list(names), format_func=names.__getitem__, key="save-project-which",
            width=340,
        )  # fmt: skip
        pressed = st.button(
            "Save it in a file", key="save-project", icon=":material/archive:",
            disabled=making.is_busy(),
        )  # fmt: skip
    if pressed and chosen is not None:
        with errors.shown():
            begin_saving(chosen, names[chosen])


def begin_saving(project_id: int, name: str) -> None:
    """Let it be saved, and draw the page anew.

    Raises:
        WorkbenchError: whoever looks may not save it, or something else is being made.
    """
    making.begin()
    backups.start_saving(context.store(), project_id, name)
    dialogs.close()


def bring() -> None:
    """Takes a file with a project, and asks about it."""
    upload = st.file_uploader(
        "File with a project", type=["zip"], max_upload_size=_LARGEST_MB,
        key=f"project-file-{st.session_state.get('project-files', 0)}",
        help="A larger one is brought on the command line: "
        "python -m workbench restore --project FILE",
    )  # fmt: skip
    if upload is None:
        return
    with errors.shown():
        path = backups.keep_project_file(context.store(), upload.name, upload.getbuffer())
        # The box is emptied, so that the file is not kept again with the next look at the page.
        st.session_state["project-files"] = st.session_state.get("project-files", 0) + 1
        st.session_state[_WAITING] = path
        dialogs.ask(_WAITING)
        st.rerun()


def show_dialog() -> None:
    """The open question about a file that the browser has just brought."""
    if dialogs.asked()[0] == _WAITING and (path := st.session_state.get(_WAITING)):
        ask(path)


@st.dialog("Bring this project here?", on_dismiss=dialogs.answered)
def ask(path: Path) -> None:
    """Under which name; what comes and what does not."""
    with errors.shown():
        known = backups.name_in(context.store(), path)
        name = st.text_input(
            "Name here",
            known,
            max_chars=project_rows_here.NAME_LIMIT,
            key=f"bring-name-{path.name}",
        )
        taken = name.strip().lower() in _taken()
        if taken:
            st.warning(
                f"There is a project '{plain(name.strip())}' here already: choose another name.",
                icon=":material/edit:",
            )
        st.write(
            "It comes beside your projects; none of them is changed. What was running when it was "
            "saved counts as stopped, and you are told which base models are missing here."
        )
        _decide(path, name.strip(), usable=bool(name.strip()) and not taken)


def _taken() -> set[str]:
    store = context.store()
    cards = [*projects.list_projects(store), *projects.list_projects(store, archived=True)]
    return {card.project.name.lower() for card in cards}


def _decide(path: Path, name: str, *, usable: bool) -> None:
    with st.container(horizontal=True):
        agreed = st.button("Bring it here", key="bring-yes", type="primary", disabled=not usable)
        refused = st.button("Not now", key="bring-no")
    if agreed:
        with errors.shown():
            making.begin()
            backups.start_bringing(context.store(), path, name)
            dialogs.close()
    if refused:
        dialogs.close()
