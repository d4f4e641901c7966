"""The end of the sidebar: who is signed in, and the way out."""

from collections.abc import Mapping

import streamlit as st

from workbench.system.accounts import sign_ins
from workbench.ui import context
from workbench.ui.accounts import cookie, gate
from workbench.ui.text import plain

MEMBERS, PEOPLE, ACCOUNT = "Members", "People", "Account"


def show(pages: Mapping[str, st.Page]) -> None:
    """Links to people and to one's own account; nothing where nobody has an account."""
    who = gate.current()
    if who is None:
        return
    for name in (MEMBERS, PEOPLE):
        if who.administrator if name == PEOPLE else context.current_project_id() is not None:
            st.page_link(pages[name], label=name, query_params=context.in_project())
    st.divider()
    label = f"**{plain(who.name)}**"
    st.page_link(pages[ACCOUNT], label=label, query_params=context.in_project())
    st.button(
        "Sign out", key="sign-out", icon=":material/logout:", type="tertiary", on_click=_sign_out
    )


def _sign_out() -> None:
    sign_ins.sign_out(context.installation(), cookie.of_page())
