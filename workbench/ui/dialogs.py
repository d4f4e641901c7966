"""Which question is open: a dialog stays open through a rerun, until it is answered or dismissed.

A page asks with `ask("delete", 3)`, shows the dialog whenever `asked()` says so, and the answer
ends with `close()`; the dialog's `on_dismiss` is `answered`.
"""

from collections.abc import Callable

import streamlit as st

from workbench.ui import errors

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


def close() -> None:
    """Close the question and draw the page anew."""
    answered()
    st.rerun()


def decide(
    key: str,
    yes: str,
    no: str,
    act: Callable[[], object],
    *,
    icon: str | None = None,
    likely: bool = False,
) -> None:
    """The two buttons of a question, `KEY-yes` and `KEY-no`.

    Args:
        act: what *yes* does; what it cannot do is said in the dialog, which then stays.
        likely: most who come here will say yes, so that this is the primary button.
    """
    with st.container(horizontal=True):
        agreed = st.button(
            yes, key=f"{key}-yes", icon=icon, type="primary" if likely else "secondary"
        )
        refused = st.button(no, key=f"{key}-no", type="secondary" if likely else "primary")
    if agreed:
        with errors.shown():
            act()
            close()
    if refused:
        close()
