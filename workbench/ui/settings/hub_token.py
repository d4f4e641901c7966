"""The access token for the hub: whether there is one, replacing and forgetting it."""

from collections.abc import Callable

import streamlit as st

from workbench.models.online import session, token
from workbench.ui import context, errors
from workbench.ui.accounts import allowed
from workbench.ui.text import plain

_SAID = "hub-token-said"


def show() -> None:
    """What there is, and the form to enter another."""
    st.markdown("##### Access to the Hugging Face hub")
    st.write(
        "Most models and data sets can be had without an access token. One is needed for those "
        "whose owners want to know who uses them, and to push data to the hub."
    )
    about = None
    with errors.shown():
        about = token.about(context.store())
        _state(about)
    if said := st.session_state.pop(_SAID, ""):
        st.success(plain(said), icon=":material/check:")
    form(replaces=about is not None and about.kept)


def form(
    key: str = "hub-token", *, replaces: bool = False, then: Callable[[], None] = lambda: None
) -> None:
    """Takes a token and keeps it; then does `then`, and the page is drawn anew.

    Args:
        replaces: there is one that it takes the place of.
    """
    with st.form(f"{key}-form", border=False, clear_on_submit=True):
        text = st.text_input(
            "Another access token" if replaces else "Access token",
            key=key,
            type="password",
            help=f"From your settings on {plain(session.place())}. It is kept by your system's keyring, "
            "or encrypted in your home folder where there is none.",
        )
        sent = allowed.form_submit_button(
            "Replace it" if replaces else "Keep this token",
            needs=allowed.ADMINISTRATOR,
            key=f"{key}-keep",
            icon=":material/key:",
        )
    if sent and text.strip():
        with errors.shown():
            with st.spinner("Asking the hub …"):
                said = token.keep(context.store(), text)
            st.session_state[_SAID] = said
            then()
            st.rerun()


def _state(about: token.HubToken) -> None:
    if about.source == token.NONE:
        st.markdown(f":material/key_off: **No access token.** {plain(about.sentence)}")
    else:
        which = f"An access token that ends in **{plain(about.ends)}**" if about.ends else "A token"
        st.markdown(f":material/key: {which}. {plain(about.sentence)}")
    if about.kept and allowed.button(
        "Forget it", needs=allowed.ADMINISTRATOR, key="hub-token-forget", icon=":material/key_off:"
    ):
        token.forget(context.store())
        st.session_state[_SAID] = "The token is deleted from this computer."
        st.rerun()
