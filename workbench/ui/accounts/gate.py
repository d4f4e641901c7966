"""The gate before every page: who is signed in, and what is said to who is not."""

from html import escape
from urllib.parse import urlencode, urlsplit

import streamlit as st

from storage.acting import Acting
from workbench.ui import context
from workbench.ui.routes.own_path import base_path

_BUTTON = (
    "display: inline-block; padding: .4rem 1rem; border-radius: .5rem; text-decoration: none; "
    "background: #0072B2; color: #FFFFFF"
)
"""As a primary button looks."""


def current() -> Acting | None:
    """Who is signed in on this page; None for nobody, and where nobody has an account."""
    return context.standing().acting


def require() -> None:
    """Go on only for who is signed in, where people have accounts; else say so, and end the page."""
    standing = context.standing(anew=True)
    if not standing.accounts_on:
        return
    if standing.acting is None:
        st.session_state.clear()
        _say_signed_out()
        st.stop()
    if (
        st.session_state.setdefault("person", standing.acting.person_id)
        != standing.acting.person_id
    ):
        st.session_state.clear()
        st.session_state["person"] = standing.acting.person_id


def only_with_accounts() -> Acting:
    """Who is signed in; where nobody has an account, say how that is changed, and end the page."""
    who = current()
    if who is None:
        st.info(
            "Nobody has an account here, so nobody has to sign in. On the computer where the workbench "
            "runs, `python -m workbench accounts add` makes the first one.",
            icon=":material/info:",
        )
        st.stop()
    return who


def _say_signed_out() -> None:
    st.title("You are signed out", anchor=False)
    st.write("What you saved is kept. Sign in to go on where you were.")
    # A link of Streamlit's own would open another tab.
    st.html(f'<a href="{escape(_here())}" target="_self" style="{_BUTTON}">Sign in</a>')


def _here() -> str:
    """The path of this page: the door leads from it to signing in, and back."""
    found = urlsplit(str(st.context.url or ""))
    path = found.path or f"{base_path()}/"
    query = urlencode(st.query_params.to_dict())
    return f"{path}?{query}" if query else path
