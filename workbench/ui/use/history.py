"""The conversations of the project: choose, begin, rename, delete; which one is in the URL."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from workbench.ui import context, dialogs, errors
from workbench.ui.accounts import allowed
from workbench.ui.downloading import logged
from workbench.ui.numbers import plural, when
from workbench.ui.text import plain
from workbench.use import conversation_files, conversations
from workbench.use.conversations import ConversationInfo, Turn

_PARAMETER = "conversation"
_RENAME, _DELETE = "Rename conversation", "Delete conversation"
_FORMS = (
    ("Text (Markdown)", "md", conversation_files.as_markdown),
    ("Data (JSON)", "json", conversation_files.as_json),
)
_ICONS = {_RENAME: ":material/edit:", _DELETE: ":material/delete:"}


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
        if opened is not None:
            _download_opened(opened)
        _download()
    if opened is None:
        return
    if st.button(
        "New", icon=":material/add:", key="new", help="Begin a new conversation", shortcut="Alt+N"
    ):
        open_conversation(None)
        st.rerun()
    _menu(opened)


def _menu(opened: ConversationInfo) -> None:
    """Rename and delete, each with its question."""
    choice = allowed.menu_button(
        "More",
        [_RENAME, _DELETE],
        key=f"more-{opened.id}",
        type="tertiary",
        format_func=lambda option: f"{_ICONS[option]} {option}",
    )
    if choice:
        dialogs.ask(choice, opened.id)
    if dialogs.asked() == (_RENAME, opened.id):
        _ask_name(opened)
    elif dialogs.asked() == (_DELETE, opened.id):
        _ask_to_delete(opened)


def _list(listed: list[ConversationInfo], opened: ConversationInfo | None) -> None:
    for one in listed:
        is_open = opened is not None and one.id == opened.id
        icon = ":material/chat:" if is_open else ":material/chat_bubble:"
        with st.container(gap=None, key=f"listed-{one.id}"):
            if st.button(
                plain(one.title), key=f"open-{one.id}", icon=icon, type="tertiary", disabled=is_open
            ):
                open_conversation(one.id, str(one.run_id) if one.run_id else None)
                st.rerun()
            st.caption(_about(one))


def _about(one: ConversationInfo) -> str:
    parts = [when(one.last_at), plural(one.questions, "question"), plain(one.run_name)]
    return " · ".join(part for part in parts if part)


def _download_opened(opened: ConversationInfo) -> None:
    """The open conversation as a file, to be read or for programs."""
    st.caption(f"Take along: {plain(opened.title)}")
    with st.container(horizontal=True):
        for label, ending, made in _FORMS:
            st.download_button(
                label,
                logged(partial(_file, opened, made), "turns", "conversations", opened.id),
                conversation_files.file_name(opened, ending),
                key=f"take-{ending}",
                icon=":material/download:",
                on_click="ignore",
            )


def _file(opened: ConversationInfo, made: Callable[[ConversationInfo, list[Turn]], str]) -> bytes:
    return made(opened, conversations.turns(context.store(), opened.id)).encode()


def _download() -> None:
    """Ratings and corrections as a table, once there are any."""
    content = conversations.opinions_csv(context.store(), context.project_id())
    if content.strip(b"\xef\xbb\xbf"):
        st.download_button(
            "Download rated answers (CSV)",
            logged(lambda: content, "rated answers"),
            "rated-answers.csv",
            "text/csv",
            key="download-opinions",
            icon=":material/download:",
            on_click="ignore",
        )


@st.dialog("Rename this conversation", on_dismiss=dialogs.answered)
def _ask_name(opened: ConversationInfo) -> None:
    title = st.text_input("Name", opened.title, key=f"title-{opened.id}")
    if allowed.button("Save", key="title-save", type="primary"):
        with errors.shown():
            conversations.rename_conversation(context.store(), opened.id, title)
            dialogs.close()


@st.dialog("Delete this conversation?", on_dismiss=dialogs.answered)
def _ask_to_delete(opened: ConversationInfo) -> None:
    goes = plural(opened.questions, "question")
    st.write(
        f"**{plain(opened.title)}** will be deleted, and with it: {goes} with all answers, "
        "ratings and corrections. This cannot be undone."
    )
    dialogs.decide(
        "delete", "Delete for good", "Keep it", lambda: _delete(opened), icon=":material/delete:"
    )


def _delete(opened: ConversationInfo) -> None:
    conversations.delete_conversation(context.store(), opened.id)
    open_conversation(None)
