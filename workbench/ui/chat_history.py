"""The conversations of the project: choose, begin, rename, delete; which one is in the URL."""

import streamlit as st

from workbench import conversations
from workbench.conversations import ConversationInfo
from workbench.ui import context, errors
from workbench.ui.numbers import plural, when
from workbench.ui.text import plain

_PARAMETER = "conversation"


def current(listed: list[ConversationInfo]) -> ConversationInfo | None:
    """The conversation in the URL, if it is one of this project's."""
    value = st.query_params.get(_PARAMETER, "")
    return next((one for one in listed if str(one.id) == value), None)


def open_conversation(conversation_id: int | None, run: str | None = None) -> None:
    """Put a conversation (None: none yet) into the URL, and the model it was with."""
    if conversation_id is None:
        st.query_params.pop(_PARAMETER, None)
    else:
        st.query_params[_PARAMETER] = str(conversation_id)
    if run:
        st.query_params["run"] = run


def bar(listed: list[ConversationInfo]) -> None:
    """The list behind a button, and a button for a new conversation."""
    opened = current(listed)
    label = f"History ({len(listed)})" if listed else "History"
    with st.popover(label, icon=":material/history:", key="history", disabled=not listed):
        _list(listed, opened)
        _download()
    if opened is None:
        return
    if st.button("New", icon=":material/add:", key="new", help="Begin a new conversation"):
        open_conversation(None)
        st.rerun()
    with st.popover("", icon=":material/more_vert:", key="more", help="Rename or delete"):
        _rename(opened)
        if st.button("Delete…", icon=":material/delete:", key="delete"):
            _ask_to_delete(opened.id, opened.title, opened.questions)


def _list(listed: list[ConversationInfo], opened: ConversationInfo | None) -> None:
    for one in listed:
        is_open = opened is not None and one.id == opened.id
        label = f"{plain(one.title)}  \n:small[:gray[{_about(one)}]]"
        icon = ":material/chat:" if is_open else ":material/chat_bubble:"
        if st.button(label, key=f"open-{one.id}", icon=icon, type="tertiary", disabled=is_open):
            open_conversation(one.id, str(one.run_id) if one.run_id else None)
            st.rerun()


def _about(one: ConversationInfo) -> str:
    parts = [when(one.last_at), plural(one.questions, "question"), plain(one.run_name)]
    return " · ".join(part for part in parts if part)


def _download() -> None:
    """Ratings and corrections as a table, once there are any."""
    content = conversations.opinions_csv(context.store(), context.project_id())
    if content.strip(b"\xef\xbb\xbf"):
        st.download_button(
            "Download rated answers (CSV)",
            content,
            "rated-answers.csv",
            "text/csv",
            key="download-opinions",
            icon=":material/download:",
            on_click="ignore",
        )


def _rename(opened: ConversationInfo) -> None:
    with st.form(f"rename-{opened.id}", border=False):
        title = st.text_input("Name", opened.title, key=f"title-{opened.id}")
        if st.form_submit_button("Rename", key=f"save-title-{opened.id}"):
            with errors.shown():
                conversations.rename_conversation(context.store(), opened.id, title)
                st.rerun()


@st.dialog("Delete this conversation?")
def _ask_to_delete(conversation_id: int, title: str, questions: int) -> None:
    st.write(
        f"'{plain(title)}' goes with its {plural(questions, 'question')}, all answers, ratings "
        "and corrections. This cannot be undone."
    )
    with st.container(horizontal=True):
        if st.button("Delete", type="primary", key="delete-yes", icon=":material/delete:"):
            with errors.shown():
                conversations.delete_conversation(context.store(), conversation_id)
            open_conversation(None)
            st.rerun()
        if st.button("Keep it", key="delete-no"):
            st.rerun()
