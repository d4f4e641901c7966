"""The fields of an answer to be changed: an input for each."""

import itertools
from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd
import streamlit as st

from workbench.data.edits import fields as answer_fields
from workbench.data.edits import typed_fields
from workbench.data.edits.fields import JSON, LINES, NO, YES, YES_NO, Field, Path, Typed
from workbench.ui.text import plain

_SHORT = 40
"""So many characters stand in half a line."""
_HOW = {
    LINES: " (one a line)",
    JSON: " (JSON: change only what stands between the quotation marks)",
}


def show(title: str, text: str, others: Iterable[str], key: str) -> Callable[[], str]:
    """The fields of an answer; returns what reads them as one JSON object.

    Its errors are sentences for the user (`WorkbenchError`).

    Args:
        others: answers of other rows, which tell what fields there are and of which kind.
    """
    fields = answer_fields.fields_of(text, others)
    with st.container(border=True, key=f"{key}-fields"):
        st.markdown(f":small[{title}: leave a field empty where the text does not say it.]")
        typed: dict[Path, Typed] = {}
        for is_short, group in itertools.groupby(
            enumerate(fields), lambda each: _is_short(each[1])
        ):
            columns: list[Any] = []
            for place, field in group:
                columns = columns or st.columns(2 if is_short else 1)
                with columns.pop(0):
                    typed[field.path] = _input(field, f"{key}-{place}")
    return lambda: typed_fields.answer_of(text, fields, typed)


def _is_short(field: Field) -> bool:
    shown = answer_fields.format_field(field)
    if isinstance(shown, list) or field.kind in (LINES, JSON):
        return False
    return "\n" not in shown and len(shown) <= _SHORT


def _input(field: Field, key: str) -> Typed:
    shown, title = answer_fields.format_field(field), plain(field.title)
    if isinstance(shown, list):
        return _table(field, shown, key)
    if field.kind == YES_NO:
        names = [YES, NO]
        index = names.index(shown) if shown else None
        return st.selectbox(title, names, index=index, key=key, placeholder="not said") or ""
    if _is_short(field):
        return st.text_input(title, shown, key=key)
    return st.text_area(title + _HOW.get(field.kind, ""), shown, height="content", key=key)


def _table(field: Field, lines: list[dict[str, str]], key: str) -> Typed:
    st.markdown(f":small[{plain(field.title)}]")
    edited = st.data_editor(
        pd.DataFrame(lines, columns=field.columns, dtype="str"),
        num_rows="dynamic",
        hide_index=True,
        placeholder="",
        key=key,
        column_config={name: st.column_config.TextColumn(name) for name in field.columns},
        alt=field.title,
    )
    return [
        {str(name): str(text) for name, text in line.items()}
        for line in edited.fillna("").to_dict("records")
    ]
