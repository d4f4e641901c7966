"""Buttons that only some may press: for others they are there, grey, and say who may.

What nobody may do is refused below every service; this tells it before.
"""

from collections.abc import Sequence
from typing import Any, Literal

import streamlit as st

from storage.acting import EDITOR, REVIEWER
from workbench.system.accounts import members
from workbench.system.accounts.members import ADMINISTRATOR as ADMINISTRATOR
from workbench.ui import context
from workbench.ui.text import plain


def why_not(needs: str = EDITOR, project_id: int | None = None) -> str:
    """Why whoever looks may not do what needs this role; "" if they may.

    Args:
        project_id: the project that it is done in; without, that of the page.
    """
    project_id = context.current_project_id() if project_id is None else project_id
    return members.why_not(context.store(), project_id, needs)


def button(
    label: str, *, needs: str = EDITOR, project_id: int | None = None, **options: Any
) -> bool:
    """`st.button`, for who has the role."""
    return bool(st.button(label, **_for(needs, options, project_id)))


def menu_button(
    label: str,
    options: Sequence[str],
    *,
    needs: str = EDITOR,
    project_id: int | None = None,
    **more: Any,
) -> str | None:
    """`st.menu_button`, for who has the role."""
    chosen: str | None = st.menu_button(label, options, **_for(needs, more, project_id))
    return chosen


def feedback(options: Literal["thumbs"], *, needs: str = REVIEWER, **more: Any) -> int | None:
    """`st.feedback`, for who has the role; it has no room for the reason."""
    return st.feedback(options, **more, disabled=bool(why_not(needs)))


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


def _for(needs: str, options: dict[str, Any], project_id: int | None = None) -> dict[str, Any]:
    why = why_not(needs, project_id)
    return {**options, "disabled": True, "help": plain(why)} if why else options
