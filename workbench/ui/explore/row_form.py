"""One row in full, to be changed: its texts, the turns of a conversation, the fields of an answer."""

from typing import Any

import streamlit as st

from workbench.core.tasks import task_named
from workbench.core.tasks.category_sets import categories_in
from workbench.core.tasks.category_sets import written as as_set
from workbench.data import pending_edits, search, versions
from workbench.data.edits import fields
from workbench.data.pending_edits import Pending
from workbench.data.versions import VersionInfo
from workbench.ui import context, dialogs
from workbench.ui.checkup.marked import PARTS, title_of
from workbench.ui.explore import fields_form, turns_form
from workbench.ui.text import plain

KEPT = "explore-kept"
"""In the session, the row that was kept last."""
_QUESTION = "explore-row"
_TURNS, _FIELDS = "turns", "fields"
_LONG, _LONG_PX = 1500, 420
"""Longer texts scroll inside a box of this height."""


def ask(number: int) -> None:
    """Open the form of a row."""
    turns_form.forget(number)
    dialogs.ask(_QUESTION, number)


def show_if_asked(version: VersionInfo) -> None:
    """The form, while a row is asked for."""
    question, number = dialogs.asked()
    if question != _QUESTION:
        return
    found = versions.rows_by_id(version, [number]).to_pylist()
    if not found:
        dialogs.answered()
        st.toast(f"There is no row {number:,} in this version.", icon=":material/search_off:")
        return
    title = f"Row {number:,} ({PARTS[found[0]['split']]})"
    st.dialog(title, width="medium", dismissible=False)(_form)(version, found[0])


def has_form(version: VersionInfo, role: str) -> bool:
    """Whether a role has turns or fields, which nobody can change as one text."""
    return bool(_form_of(version, role))


def _form_of(version: VersionInfo, role: str) -> str:
    task = task_named(version.task)
    if not task.is_json(role):
        return ""
    return _TURNS if task.rows_are_conversations else _FIELDS


def _form(version: VersionInfo, row: dict[str, Any]) -> None:
    number = row["row_id"]
    edits = pending_edits.pending(context.store(), version)
    now = {
        role: edits.change.get((number, role), text or "")
        for role, text in row.items()
        if role not in ("row_id", "split")
    }
    typed = {role: input_of(version, role, text, number) for role, text in now.items()}

    if any(row_id == number for row_id, _ in edits.change) and st.button(
        "Back to what is saved", key="row-back", icon=":material/undo:", type="tertiary"
    ):
        pending_edits.rewrite(version, edits, row, {role: row[role] or "" for role in now})
        _kept(version, edits, number)
        dialogs.close()

    def keep() -> None:
        pending_edits.rewrite(version, edits, row, {role: read() for role, read in typed.items()})
        _kept(version, edits, number)

    dialogs.decide("row", "Keep", "Discard", keep, likely=True)


def _kept(version: VersionInfo, edits: Pending, number: int) -> None:
    pending_edits.keep(context.store(), version, edits)
    st.session_state[KEPT] = number


def input_of(version: VersionInfo, role: str, text: str, number: int) -> Any:
    """The input of a role; returns what reads it as one text, which may raise `WorkbenchError`."""
    key, title, form = f"row-{number}-{role}", title_of(role, version.task), _form_of(version, role)
    if form == _TURNS:
        return turns_form.show(title, text, number)
    if form == _FIELDS:
        others = search.texts_of(version, role, fields.OTHERS)
        return fields_form.show(title, text, others, key)
    if role == "label" and task_named(version.task).answers_are_sets:
        known = sorted({*version.labels, *categories_in(text)})
        several = st.multiselect(title, known, categories_in(text), key=key, format_func=plain)
        return lambda: as_set(several)
    if role == "label" and task_named(version.task).answers_are_numbers:
        typed = st.text_input(title, text, key=key)
        return lambda: typed
    if role == "label":
        labels = [*version.labels, *({text} - {*version.labels})]
        chosen = st.selectbox(title, labels, index=labels.index(text), key=key)
        return lambda: chosen
    written = st.text_area(
        title, text, height=_LONG_PX if len(text) > _LONG else "content", key=key
    )
    return lambda: written
