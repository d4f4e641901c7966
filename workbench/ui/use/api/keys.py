"""Keys of programs: what there is, a new one that is shown once, and how one ends."""

import streamlit as st

from workbench.ui import context, dialogs, errors
from workbench.ui.accounts import allowed
from workbench.ui.numbers import when
from workbench.ui.text import plain
from workbench.use import keys
from workbench.use.keys import KeyInfo

_NEW = "api-new-key"
_REVOKE = "revoke-key"
_ALL = "All models of all projects"


def show(project_id: int) -> None:
    """The section of the page."""
    st.markdown("##### Keys")
    st.write(
        "Each program says a key, so that you know who asks and can end it without the others. A key is "
        "shown only when it is made; of what is kept nobody can make it again."
    )
    if (made := new_key()) is not None:
        _shown_once(*made)
    found = keys.listing(context.store())
    for one in found:
        _key(one)
    if not found:
        st.caption("There are no keys yet.")
    _form(project_id)
    question, key_id = dialogs.asked()
    asked = next((one for one in found if question == _REVOKE and one.id == key_id), None)
    if asked is not None:
        _revoke(asked)


def new_key() -> tuple[str, str] | None:
    """Name and text of the key that was just made, while it is shown."""
    found: tuple[str, str] | None = st.session_state.get(_NEW)
    return found


def _shown_once(name: str, secret: str) -> None:
    with st.container(border=True):
        st.success(
            f"This is the key of **{plain(name)}**. Copy it now: it is not shown again.",
            icon=":material/key:",
        )
        st.code(secret, language=None)
        if st.button("I have copied it", key="key-copied"):
            del st.session_state[_NEW]
            st.rerun()


def _key(one: KeyInfo) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch"):
            st.markdown(f":material/key: **{plain(one.name)}** :small[…{plain(one.ends)}]")
            st.caption(" · ".join(_facts(one)))
        allowed.button(
            "Revoke",
            key=f"revoke-{one.id}",
            icon=":material/block:",
            on_click=dialogs.ask,
            args=(_REVOKE, one.id),
        )


def _facts(one: KeyInfo) -> list[str]:
    limits = (
        (one.requests_a_minute, "requests a minute"),
        (one.tokens_a_day, "tokens a day"),
        (one.tokens_a_month, "tokens a month"),
    )
    used = f"last used {when(one.last_used_at)}" if one.last_used_at else "never used"
    return [
        f"models of {plain(one.project)}" if one.project_id else "all models",
        *(f"{limit:,} {what}" for limit, what in limits if limit is not None),
        f"made {when(one.created_at)}",
        used,
    ]


def _form(project_id: int) -> None:
    with st.form("key-form", border=True, clear_on_submit=False):
        name = st.text_input(
            "Make a key for", placeholder="Excel of the sales team", key="key-name"
        )
        mine = st.segmented_control(
            "It may ask",
            ["This project's models", _ALL],
            default="This project's models",
            required=True,
            key="key-for",
        )
        left, right, last = st.columns(3)
        requests = left.number_input(
            "Requests a minute, at most",
            min_value=1,
            max_value=keys.MOST,
            value=None,
            placeholder="no limit",
            key="key-requests",
        )
        tokens = right.number_input(
            "Tokens a day, at most",
            min_value=1,
            max_value=keys.MOST,
            value=None,
            placeholder="no limit",
            help="A token is a piece of a word, about four letters of English; what is read and what "
            "is written count. The day ends at midnight UTC.",
            key="key-tokens",
        )
        month = last.number_input(
            "Tokens a month, at most",
            min_value=1,
            max_value=keys.MOST,
            value=None,
            placeholder="no limit",
            help="The month ends at midnight UTC.",
            key="key-month",
        )
        sent = allowed.form_submit_button("Make the key", key="key-make", icon=":material/key:")
    if sent:
        with errors.shown():
            _, secret = keys.make(
                context.store(),
                name,
                project_id=None if mine == _ALL else project_id,
                requests_a_minute=requests,
                tokens_a_day=tokens,
                tokens_a_month=month,
            )
            st.session_state[_NEW] = (name, secret)
            st.rerun()


@st.dialog("Revoke this key?", on_dismiss=dialogs.answered)
def _revoke(one: KeyInfo) -> None:
    st.write(
        f"Programs that use the key **{plain(one.name)}** get no answer from now on. It cannot be made "
        "good again; a new one can be made."
    )
    dialogs.decide("revoke", "Revoke it", "Keep it", lambda: keys.revoke(context.store(), one.name))
