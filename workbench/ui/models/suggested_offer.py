"""Adding a suggested model: the hub is asked, and what it offers is shown in a dialog."""

from typing import Literal

import streamlit as st

from workbench.models.hub import GatedModel
from workbench.models.suggested import Suggestion
from workbench.projects.model_candidates import Candidate
from workbench.ui import dialogs, errors
from workbench.ui.accounts import allowed
from workbench.ui.models import adding, offer, suggested_words

QUESTION = "suggested-offer"
"""What `dialogs.asked` says while a suggestion is on offer."""
_GATED = "suggested-gated"
"""The suggestion whose owner asks for a token."""


def button(one: Candidate, suggestion: Suggestion, *, key: str, primary: bool) -> None:
    """Asks the hub for a suggestion; what it offers opens, what cannot be had is said below."""
    label = f"Add (download {suggested_words.download(suggestion)})"
    kind: Literal["primary", "secondary"] = "primary" if primary else "secondary"
    if allowed.button(
        label, needs=allowed.ADMINISTRATOR, key=key, type=kind, icon=":material/download:"
    ):
        with errors.shown():
            _ask(suggestion.hub_id, one.place)


def _ask(hub_id: str, place: int) -> None:
    """Have it on offer, and draw the page anew; what was open stays open where that fails.

    Raises:
        WorkbenchError: it cannot be had.
    """
    before = dialogs.asked()
    dialogs.ask(QUESTION, place)
    st.session_state.pop(_GATED, None)
    try:
        adding.add_hub(hub_id)  # draws the page anew where it can be had
    except GatedModel:
        st.session_state[_GATED] = hub_id
        st.rerun()
    except Exception:
        dialogs.ask(*before)
        raise


def is_open() -> bool:
    """Whether a suggestion is on offer, or its owner asks for a token."""
    asks = offer.pending() is not None or st.session_state.get(_GATED) is not None
    return dialogs.asked()[0] == QUESTION and asks


def _left() -> None:
    dialogs.answered()
    offer.forget()
    st.session_state.pop(_GATED, None)


@st.dialog("Add this model?", width="large", on_dismiss=_left)
def show() -> None:
    """What is on offer, or what its owner asks for first."""
    if about := offer.pending():
        offer.show(about)
    elif offer.ask_for_token(st.session_state[_GATED], adding.look_at):
        _left()
        st.rerun()
