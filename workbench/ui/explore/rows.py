"""The rows: searched, filtered, edited in place."""

from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from workbench.core.tasks import SPLITS, task_named
from workbench.data import pending_edits, search
from workbench.data.pending_edits import Pending
from workbench.data.search import Query
from workbench.data.versions import VersionInfo
from workbench.ui import context
from workbench.ui.checkup.marked import PARTS, TITLES, said, title_of
from workbench.ui.explore import changes, row_form
from workbench.ui.explore.row_form import has_form
from workbench.ui.numbers import count, plural

_SHOWN = 300
_DIGITS = 16
"""No row has a number of so many."""
_ALL = ""
_EDIT, _NUMBER, _ROUND = "explore-edit", "explore-row-number", "explore-round"


def show(version: VersionInfo, edits: Pending) -> None:
    """Search, filter, and a table whose texts can be changed; each change is kept at once."""
    query, only_changes = _query(version, edits)
    if only_changes:
        changes.show(version, edits, query)
        return
    found, total = search.search(version, edits, query, _SHOWN)
    if not total:
        st.info("No row is like that: search for something else.", icon=":material/search_off:")
        return
    rows = {row["row_id"]: row for row in found.to_pylist()}
    roles = [name for name in found.column_names if name not in ("row_id", "split")]
    edited = _table(version, rows, roles, edits, query)
    first = f"The first {count(len(rows))} of " if total > len(rows) else ""
    st.caption(
        f"{first}{plural(total, 'row')}. :material/edit: opens a row in full; a short text "
        "can be changed where it stands. Tick a row to take it out. Nothing changes in the "
        "dataset before you save."
    )
    _keep(version, edits, rows, edited, [name for name in roles if not has_form(version, name)])


def _query(version: VersionInfo, edits: Pending) -> tuple[Query, bool]:
    """What is looked for, and whether only among the edits that are not saved yet."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="explore-filter"):
        text = st.text_input(
            "Search", key="explore-text", icon=":material/search:", placeholder="refund", width=320
        )
        split = st.selectbox(
            "Part",
            [_ALL, *SPLITS],
            key="explore-split",
            format_func=lambda name: PARTS.get(name, "all parts"),
            width=160,
        )
        label = _ALL
        if version.labels:
            label = st.selectbox(
                "Category",
                [_ALL, *version.labels],
                key="explore-label",
                format_func=lambda name: name or "all categories",
                width=260,
            )
        st.text_input("Open row", key=_NUMBER, placeholder="12", width=110, on_change=_open_typed)
    only = bool(edits.sentence()) and st.toggle(
        "Only what is changed and not saved yet", key="explore-only-changes"
    )
    return Query(text, split, label), only


def _table(
    version: VersionInfo,
    rows: dict[int, dict[str, Any]],
    roles: list[str],
    edits: Pending,
    query: Query,
) -> pd.DataFrame:
    key = f"explore-rows-{version.id}-{hash(query)}-"
    _forget_kept(key, list(rows))
    return st.data_editor(
        _frame(version, rows, roles, edits),
        hide_index=True,
        height=min(38 + 35 * len(rows), 458),
        disabled=[
            "Row",
            "Part",
            *(title_of(role, version.task) for role in roles if has_form(version, role)),
        ],
        key=key + str(st.session_state.get(_ROUND, 0)),
        column_config=_columns(version, roles, list(rows)),
        alt="Rows of the dataset",
    )


def _forget_kept(key: str, numbers: list[int]) -> None:
    """Draw the table anew when a row was changed in its form that had been changed in the table
    before, which would write its own text over it."""
    kept = st.session_state.pop(row_form.KEPT, None)
    state = st.session_state.get(key + str(st.session_state.get(_ROUND, 0))) or {}
    if kept in numbers and numbers.index(kept) in state.get("edited_rows", {}):
        draw_anew()


def draw_anew() -> None:
    """Let the table forget what was typed into it; what was kept is shown."""
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _frame(
    version: VersionInfo, rows: dict[int, dict[str, Any]], roles: list[str], edits: Pending
) -> pd.DataFrame:
    table: dict[str, list[Any]] = {
        "Take out": [row in edits.remove for row in rows],
        "Edit": [":material/edit:"] * len(rows),
        "Row": list(rows),
    }
    for role in roles:
        texts = [edits.change.get((number, role), row[role]) or "" for number, row in rows.items()]
        in_words = [said(text, " · ") for text in texts] if has_form(version, role) else texts
        table[title_of(role, version.task)] = in_words
    table["Part"] = [PARTS[row["split"]] for row in rows.values()]
    return pd.DataFrame(table, index=list(rows))


def _columns(version: VersionInfo, roles: list[str], numbers: list[int]) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "Take out": st.column_config.CheckboxColumn("Take out", width=95),
        "Edit": st.column_config.ButtonColumn(
            "Edit", key=_EDIT, width=60, on_click=_open, args=(numbers,)
        ),
        "Row": st.column_config.NumberColumn("Row", width=65),
        "Part": st.column_config.TextColumn("Part", width="small"),
    }
    for role in roles:
        title = title_of(role, version.task)
        if role == "label" and task_named(version.task).answers_are_categories:
            columns[title] = st.column_config.SelectboxColumn(
                title, options=version.labels, required=True, width="medium"
            )
        else:
            columns[title] = st.column_config.TextColumn(title, width="large")
    return columns


def _open_typed() -> None:
    """The form of the row whose number was typed: the table's buttons need a mouse."""
    typed = st.session_state[_NUMBER].strip().replace(",", "")
    st.session_state[_NUMBER] = ""
    if typed.isdecimal() and len(typed) < _DIGITS:
        row_form.ask(int(typed))


def _open(numbers: list[int]) -> None:
    row_form.ask(numbers[st.session_state[_EDIT]["row"]])


def _keep(
    version: VersionInfo,
    edits: Pending,
    rows: dict[int, dict[str, Any]],
    edited: pd.DataFrame,
    roles: list[str],
) -> None:
    """What stands in the table, merged into what was changed elsewhere."""
    after = {
        int(line["Row"]): {role: str(line[title_of(role, version.task)] or "") for role in roles}
        for line in edited.fillna("").to_dict("records")
    }
    ticked = {int(row) for row in edited.loc[edited["Take out"], "Row"]}
    others = {
        (row, role): text
        for (row, role), text in edits.change.items()
        if row not in rows or role not in roles
    }
    changes = {**others, **pending_edits.find_changes(rows, after)}
    removed = (edits.remove - set(rows)) | ticked
    if changes == edits.change and removed == edits.remove:
        return
    edits.change, edits.remove = changes, removed
    pending_edits.keep(context.store(), version, edits)
    st.rerun()


def of(found: pa.Table) -> pd.DataFrame:
    """A few rows as a table to look at."""
    rows = found.to_pylist()
    roles = [name for name in found.column_names if name in TITLES and name != "split"]
    return pd.DataFrame(
        {
            "Row": [row["row_id"] for row in rows],
            "Part": [PARTS[row["split"]] for row in rows],
            **{TITLES[role]: [said(row[role] or "") for row in rows] for role in roles},
        }
    )
