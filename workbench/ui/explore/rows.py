"""The rows: searched, filtered, edited in place."""

from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from workbench import exploring
from workbench.exploring import Pending, Query
from workbench.tasks import SPLITS
from workbench.ui import context
from workbench.ui.checkup.marked import PARTS, TITLES, said
from workbench.ui.numbers import count
from workbench.versions import VersionInfo

_SHOWN = 300
_ALL = ""


def show(version: VersionInfo, edits: Pending) -> None:
    """Search, filter, and a table whose texts can be changed; each change is kept at once."""
    query = _query(version)
    found, total = exploring.search(version, query, _SHOWN)
    if not total:
        st.info("No row is like that: search for something else.", icon=":material/search_off:")
        return
    rows = {row["row_id"]: row for row in found.to_pylist()}
    roles = [name for name in found.column_names if name not in ("row_id", "split")]
    frame = _frame(rows, roles, edits)
    edited = st.data_editor(
        frame,
        hide_index=True,
        height=460,
        disabled=["Row", "Part"],
        key=f"explore-rows-{version.id}-{hash(query)}",
        column_config=_columns(version, roles),
    )
    shown = f"The first {count(len(rows))} of {count(total)} rows." if total > len(rows) else ""
    st.caption(
        f"{shown or f'{count(total)} rows.'} Double-click a text to change it; tick a row to take "
        "it out. Nothing changes in the dataset before you save."
    )
    _keep(version, edits, rows, edited, roles)


def _query(version: VersionInfo) -> Query:
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
    return Query(text, split, label)


def _frame(rows: dict[int, dict[str, Any]], roles: list[str], edits: Pending) -> pd.DataFrame:
    table: dict[str, list[Any]] = {
        "Take out": [row in edits.remove for row in rows],
        "Row": list(rows),
        "Part": [PARTS[row["split"]] for row in rows.values()],
    }
    for role in roles:
        texts = [edits.change.get((number, role), row[role]) for number, row in rows.items()]
        table[TITLES[role]] = [text or "" for text in texts]
    return pd.DataFrame(table)


def _columns(version: VersionInfo, roles: list[str]) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "Take out": st.column_config.CheckboxColumn("Take out", width="small"),
        "Row": st.column_config.NumberColumn("Row", width="small"),
        "Part": st.column_config.TextColumn("Part", width="small"),
    }
    for role in roles:
        title = TITLES[role]
        if role == "label":
            columns[title] = st.column_config.SelectboxColumn(
                title, options=version.labels, required=True, width="medium"
            )
        else:
            columns[title] = st.column_config.TextColumn(title, width="large")
    return columns


def _keep(
    version: VersionInfo,
    edits: Pending,
    rows: dict[int, dict[str, Any]],
    edited: pd.DataFrame,
    roles: list[str],
) -> None:
    """What stands in the table, merged into what was changed elsewhere."""
    after = {
        int(line["Row"]): {role: str(line[TITLES[role]] or "") for role in roles}
        for line in edited.fillna("").to_dict("records")
    }
    ticked = {int(row) for row in edited.loc[edited["Take out"], "Row"]}
    others = {key: text for key, text in edits.change.items() if key[0] not in rows}
    changes = {**others, **exploring.changed(rows, after)}
    removed = (edits.remove - set(rows)) | ticked
    if changes == edits.change and removed == edits.remove:
        return
    edits.change, edits.remove = changes, removed
    exploring.keep(context.store(), version, edits)
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
