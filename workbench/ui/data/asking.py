"""What only the user can say of a file: asked before anything is made of it."""

import dataclasses

import streamlit as st

from workbench.data.asking.answers import is_open
from workbench.data.examples.plan import Source
from workbench.data.readers import Table
from workbench.ui.data import draft as drafts
from workbench.ui.data.draft import Draft
from workbench.ui.text import plain


def is_answered(draft: Draft, source: Source, table: Table) -> bool:
    """Show the question, if the file has one; whether there is nothing left to be answered."""
    question = table.question
    if question is None:
        return True
    titles = {choice.name: choice.title for choice in question.choices}
    key = f"data-read-choice-{source.digest[:8]}"
    if st.session_state.get(key) not in titles:
        st.session_state[key] = question.chosen or None
    with st.container(border=True):
        st.markdown(f":material/help: **{plain(question.text)}**")
        value = st.radio(
            "Your answer",
            list(titles),
            index=None,
            format_func=lambda name: plain(titles[name]),
            key=key,
            label_visibility="collapsed",
        )
        if is_open(table):
            st.caption("Nothing is made of the file until you choose; you can change it later.")
    if value and value != question.chosen:
        _keep(draft, value)
    return not is_open(table)


def choose_again(draft: Draft) -> None:
    """The way back from an answer with which the file could not be read."""
    if draft.read.choice and st.button(
        "Choose again", key="data-choose-again", icon=":material/undo:"
    ):
        _keep(draft, "")


def _keep(draft: Draft, choice: str) -> None:
    """The other task and columns that were chosen belong to another reading."""
    draft.read = dataclasses.replace(draft.read, choice=choice)
    draft.task, draft.roles = "", {}
    drafts.save(draft)
    for key in [key for key in st.session_state if str(key).startswith(("data-task", "data-role"))]:
        del st.session_state[key]
    st.rerun()
