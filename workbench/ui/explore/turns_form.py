"""A conversation to be changed: a text for each turn, with who speaks."""

from collections.abc import Callable

import streamlit as st

from workbench.data.edits import turns
from workbench.data.edits.turns import SPEAKERS, Turn


def forget(number: int) -> None:
    """Let the form of a row begin with what the row says."""
    st.session_state.pop(_key(number), None)


def show(title: str, text: str, number: int) -> Callable[[], str]:
    """The turns of a row; returns what reads them as one conversation.

    Its errors are sentences for the user (`WorkbenchError`).
    """
    then = turns.turns_of(text)
    order: dict[int, Turn] = st.session_state.setdefault(_key(number), dict(enumerate(then)))
    st.markdown(f":small[{title}]")
    said = [
        _turn(f"turn-{number}-{name}", place, turn, number, name)
        for place, (name, turn) in enumerate(order.items(), 1)
    ]
    st.button(
        "Add a turn",
        key=f"turn-{number}-add",
        icon=":material/add:",
        on_click=_add,
        args=(number, turns.next_speaker(said)),
    )
    if turns.will_merge(said):
        st.caption("Turns in a row by the same speaker become one turn.")
    return lambda: text if said == then else turns.conversation_of(said)


def _key(number: int) -> str:
    return f"explore-turns-{number}"


def _turn(key: str, place: int, turn: Turn, number: int, name: int) -> Turn:
    with st.container(border=True, key=f"{key}-card", gap="small"):
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
        ):
            speakers = [
                who for who in SPEAKERS if place == 1 or who != "system" or who == turn.role
            ]
            role = st.selectbox(
                f"Who speaks in turn {place}",
                speakers,
                index=speakers.index(turn.role),
                format_func=SPEAKERS.__getitem__,
                key=f"{key}-role",
                label_visibility="collapsed",
                width=150,
            )
            st.button(
                "Remove",
                key=f"{key}-remove",
                icon=":material/delete:",
                type="tertiary",
                on_click=_remove,
                args=(number, name),
                help=f"Remove turn {place}",
            )
        content = st.text_area(
            f"Turn {place}",
            turn.content,
            height="content",
            key=f"{key}-text",
            label_visibility="collapsed",
        )
        learn = role != "assistant" or st.checkbox(
            "Learned",
            turn.learn,
            key=f"{key}-learn",
            help="Whether the model learns to write this answer, or only reads it.",
        )
    return Turn(role, content, learn)


def _remove(number: int, name: int) -> None:
    st.session_state[_key(number)].pop(name)


def _add(number: int, role: str) -> None:
    order: dict[int, Turn] = st.session_state[_key(number)]
    order[max(order, default=-1) + 1] = Turn(role, "")
