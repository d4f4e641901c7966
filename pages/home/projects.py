"""Home: every project, where it stands, and its next step."""

import streamlit as st

from storage.acting import EDITOR, OWNER, VIEWER
from workbench.evaluation.release import releases
from workbench.projects import projects, samples, steps
from workbench.projects.projects import ProjectCard, ProjectView
from workbench.system.backup import backups
from workbench.system.backup.backups import BRINGING, PROJECT, BackupFile
from workbench.ui import context, dialogs, errors, frame
from workbench.ui.accounts import allowed
from workbench.ui.numbers import when
from workbench.ui.storage import making, one_project, saved_files
from workbench.ui.text import plain

EDIT, COPY, SAVE = "Rename or describe", "Duplicate", "Save in a file"
ARCHIVE, DELETE = "Archive", "Delete"
TITLES = {
    EDIT: f":material/edit: {EDIT}", COPY: f":material/content_copy: {COPY}",
    SAVE: f":material/save: {SAVE}", ARCHIVE: f":material/archive: {ARCHIVE}",
    DELETE: f":material/delete: {DELETE}",
}  # fmt: skip
NEEDS = {EDIT: EDITOR, COPY: VIEWER, SAVE: OWNER, ARCHIVE: OWNER, DELETE: OWNER}
"""What a card's menu offers: which role it needs."""
store = context.store()


@st.dialog("A new project", on_dismiss=dialogs.answered)
def ask_new() -> None:
    st.write("Name it after what the model will do. You can change this later.")
    name = st.text_input("Name", key="new-name", placeholder="Sort customer e-mails")
    description = st.text_area(
        "Description (optional)", key="new-description", placeholder="What it is for, and for whom"
    )
    if st.button("Create project", key="new-create", type="primary"):
        with errors.shown():
            project_id = projects.create_project(store, name, description)
            dialogs.answered()
            open_step(project_id, "Data")


@st.dialog("Rename or describe", on_dismiss=dialogs.answered)
def ask_edit(project: ProjectView) -> None:
    name = st.text_input("Name", project.name, key=f"edit-name-{project.id}")
    description = st.text_area(
        "Description", project.description, key=f"edit-description-{project.id}"
    )
    if st.button("Save", key="edit-save", type="primary"):
        with errors.shown():
            projects.update_project(store, project.id, name=name, description=description)
            dialogs.close()


@st.dialog("Delete this project?", on_dismiss=dialogs.answered)
def ask_delete(project: ProjectView) -> None:
    goes = projects.deletion_summary(store, project.id)
    st.write(f"**{plain(project.name)}** will be deleted, and with it: {plain(goes)}.")
    st.write("This cannot be undone. To put it away instead, archive it.")
    dialogs.decide(
        "delete", "Delete for good", "Keep it",
        lambda: projects.delete_project(store, project.id), icon=":material/delete:",
    )  # fmt: skip


def open_step(project_id: int, step: str) -> None:
    st.switch_page(frame.PAGES[step][0], query_params={"project": str(project_id)})


def open_sample() -> None:
    with errors.shown():
        with st.spinner("Preparing the sample project …"):
            project_id = samples.create_sample_project(store)
        open_step(project_id, "Data")


def welcome() -> None:
    st.write(
        "Show a small language model a few hundred examples of a job that you do again and again, "
        "and it learns to do the job your way. Everything stays on this computer."
    )
    with st.grid(3, min_column_width=260):
        for icon, title, text in (
            ("table_rows", "You need", "A table with examples: what comes in, and what you would "
             "answer. Excel or CSV, 50 rows to try it out, a few hundred for a good result."),
            ("model_training", "It learns", "You pick a small model and press one button. Minutes "
             "to an hour later it has learned from your examples."),
            ("fact_check", "You judge", "It is tested on examples that it has never seen, next to "
             "the untrained model. Then you talk to it."),
        ):  # fmt: skip
            with st.container(border=True, height="stretch"):
                st.markdown(f"##### :material/{icon}: {title}")
                st.write(text)
    with st.container(horizontal=True):
        if st.button("Open the sample project", key="sample", type="primary"):
            open_sample()
        if st.button("Start your own", key="new"):
            dialogs.ask("new")
    st.caption(
        "The sample: 360 e-mails to a made-up shop, each with its category and a good reply."
    )


def card(entry: ProjectCard, live: releases.ReleaseInfo | None, *, is_first: bool) -> None:
    project = entry.project
    with st.container(border=True, height="stretch"):
        with st.container(horizontal=True, wrap=False, vertical_alignment="center"):
            st.subheader(plain(project.name), anchor=False)
            menu(project)
        if project.description:
            st.caption(plain(project.description))
        frame.step_line(entry.steps, key=f"steps-{project.id}")
        if entry.best:
            st.markdown(f":material/military_tech: Best result: **{plain(entry.best)}**")
        if live:
            st.markdown(
                f":material/verified: Live: **{plain(live.run_name)}** since {when(live.released_at)}"
            )
        if st.button(
            steps.action(entry.next),
            key=f"next-{project.id}",
            type="primary" if is_first else "secondary",
            help=plain(entry.next.detail),
        ):
            open_step(project.id, entry.next.name)


@st.dialog("Save this project in a file?", on_dismiss=dialogs.answered)
def ask_save(project: ProjectView) -> None:
    st.write(f"**{plain(project.name)}**: {one_project.WHAT[0].lower()}{one_project.WHAT[1:]}")
    st.write(
        "The file is for you: it holds what all its members did there, and is listed below the projects."
    )
    dialogs.decide(
        "save", "Save it", "Not now",
        lambda: one_project.begin_saving(project.id, project.name), likely=True,
    )  # fmt: skip


def menu(project: ProjectView) -> None:
    """What may be done with it; of what needs another role it is said who may."""
    refused = {option: allowed.why_not(needs, project.id) for option, needs in NEEDS.items()}
    choice = st.menu_button(
        "More",
        [option for option, why in refused.items() if not why],
        key=f"menu-{project.id}",
        type="tertiary",
        help=plain(next(filter(None, reversed(refused.values())), "")) or None,
        format_func=TITLES.__getitem__,
    )
    with errors.shown():
        if choice == EDIT:
            dialogs.ask(EDIT, project.id)
        elif choice == COPY:
            projects.duplicate_project(store, project.id)
            st.rerun()
        elif choice == ARCHIVE:
            projects.archive_project(store, project.id)
            st.rerun()
        elif choice in (SAVE, DELETE):
            dialogs.ask(choice, project.id)


def archived_row(project: ProjectView) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{plain(project.name)}** :small[:gray[archived {when(project.archived_at)}]]"
        )
        if allowed.button(
            "Restore", needs=OWNER, project_id=project.id, key=f"restore-{project.id}",
            icon=":material/unarchive:",
        ):  # fmt: skip
            projects.restore_project(store, project.id)
            st.rerun()
        if allowed.button(
            "Delete", needs=OWNER, project_id=project.id, key=f"delete-{project.id}",
            icon=":material/delete:",
        ):  # fmt: skip
            dialogs.ask(DELETE, project.id)


def show_files(found: list[BackupFile]) -> None:
    """Projects that were saved in files, and how one is brought here."""
    begun = making.is_busy() or making.has_news()
    title = f"Projects in files ({len(found)})" if found else "Bring a project from a file"
    with st.expander(title, key="files", expanded=begun, icon=":material/folder_zip:"):
        st.write(one_project.WHAT)
        making.tell_last(PROJECT, BRINGING)
        making.show(PROJECT, BRINGING)
        one_project.bring()
        for file in found:
            saved_files.show(file)


def show_dialog() -> None:
    question, about_id = dialogs.asked()
    if question == "new":
        ask_new()
    elif question == EDIT:
        ask_edit(projects.get_project(store, about_id))
    elif question == SAVE:
        ask_save(projects.get_project(store, about_id))
    elif question == DELETE:
        ask_delete(projects.get_project(store, about_id))
    saved_files.show_dialog(saved)
    one_project.show_dialog()


frame.header(None, "What would you like to teach?")
entries = projects.list_projects(store)
if entries:
    live = releases.all_live(store)
    with st.container(horizontal=True):
        if st.button("New project", key="new", icon=":material/add:"):
            dialogs.ask("new")
        if not any(entry.project.is_sample for entry in entries) and st.button(
            "Open the sample project", key="sample", icon=":material/school:"
        ):
            open_sample()
    with st.grid(3, min_column_width=340):
        for position, entry in enumerate(entries):
            card(entry, live.get(entry.project.id), is_first=position == 0)
else:
    welcome()
if archived := projects.list_projects(store, archived=True):
    with st.expander(f"Archived projects ({len(archived)})"):
        for entry in archived:
            archived_row(entry.project)
saved = backups.list_saved(store)
show_files(saved)
with errors.shown():
    show_dialog()
