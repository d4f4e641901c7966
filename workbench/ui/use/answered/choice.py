"""Which file is answered, how it is read, and which of its columns is what."""

import dataclasses

import streamlit as st

from workbench.core.errors import WorkbenchError
from workbench.core.tasks import Task
from workbench.core.tasks.text_pair import ROLE as PAIR
from workbench.core.words import plural
from workbench.data import datasets
from workbench.data.examples.plan import Source
from workbench.data.files import sources
from workbench.data.readers import CSV, TITLES, XLSX, Table
from workbench.ui import context, errors
from workbench.ui.accounts import allowed
from workbench.ui.data import cached, large_file, upload_box
from workbench.ui.text import plain
from workbench.ui.use.answered import draft as drafts
from workbench.ui.use.answered.draft import Draft
from workbench.use.answered import asking
from workbench.use.answered.asking import Order

_TITLES = {PAIR: "Second text that belongs to it"}
_SHOWN = 5
_MOST_HEADER = 1000


def upload(draft: Draft) -> None:
    """Ask for a file; nothing else of it is on the page until there is one."""
    count = st.session_state.setdefault("answer_uploads", 0)
    file = allowed.file_uploader(
        "File to answer (Excel, CSV and what else is a table)",
        key=f"answer-upload-{count}",
        help="XLSX, XLSM, ODS, CSV, TSV, JSON lines, Parquet and others. It stays on this machine, "
        "and your own file is never changed: you get a copy with the answers in new columns.",
    )
    large = upload_box.received(draft, "answer", drafts.save)
    with errors.shown():
        if file is not None:
            _take(datasets.keep(file, file.name))
        elif large is not None:
            _take(large)


def _take(source: Source) -> None:
    drafts.start_over(source)
    st.rerun()


def read(draft: Draft, order: Order) -> Table | None:
    """The file's table, with a line on what it is; None (and why) as long as there is none."""
    options = asking.options_of(context.store(), order)
    ready = large_file.is_read(order.source, options)
    table, error = None, ""
    if ready:
        try:
            table = cached.table(order.source, options)
        except WorkbenchError as why:
            error = str(why)
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.markdown(_headline(order.source.name, table), width="content")
        if st.button("Use another file", key="answer-other", icon=":material/swap_horiz:"):
            drafts.start_over(None)
            st.rerun()
    if not ready:
        large_file.show_reading(order.source, options)
        return None
    if error:
        st.error(plain(error), icon=":material/error:")
    _corrections(draft, order.source, table)
    return table


def _headline(name: str, table: Table | None) -> str:
    if table is None:
        return f":material/description: **{plain(name)}**"
    size = f"{plural(table.rows, 'row')} × {plural(len(table.columns), 'column')}"
    kind = plain(TITLES[table.kind])
    if table.kind == XLSX and table.options.sheet:
        kind += f", sheet '{plain(table.options.sheet)}'"
    return f":material/description: **{plain(name)}** · {size} · {kind}"


def _corrections(draft: Draft, source: Source, table: Table | None) -> None:
    """Sheet and row of names, as found out, to be changed."""
    kind, sheets = (table.kind, table.sheets) if table else sources.outline(source)
    if kind not in ("", CSV, XLSX):
        return
    current = table.options if table else draft.read
    with st.container(horizontal=True, key="answer-reading"):
        if len(sheets) > 1:
            place = sheets.index(current.sheet) if current.sheet in sheets else None
            sheet = st.selectbox(
                "Sheet", sheets, index=place, format_func=plain, key="answer-sheet", width=280
            )
            if sheet and sheet != current.sheet:
                _change(draft, sheet=sheet, header_row=None)
        header = 1 if current.header_row is None else current.header_row
        row = st.number_input(
            "Row with the column names",
            0,
            _MOST_HEADER,
            header,
            key=f"answer-header-{current.sheet}-{header}",
            help="0 if there is none.",
            width=220,
        )
        if row != header:
            _change(draft, header_row=int(row))


def _change(draft: Draft, **values: object) -> None:
    draft.read = dataclasses.replace(draft.read, **values)  # type: ignore[arg-type]
    draft.columns = {}
    drafts.save(draft)
    for key in [key for key in st.session_state if str(key).startswith("answer-column-")]:
        del st.session_state[key]
    st.rerun()


def columns(draft: Draft, task: Task, order: Order, table: Table) -> dict[str, str] | None:
    """Role → column, as guessed from what the model has learned and then chosen; None as long as one
    is missing."""
    guessed = asking.guess_columns(context.store(), order.run_id, table)
    found: dict[str, str] = {}
    with st.container(horizontal=True, key="answer-columns"):
        for role, usual in guessed.items():
            known = draft.columns.get(role, usual)
            found[role] = _column(task, role, known, usual, table)
    if found != {role: draft.columns.get(role, usual) for role, usual in guessed.items()}:
        draft.columns = found
        drafts.save(draft)
    st.dataframe(_head(table), hide_index=True, key="answer-preview", height="content")
    missing = [role for role in task.required if role in guessed and not found[role]]
    if missing:
        titles = " and ".join(plain(task.role_titles.get(role, role)) for role in missing)
        st.info(
            f"No column of {plain(table.name)} looks like what your model has learned to read: "
            f"choose the one for *{titles}*.",
            icon=":material/view_column:",
        )
        return None
    chosen = {role: source for role, source in found.items() if source}
    return asking.woven(context.store(), order.run_id, chosen)


def _column(task: Task, role: str, known: str, usual: str, table: Table) -> str:
    options = list(dict.fromkeys([*filter(None, [known, usual]), *table.columns]))
    chosen = st.selectbox(
        f"Column: {plain(_TITLES.get(role) or task.role_titles.get(role, role))}",
        options,
        index=options.index(known) if known else None,
        format_func=plain,
        placeholder="Choose a column",
        key=f"answer-column-{role}",
        width=340,
    )
    return chosen or ""


def _head(table: Table) -> object:
    head = table.data.slice(0, _SHOWN).to_pandas().fillna("")
    head.insert(0, "Row", table.row_numbers[:_SHOWN].to_pylist(), allow_duplicates=True)
    return head
