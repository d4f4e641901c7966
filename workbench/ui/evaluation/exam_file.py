"""Testing a model on a file of the user's: which column is what, what is odd, and the score."""

import re
import tempfile
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from workbench.core.tasks import Task, task_named
from workbench.core.words import joined
from workbench.data import mapped_file
from workbench.data.columns import mapping
from workbench.data.columns.likeness import usual
from workbench.data.mapped_file import MappedFile
from workbench.data.readers import Table
from workbench.evaluation import evaluations as evaluation
from workbench.training.run_view import RunView
from workbench.ui import context, errors
from workbench.ui.accounts import allowed
from workbench.ui.text import plain

_KINDS = ["csv", "tsv", "txt", "xlsx", "jsonl", "json", "parquet"]
_LARGEST_MB = 32
"""Such a file is read at once, and many more questions say no more about a model."""
_LOOKED = "exam-file-looked"


def show(run: RunView) -> None:
    """Test the model on a file of the user's; what is odd about it stands there before the score."""
    version_id = evaluation.version_of(context.store(), run.id)
    roles = mapped_file.roles_of(context.store(), version_id, need_answers=True)
    _say_what_belongs_here(run, roles)
    upload = allowed.file_uploader(
        "File with questions and answers",
        type=_KINDS,
        max_upload_size=_LARGEST_MB,
        key=f"exam-file-{run.id}",
    )
    if upload is None:
        return
    with errors.shown():
        table = _table(version_id, upload)
        columns = _columns(task_named(run.task), roles, table)
        file = _look(version_id, upload, table, columns) if columns else None
        if file is None:
            return
        _say(file)
        if allowed.button("Score this file", key="score-file", icon=":material/grading:"):
            evaluation.start_evaluation(context.store(), run.id, file)
            st.rerun()


def _say_what_belongs_here(run: RunView, roles: dict[str, str]) -> None:
    names = dict.fromkeys(part for s in roles.values() for part in mapping.columns_in(s, ()))
    st.write(
        "Score the model on questions of your own whose right answers you know: a table with the "
        f"{'column' if len(names) == 1 else 'columns'} {joined([f'**{plain(c)}**' for c in names])}, "
        f"as in the examples of {plain(run.dataset_name)}, or with others that you then choose. It "
        "is kept apart: nothing is learned from it."
    )


def _table(version_id: int, upload: UploadedFile) -> Table:
    """The table in what was uploaded; read once."""
    key = (version_id, upload.file_id)
    kept = st.session_state.get(_LOOKED)
    if kept is None or kept[0] != key:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / _file_name(upload.name)
            path.write_bytes(upload.getbuffer())
            table = mapped_file.open_file(context.store(), version_id, path, upload.name)
        st.session_state[_LOOKED] = kept = (key, table)
    found: Table = kept[1]
    return found


def _columns(task: Task, roles: dict[str, str], table: Table) -> dict[str, str] | None:
    """Role → column of the file: as in the examples where it has such a column, else chosen here."""
    found = {role: usual(source, table) for role, source in roles.items()}
    missing = [role for role in task.required if role in roles and not found[role]]
    title = "Which column is what" if missing else "Columns"
    with st.expander(title, expanded=bool(missing), icon=":material/view_column:"):
        for role, source in roles.items():
            found[role] = _chosen(task, role, source, found[role], table)
    if still := [role for role in missing if not found[role]]:
        names = joined([f"'{plain(roles[role])}'" for role in still])
        st.info(
            f"{plain(table.name)} has no column {names}: choose which one it is.",
            icon=":material/view_column:",
        )
        return None
    return {role: source for role, source in found.items() if source}


def _chosen(task: Task, role: str, source: str, usual: str, table: Table) -> str:
    options = list(dict.fromkeys([*filter(None, [usual]), *table.columns]))
    chosen = st.selectbox(
        plain(task.role_titles.get(role, role)),
        options,
        index=options.index(usual) if usual else None,
        placeholder=f"'{source}' in the examples",
        key=f"exam-column-{role}",
    )
    return chosen or ""


def _look(
    version_id: int, upload: UploadedFile, table: Table, columns: dict[str, str]
) -> MappedFile:
    """The questions in it; mapped once for each choice of columns and spelling."""
    same = bool(st.session_state.get("exam-same-spelling"))
    key = (version_id, upload.file_id, tuple(columns.items()), same)
    kept = st.session_state.get("exam-file-mapped")
    if kept is None or kept[0] != key:
        file = mapped_file.map_table(
            context.store(),
            version_id,
            table,
            need_answers=True,
            columns=columns,
            same_spelling=same,
        )
        st.session_state["exam-file-mapped"] = kept = (key, file)
    found: MappedFile = kept[1]
    return found


def _say(file: MappedFile) -> None:
    """What is odd about it, before anything is scored."""
    for note in file.notes:
        st.warning(plain(note), icon=":material/warning:")
    if file.taken or any(category.is_same for category in file.unknown):
        st.checkbox(
            "Take categories that differ in spelling only for those that the model knows",
            key="exam-same-spelling",
        )


def _file_name(name: str) -> str:
    """The user's name for the file, less everything that means something in a path."""
    return re.sub(r"[^\w. -]", "_", Path(name).name).strip(" .")[-100:] or "file"
