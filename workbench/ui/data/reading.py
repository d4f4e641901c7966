"""How the file was read, and how to correct it."""

import dataclasses

import streamlit as st

from workbench.core.errors import WorkbenchError
from workbench.core.words import plural
from workbench.data.examples.plan import Source
from workbench.data.files import sources
from workbench.data.readers import (
    ARROW,
    CHAT,
    CSV,
    DOCUMENT,
    MAIL,
    PACKED,
    PARQUET,
    TITLES,
    XLSX,
    ReadOptions,
    Table,
)
from workbench.data.readers.encodings import CHOICES
from workbench.data.readers.tables.delimited import TITLES as DELIMITERS
from workbench.data.readers.tables.quotes import TITLES as QUOTES
from workbench.ui.data import cached, large_file
from workbench.ui.data import draft as drafts
from workbench.ui.data.draft import Draft
from workbench.ui.text import plain


def read(draft: Draft, source: Source) -> Table | None:
    """The table with a line on what it is; None (and why) if it cannot be read."""
    read = large_file.is_read(source, draft.read)
    table, error = _try(source, draft.read) if read else (None, "")
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.markdown(_headline(source.name, table), width="content")
        if st.button("Use another file", key="data-other", icon=":material/swap_horiz:"):
            draft.source = None
            drafts.start_over(draft)
            st.rerun()
    if not read and not large_file.show_reading(source, draft.read):
        return None
    if error:
        st.error(plain(error), icon=":material/error:")
    _corrections(draft, source, table)
    for note in table.notes if table else ():
        st.caption(plain(note))
    return table


def _try(source: Source, options: ReadOptions) -> tuple[Table | None, str]:
    try:
        return cached.table(source, options), ""
    except WorkbenchError as error:
        return None, str(error)


def _headline(name: str, table: Table | None) -> str:
    if table is None:
        return f":material/description: **{plain(name)}**"
    parts = [
        f"{plural(table.rows, 'row')} × {plural(len(table.columns), 'column')}",
        plain(TITLES[table.kind]),
    ]
    if table.kind == XLSX:
        parts[-1] += f", sheet '{plain(table.options.sheet)}'"
    if table.kind == CSV and len(table.columns) > 1:
        parts[-1] += (
            f" with {plain(_BETWEEN.get(table.options.delimiter, 'a separator of its own'))}"
        )
    if table.options.encoding:
        encoding = CHOICES.get(table.options.encoding, table.options.encoding)
        parts.append(plain(encoding.split(" (")[0]))
    return f":material/description: **{plain(name)}** · " + " · ".join(parts)


def _corrections(draft: Draft, source: Source, table: Table | None) -> None:
    """Every finding of the reader as a field; what is changed is kept, the rest found out anew."""
    kind, sheets = (table.kind, table.sheets) if table else sources.outline(source)
    if table and table.people:
        _answerer(draft, table)
    if kind in _AS_IT_IS:
        return
    wrong = table is None
    chosen = table.options if table else draft.read
    if len(sheets) > 1:
        _select(draft, "sheet", "Sheet", {name: name for name in sheets}, chosen.sheet)
    with st.expander("How the file was read", expanded=wrong, icon=":material/tune:"):
        columns = st.columns(4)
        if kind != XLSX:
            with columns[0]:
                _select(draft, "encoding", "Encoding", CHOICES, chosen.encoding)
        if kind in ("", CSV):
            with columns[1]:
                _select(draft, "delimiter", "Separator", DELIMITERS, chosen.delimiter)
            with columns[2]:
                _select(draft, "quoting", "Quote signs", QUOTES, chosen.quoting)
        if kind in ("", CSV, XLSX):
            with columns[3] if kind != XLSX else columns[0]:
                _header_row(draft, chosen)
        if draft.read != ReadOptions() and st.button(
            "Find out again", key="data-read-again", icon=":material/restart_alt:"
        ):
            draft.read = ReadOptions()
            drafts.start_over(draft)
            st.rerun()


_AS_IT_IS = (PARQUET, ARROW, DOCUMENT, MAIL, CHAT, PACKED)
"""Kinds of files of which there is nothing to correct but who answers."""
_BETWEEN = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}


def _answerer(draft: Draft, table: Table) -> None:
    titles = {
        who: f"Everybody of {who[1:]}" if who.startswith("@") else who for who in table.people
    }
    _select(draft, "assistant", "Whose messages are the answers?", titles, table.options.assistant)


def _select(draft: Draft, option: str, label: str, titles: dict[str, str], current: str) -> None:
    key = f"data-read-{option}"
    values = list(titles) if current in titles or not current else [*titles, current]
    if st.session_state.get(key) not in values:
        st.session_state[key] = current or None
    value = st.selectbox(
        label,
        values,
        index=None,
        format_func=lambda v: titles.get(v, v),
        key=key,
        placeholder="Choose",
    )
    if value and value != current:
        _change(draft, **{option: value})


def _header_row(draft: Draft, chosen: ReadOptions) -> None:
    key = "data-read-header_row"
    current = 1 if chosen.header_row is None else chosen.header_row
    st.session_state.setdefault(key, current)
    value = st.number_input(
        "Row with the column names", 0, 1000, key=key, step=1, help="0 if there is none."
    )
    if value != current:
        _change(draft, header_row=value)


def _change(draft: Draft, **values: object) -> None:
    """Keep a correction and read again; the fields then show what that found."""
    draft.read = dataclasses.replace(draft.read, **values)  # type: ignore[arg-type]
    drafts.save(draft)
    for key in [key for key in st.session_state if str(key).startswith("data-read-")]:
        del st.session_state[key]
    st.rerun()
