"""Storage: where the disk space goes, what of it can be freed, and backups."""

import streamlit as st

from workbench.system import disk_use
from workbench.system.backup import backups
from workbench.system.backup.backups import BackupFile
from workbench.system.disk_use import DiskUse, Freeable
from workbench.system.installation import state
from workbench.ui import charts, context, dialogs, errors, frame
from workbench.ui.accounts import allowed
from workbench.ui.numbers import count, percent, size
from workbench.ui.storage import making, one_project, saved_files
from workbench.ui.text import plain

store = context.store()


def show_use(use: DiskUse) -> None:
    parts = [part for part in use.parts if part.size_bytes]
    rows = [
        {
            "name": part.title,
            "bytes": part.size_bytes,
            "label": size(part.size_bytes),
            "share": percent(part.size_bytes / use.used_bytes),
        }
        for part in parts
    ]
    st.altair_chart(charts.sizes(rows, "What"), key="sizes")
    with st.expander("What is what", key="what"):
        for part in parts:
            st.markdown(
                f"**{plain(part.title)}**, {count(part.size_bytes)} bytes: {plain(part.what)}"
            )
        st.caption(f"Everything you make is in {plain(str(use.home))}.")


def show_freeable(use: DiskUse) -> None:
    st.markdown("##### What can be freed")
    if not use.freeable:
        st.write("Nothing: everything here is in use.")
    for found in use.freeable:
        with st.container(
            horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
        ):
            st.markdown(f"**{plain(found.title)}** :small[:gray[{plain(found.why)}]]", width=560)
            exact = f"{count(found.size_bytes)} bytes"
            if allowed.button(
                f"Free {size(found.size_bytes)}",
                needs=allowed.ADMINISTRATOR,
                key=f"free-{found.key}",
                help=exact,
            ):
                dialogs.ask(f"free-{found.key}")


@st.dialog("Free this space?", on_dismiss=dialogs.answered)
def ask_free(found: Freeable) -> None:
    st.markdown(f"**{plain(found.title)}**" + (f": {plain(found.names)}." if found.names else "."))
    st.write(
        f"{plain(found.why)} {count(found.size_bytes)} bytes become free. This cannot be taken back."
    )
    dialogs.decide(
        "free", f"Free {size(found.size_bytes)}", "Keep it", lambda: free(found), likely=True
    )


def free(found: Freeable) -> None:
    freed = disk_use.free(store, found.key)
    st.session_state["toasts"] = [f"{size(freed)} are free again."]


def show_backups(found: list[BackupFile]) -> None:
    st.markdown("##### Backups")
    st.write(
        "A backup is one file with all projects, data, trained models and conversations. Keep a "
        "copy of it on another disk; your work can go on while it is made."
    )
    making.tell_last(backups.BACKUP)
    making.show(backups.BACKUP)
    present = backups.present_backup(store)
    if present is None or present.what != backups.BACKUP:
        begun = allowed.button(
            "Make a backup", needs=allowed.ADMINISTRATOR, key="backup", type="primary", icon=":material/archive:",
            disabled=present is not None,
        )  # fmt: skip
        if begun:
            making.begin()
            with errors.shown():
                backups.start_backup(store)
                st.rerun()
    for backup in found:
        saved_files.show(backup)
    if found:
        st.caption(
            f"They are in {plain(str(found[0].path.parent))}. To restore one, stop the workbench "
            "and run: python -m workbench restore FILE"
        )


def seen_backups() -> list[BackupFile]:
    """The backups; none for who may not have what is in them, which is everything."""
    return [] if allowed.why_not(allowed.ADMINISTRATOR) else backups.list_backups(store)


def show_dialog(use: DiskUse) -> None:
    question, _ = dialogs.asked()
    for found in use.freeable:
        if question == f"free-{found.key}":
            ask_free(found)
    saved_files.show_dialog(seen_backups())
    one_project.show_dialog()


with errors.alone("Where does the disk space go?"):
    state.check_may_look(store)
    use = disk_use.measure(store)
frame.header(
    None,
    "Where does the disk space go?",
    f"The workbench uses **{size(use.used_bytes)}**; **{size(use.free_bytes)}** of "
    f"{size(use.disk_bytes)} are free on this disk.",
)
show_use(use)
show_freeable(use)
there = seen_backups()
show_backups([backup for backup in there if not backup.is_project])
one_project.show([backup for backup in there if backup.is_project], saved_files.show)
with errors.shown():
    show_dialog(use)
