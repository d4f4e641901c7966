"""The edits that are not saved yet: each with before and after, and the way back."""

import streamlit as st

from workbench.core.words import plural
from workbench.data import pending_edits, search
from workbench.data.edits.edit import WHOLE
from workbench.data.pending_edits import Pending
from workbench.data.search import Query
from workbench.data.versions import VersionInfo
from workbench.ui import context
from workbench.ui.checkup import marked
from workbench.ui.explore import row_form
from workbench.ui.numbers import count

_SHOWN = 300
_WIDE = ("Before", "After", "Text")
_ORDER = ("Undo", "Edit", "Row", "Where", *_WIDE, "When")
_EDIT, _BACK = "explore-change-edit", "explore-change-back"


def show(version: VersionInfo, edits: Pending, query: Query) -> None:
    """A table of the edits that a query finds."""
    number, lines = search.find_pending(version, edits, query, _SHOWN)
    if not number:
        st.info("No edit is like that: search for something else.", icon=":material/search_off:")
        return
    frame = marked.changes(lines)
    frame.insert(0, "Undo", ":material/undo:")
    frame.insert(
        1, "Edit", ["" if line["column"] == WHOLE else ":material/edit:" for line in lines]
    )
    st.dataframe(
        frame,
        hide_index=True,
        key="explore-changes",
        column_order=[name for name in _ORDER if name in frame],
        column_config={
            "Undo": st.column_config.ButtonColumn(
                "Undo", key=_BACK, width=60, on_click=_take_back, args=(version, lines)
            ),
            "Edit": st.column_config.ButtonColumn(
                "Edit", key=_EDIT, width=60, on_click=_edit, args=(lines,)
            ),
            "Row": st.column_config.NumberColumn("Row", width=65),
            **{name: st.column_config.TextColumn(name, width="medium") for name in _WIDE},
        },
        alt="Edits that are not saved yet",
    )
    more = f", the first {count(len(lines))} edits" if len(lines) == _SHOWN else ""
    st.caption(f"{plural(number, 'row')}{more}. Undo takes a single edit back.")


def _take_back(version: VersionInfo, lines: list[dict[str, str]]) -> None:
    line = lines[st.session_state[_BACK]["row"]]
    edits = pending_edits.pending(context.store(), version)
    edits.take_back(int(line["row"]), line["column"])
    pending_edits.keep(context.store(), version, edits)


def _edit(lines: list[dict[str, str]]) -> None:
    row_form.ask(int(lines[st.session_state[_EDIT]["row"]]["row"]))
