"""Which question is open: a dialog stays open through a rerun, until it is answered or dismissed.

A page asks with `ask("delete", 3)`, shows the dialog whenever `asked()` says so, and the answer
ends with `answered()`, which is also the dialog's `on_dismiss`.
"""

import streamlit as st

_KEY = "asking"


def ask(question: str, about_id: int = 0) -> None:
    """Open a question about a thing."""
    st.session_state[_KEY] = (question, about_id)


def asked() -> tuple[str, int]:
    """The open question and what it is about; ("", 0) without one."""
    found: tuple[str, int] = st.session_state.get(_KEY, ("", 0))
    return found


def answered() -> None:
    """Close the question."""
    st.session_state.pop(_KEY, None)
