"""A number in the playground: the estimate, and between which ones the true one lies."""

import streamlit as st

from workbench.core.chats.unreadable import Unreadable
from workbench.core.tasks.number_answers import canonical, value_of
from workbench.core.units import few_figures
from workbench.ui import context
from workbench.ui.text import plain
from workbench.use import conversations, playground
from workbench.use.client import Number
from workbench.use.conversations import MessageView


def show(message: MessageView) -> None:
    """The number of an answer; of a score its nearest step first."""
    found = playground.number_of(message)
    if found is None:
        st.markdown(f":blue-badge[:material/straighten: {plain(message.content)}]")
        return
    st.markdown(
        f":blue-badge[:material/straighten: {plain(_head(found))}] {plain(_between(found))}"
    )
    if found.outside is not None:
        st.caption(
            f":material/info: Its own estimate was {plain(few_figures(found.outside))}, beyond all numbers "
            "that it has seen; it is kept within them."
        )


def right_one(answer: MessageView) -> None:
    """The number that it should have been."""
    key = f"number-{answer.id}"
    typed = st.text_input(
        "The right number",
        value=answer.correction or None,
        key=key,
        placeholder="The right number",
        label_visibility="collapsed",
        width=200,
        on_change=_keep,
        args=(answer.id, key),
    )
    if typed and _number_in(typed) is None:
        st.caption(f":orange[{plain(typed)} is no number: type one such as 12.5.]")


def _head(found: Number) -> str:
    exact = few_figures(found.value)
    if found.rounded is None:
        return exact
    return f"{few_figures(found.rounded)} (exactly {exact})"


def _between(found: Number) -> str:
    if found.low is None or found.high is None:
        return ""
    low, high = few_figures(found.low), few_figures(found.high)
    return f"between {low} and {high}, nine times of ten"


def _number_in(text: str) -> str | None:
    try:
        return canonical(text)
    except Unreadable:
        return None


def _keep(message_id: int, key: str) -> None:
    """Keep what was typed if it is a number; nothing typed takes a correction back."""
    typed = st.session_state[key] or ""
    number = _number_in(typed) if typed.strip() else ""
    if number is not None and (not number or value_of(number) == value_of(number)):
        conversations.correct(context.store(), message_id, number)
