"""The fields of an answer to be changed: an input for each."""

from collections.abc import Callable, Iterable

import pandas as pd
import streamlit as st

from workbench import answer_fields, answer_typed
from workbench.answer_fields import JSON, LINES, NO, TEXT, YES, YES_NO, Field, Typed

_SHORT = 80
"""So many characters are written on one line."""


def show(title: str, text: str, others: Iterable[str], key: str) -> Callable[[], str]:
    """The fields of an answer; returns what reads them as one JSON object.

    Its errors are sentences for the user (`WorkbenchError`).

    Args:
        others: answers of other rows, which tell what fields there are and of which kind.
    """
    fields = answer_fields.fields_of(text, others)
    with st.container(border=True, key=f"{key}-fields"):
        st.markdown(f":small[{title}: leave a field empty where the text does not say it.]")
        typed = {field.path: _input(field, f"{key}-{place}") for place, field in enumerate(fields)}
    return lambda: answer_typed.answer_of(text, fields, typed)


def _input(field: Field, key: str) -> Typed:
    shown = answer_fields.shown(field)
    if isinstance(shown, list):
        return _table(field, shown, key)
    if field.kind == YES_NO:
        names = [YES, NO]
        index = names.index(shown) if shown else None
        chosen = st.selectbox(field.title, names, index=index, key=key, placeholder="not said")
        return chosen or ""
    if field.kind == LINES:
        return st.text_area(f"{field.title} (one a line)", shown, height="content", key=key)
    if field.kind == JSON:
        return st.text_area(
            f"{field.title} (JSON: change only what stands between the quotation marks)",
            shown,
            height="content",
            key=key,
        )
    if field.kind == TEXT and ("\n" in shown or len(shown) > _SHORT):
        return st.text_area(field.title, shown, height="content", key=key)
    return st.text_input(field.title, shown, key=key)


def _table(field: Field, lines: list[dict[str, str]], key: str) -> Typed:
    st.markdown(f":small[{field.title}]")
    edited = st.data_editor(
        pd.DataFrame(lines, columns=field.columns, dtype="str"),
        num_rows="dynamic",
        hide_index=True,
        key=key,
        column_config={name: st.column_config.TextColumn(name) for name in field.columns},
        alt=field.title,
    )
    return [
        {str(name): str(text) for name, text in line.items()}
        for line in edited.fillna("").to_dict("records")
    ]
