"""A link that was just made: shown this once, to be sent by whoever made it."""

import streamlit as st

from workbench.system.accounts import invitations
from workbench.system.accounts.invitations import InvitationView
from workbench.ui import context, errors
from workbench.ui.numbers import when
from workbench.ui.routes.own_path import base_path
from workbench.ui.routes.reach import address_of
from workbench.ui.text import plain

_KEY = "invited"


def keep(secret: str, about: str) -> None:
    """Let `show` show the link; `about` says for whom it is, and is our own words made plain."""
    link = address_of(f"{base_path()}{invitations.PATH}?invitation={secret}")
    st.session_state[_KEY] = (link, about)


def show() -> None:
    """The link that was made last, until it is put away."""
    if _KEY not in st.session_state:
        return
    link, about = st.session_state[_KEY]
    with st.container(border=True):
        st.markdown(f":material/link: **{about}**")
        st.write(
            "Send it yourself, to nobody else: whoever opens it first uses it. It is good for 7 days, "
            "works once, and is not shown again."
        )
        st.code(link, language=None, wrap_lines=True)
        st.button("I have sent it", key="invited-away", on_click=lambda: st.session_state.pop(_KEY))


def listing(found: list[InvitationView]) -> None:
    """Links that wait to be used, each with a button that takes it back."""
    if not found:
        return
    st.markdown("##### Links that wait to be used")
    for one in found:
        about, taking = st.columns([6, 2], vertical_alignment="center")
        about.markdown(f"**{plain(one.email)}**  \n:small[:gray[{plain(_about(one))}]]")
        with taking:
            if st.button("Take it back", key=f"revoke-{one.id}", icon=":material/link_off:"):
                with errors.shown():
                    invitations.revoke(context.store(), one.id)
                    st.rerun()


def _about(one: InvitationView) -> str:
    what = "a new password" if one.renews else one.role or "an account"
    into = f" in {plain(one.project)}" if one.project else ""
    whose = ", administrator" if one.administrator else ""
    by = f" by {plain(one.invited_by)}" if one.invited_by else ""
    return f"{what}{into}{whose}{by}, until {when(one.expires_at)}"
