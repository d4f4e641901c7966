"""Buttons that only some may press: for others they are there, grey, and say who may.

What nobody may do is refused below every service; this tells it before.
"""

from typing import Any

import streamlit as st

from storage.acting import EDITOR
from workbench.system.accounts import members
from workbench.system.accounts.members import ADMINISTRATOR as ADMINISTRATOR
from workbench.ui import context
from workbench.ui.text import plain


def why_not(needs: str = EDITOR) -> str:
    """Why whoever looks may not do what needs this role in the present project; "" if they may."""
    return members.why_not(context.store(), context.current_project_id(), needs)


def button(label: str, *, needs: str = EDITOR, **options: Any) -> bool:
    """`st.button`, for who has the role."""
    return bool(st.button(label, **_for(needs, options)))


def form_submit_button(label: str, *, needs: str = EDITOR, **options: Any) -> bool:
    """`st.form_submit_button`, for who has the role."""
    return bool(st.form_submit_button(label, **_for(needs, options)))


def file_uploader(label: str, *, needs: str = EDITOR, **options: Any) -> Any:
    """`st.file_uploader`, for who has the role."""
    return st.file_uploader(label, **_for(needs, options))


def chat_input(label: str, *, needs: str = EDITOR, **options: Any) -> Any:
    """`st.chat_input`, for who has the role; it has no room but its own for the reason."""
    why = why_not(needs)
    return st.chat_input(
        plain(why) if why else label, **{**options, **({"disabled": True} if why else {})}
    )


def notice() -> None:
    """At the head of a project's pages, to who may only look or judge: what they may not, and why."""
    if why := why_not(EDITOR):
        st.caption(f":material/visibility: You may look at this project. {plain(why)}")


def _for(needs: str, options: dict[str, Any]) -> dict[str, Any]:
    why = why_not(needs)
    return {**options, "disabled": True, "help": plain(why)} if why else options
