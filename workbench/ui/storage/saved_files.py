"""A backup or a file with one project in a list: fetched, brought here, deleted."""

import streamlit as st

from workbench.system.backup import backups
from workbench.system.backup.backups import BackupFile
from workbench.ui import context, dialogs
from workbench.ui.numbers import size, when
from workbench.ui.routes import download_route
from workbench.ui.storage import making, one_project
from workbench.ui.text import plain

_DELETE = "delete-file-"


def show(backup: BackupFile) -> None:
    """The line of a file that whoever looks may have."""
    name = backup.path.name
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        st.markdown(
            f"**{plain(name)}** :small[:gray[{when(backup.made_at)}, {size(backup.size_bytes)}]]",
            width=560,
        )
        with st.container(horizontal=True, width="content"):
            address = download_route.link(backup.path)
            st.link_button("Download", address, key=f"download-{name}", icon=":material/download:")
            if backup.is_project and st.button(
                "Bring here", key=f"bring-{name}", icon=":material/input:",
                disabled=making.is_busy(),
            ):  # fmt: skip
                dialogs.ask(f"{one_project.BRING}{name}")
            if st.button("Delete", key=f"delete-{name}", icon=":material/delete:"):
                dialogs.ask(f"{_DELETE}{name}")


def show_dialog(found: list[BackupFile]) -> None:
    """The open question about one of these files."""
    question, _ = dialogs.asked()
    for backup in found:
        if question == f"{_DELETE}{backup.path.name}":
            _ask_delete(backup)
        if question == f"{one_project.BRING}{backup.path.name}":
            one_project.ask(backup.path)


@st.dialog("Delete this file?", on_dismiss=dialogs.answered)
def _ask_delete(backup: BackupFile) -> None:
    st.write(
        f"{plain(backup.path.name)} from {when(backup.made_at)} goes; {size(backup.size_bytes)} "
        "become free. Your projects stay as they are."
    )
    dialogs.decide(
        "delete", "Delete the file", "Keep it",
        lambda: backups.delete_backup(context.store(), backup.path), likely=True,
    )  # fmt: skip
