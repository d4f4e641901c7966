"""What can be done with the newest answers: another one, the question in other words, who taught them."""

import streamlit as st

from workbench.evaluation.rows import learned_rows
from workbench.ui import context, errors, taught_by
from workbench.ui.accounts import allowed
from workbench.ui.text import plain
from workbench.ui.use import history
from workbench.use import branching
from workbench.use.conversations import Turn
from workbench.use.playground import Answerer


def bar(turn: Turn, answerer: Answerer) -> int | None:
    """The buttons under the newest answers; the question that is to be answered (again), if one is."""
    with st.container(horizontal=True, vertical_alignment="center", key="again-bar"):
        again = allowed.button(
            "Another answer",
            key="again",
            icon=":material/refresh:",
            shortcut="Alt+A",
            help="Ask the same question once more; the answers so far stay.",
        )
        with st.popover("Ask in other words", icon=":material/edit:", key="edit-question"):
            edited = _edited(turn)
    return turn.question.id if again else edited


def _edited(turn: Turn) -> int | None:
    with st.form(f"edit-{turn.question.id}", border=False):
        text = st.text_area(
            "Your question",
            turn.question.content,
            key=f"edited-{turn.question.id}",
            height=120,
            help="It is asked in a conversation of its own, with what was said before; this one stays "
            "as it is.",
        )
        if allowed.form_submit_button("Ask", type="primary", key=f"edit-ask-{turn.question.id}"):
            with errors.shown():
                made, question = branching.branch(context.store(), turn.question.id, text)
                history.open_conversation(made)
                return question
    return None


def nearest(turn: Turn, answerer: Answerer) -> None:
    """The user's own examples that are most like the question; closed it costs nothing."""
    if answerer.run_id is None or answerer.continues:
        return
    box = st.expander(
        "Your examples that are most like this question",
        icon=":material/account_tree:",
        key=f"nearest-{turn.question.id}",
        on_change="rerun",
    )
    if box.open:
        with box, errors.shown():
            _nearest(turn, answerer, answerer.run_id)


def _nearest(turn: Turn, answerer: Answerer, run_id: int) -> None:
    learned = taught_by.learned_by(run_id)
    if learned is None:
        st.write("The rows that it learned from say nothing that could be compared.")
        return
    found = learned.near(turn.question.content)
    said = turn.answer_of(answerer.id)
    answered = said.content if said else ""
    told = learned_rows.sentence(found, learned, str(answerer.task), answered)
    if told:
        st.markdown(plain(told))
    if found:
        taught_by.table(found, f"nearest-rows-{turn.question.id}")
