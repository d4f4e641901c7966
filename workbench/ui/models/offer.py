"""A model of the hub before its download: size, licence and disk; and a gated one's way to a token."""

from collections.abc import Callable

import streamlit as st

from workbench.models import downloads
from workbench.models.families import family_named
from workbench.models.hub import HubModel
from workbench.models.online import session, token
from workbench.ui import context, errors
from workbench.ui.accounts import allowed
from workbench.ui.numbers import short_count, size
from workbench.ui.settings import hub_token
from workbench.ui.text import plain

_ABOUT = "hub-offer"


def keep(about: HubModel) -> None:
    """This is on offer now."""
    st.session_state[_ABOUT] = about


def pending() -> HubModel | None:
    """What is on offer."""
    found: HubModel | None = st.session_state.get(_ABOUT)
    return found


def forget() -> None:
    """Nothing is on offer any more."""
    st.session_state.pop(_ABOUT, None)


def show(about: HubModel) -> None:
    """What the model is and what it costs; it is downloaded once its licence is accepted."""
    facts, page = about.facts, session.page_of(about.hub_id)
    with st.container(border=True, key="hub-offer-box"):
        st.markdown(f"**{plain(about.hub_id)}** · {plain(family_named(facts.family).does)}")
        st.caption(
            f"{short_count(facts.parameters)} parameters · download {size(about.download_bytes)} · "
            f"{size(downloads.free_bytes())} free on the disk"
        )
        if about.is_gated:
            st.caption(":material/lock_open: Its owner asks who uses it, and has let you in.")
        for sentence in facts.conversions:
            st.caption(f":material/sync: {plain(sentence)}")
        licence = plain(facts.licence)
        st.write(
            f"Its licence: **{licence}**. What it allows stands on the model's page."
            if licence
            else "Its makers name **no licence**: ask them before you use it at work."
        )
        st.link_button("The model's page", page, icon=":material/open_in_new:")
        accepted = st.checkbox(
            f"I accept the licence ({licence})" if licence else "I use it without a licence",
            key=f"hub-accept-{about.hub_id}-{about.revision}",
        )
        with st.container(horizontal=True):
            yes = allowed.button(
                f"Download {size(about.download_bytes)}",
                needs=allowed.ADMINISTRATOR,
                key="hub-download",
                type="primary",
                icon=":material/download:",
                disabled=not accepted,
            )
            no = st.button("Not now", key="hub-not-now")
    if yes and accepted:
        with errors.shown():
            downloads.add_found(context.store(), about, accepted=True)
            context.ensure_worker()
            forget()
            st.rerun()
    if no:
        forget()
        st.rerun()


def ask_for_token(hub_id: str, then: Callable[[str], None]) -> bool:
    """What a gated model asks for: its terms, where they are, and a token; then it goes on.

    Returns whether the user leaves it be.
    """
    with st.container(border=True, key="hub-gated-box"):
        st.markdown(f"**{plain(hub_id)}** is given out only to who has accepted its owner's terms.")
        st.markdown(
            "1. Open its page on the hub, logged in, and accept the terms there (some owners answer "
            "only after a while).\n2. Make an access token in your hub settings; one that may read is "
            "enough.\n3. Enter it here."
        )
        if (known := token.about(context.store())).source:
            which = f"Your access token that ends in {known.ends}" if known.ends else "Your token"
            st.caption(
                f"{plain(which)} was sent, and is not let in: are the terms accepted with it?"
            )
        with st.container(horizontal=True):
            page = session.page_of(hub_id)
            st.link_button("Its page, with the terms", page, icon=":material/open_in_new:")
            again = known.source and st.button("Try again", key="hub-gated-again")
            leaves = st.button("Not now", key="hub-gated-leave")
        hub_token.form(then=lambda: then(hub_id))
    if again:
        then(hub_id)
    return leaves
