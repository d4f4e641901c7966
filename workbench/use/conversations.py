"""Conversations with the models, kept with the project: questions, answers and opinions."""

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from storage import conversations
from storage.conversations import Judged
from storage.database import Store
from storage.tables import Conversation, Message
from workbench.core import names
from workbench.core.cells import harmless
from workbench.core.errors import WorkbenchError

TITLE_LENGTH = 60
RATINGS = ("", "up", "down")


@dataclass(frozen=True)
class ConversationInfo:
    """A conversation in the list."""

    id: int
    title: str
    run_id: int | None
    run_name: str
    questions: int
    last_at: dt.datetime


@dataclass(frozen=True)
class MessageView:
    """A question, or one model's answer to it."""

    id: int
    role: str
    model: str
    content: str
    details: dict[str, Any]
    rating: str
    correction: str
    created_at: dt.datetime


@dataclass(frozen=True)
class Turn:
    """A question with the answers it got."""

    question: MessageView
    answers: tuple[MessageView, ...]

    def answer_of(self, model: str) -> MessageView | None:
        """The last answer of this model."""
        return next((a for a in reversed(self.answers) if a.model == model), None)


def start_conversation(
    store: Store,
    project_id: int,
    run_id: int | None,
    question: str,
    details: dict[str, Any] | None = None,
) -> tuple[int, int]:
    """A new conversation that begins with this question and is named after it; both ids.

    Raises:
        WorkbenchError: the question is empty.
    """
    question = _asked(question)
    with store.write() as session:
        conversation = conversations.add(session, project_id, run_id, title_of(question))
        message = conversations.add_message(
            session, conversation.id, "user", question, details=details
        )
        return conversation.id, message.id


def add_question(
    store: Store, conversation_id: int, question: str, details: dict[str, Any] | None = None
) -> int:
    """Ask on in a conversation; the question's id.

    Raises:
        WorkbenchError: the conversation is gone, or the question is empty.
    """
    question = _asked(question)
    with store.write() as session:
        _existing(session, conversation_id)
        return conversations.add_message(
            session, conversation_id, "user", question, details=details
        ).id


def add_answer(
    store: Store, conversation_id: int, model: str, text: str, details: dict[str, Any]
) -> int | None:
    """Keep a model's answer; None if the conversation was deleted meanwhile."""
    with store.write() as session:
        if conversations.get(session, conversation_id) is None:
            return None
        return conversations.add_message(
            session, conversation_id, "assistant", text, model=model, details=details
        ).id


def list_conversations(store: Store, project_id: int) -> list[ConversationInfo]:
    """The conversations of a project, the one last used first."""
    with store.read() as session:
        return [
            ConversationInfo(
                id=row.conversation.id,
                title=row.conversation.title,
                run_id=row.conversation.run_id,
                run_name=row.run_name or "",
                questions=row.questions,
                last_at=row.last_at,
            )
            for row in conversations.listing(session, project_id)
        ]


def turns(store: Store, conversation_id: int) -> list[Turn]:
    """The conversation, question by question; none of one that is gone."""
    with store.read() as session:
        messages = [_view(message) for message in conversations.messages(session, conversation_id)]
    starts = [i for i, message in enumerate(messages) if message.role == "user"]
    ends = [*starts[1:], len(messages)] if starts else []
    return [
        Turn(messages[start], tuple(messages[start + 1 : end]))
        for start, end in zip(starts, ends, strict=True)
    ]


def rename_conversation(store: Store, conversation_id: int, title: str) -> None:
    """Give a conversation another name.

    Raises:
        WorkbenchError: the name is empty, or the conversation is gone.
    """
    title = names.typed(title)
    if not title:
        raise WorkbenchError("The conversation has no name yet: type one.")
    with store.write() as session:
        _existing(session, conversation_id).title = title_of(title)


def delete_conversation(store: Store, conversation_id: int) -> None:
    """Delete a conversation with its answers, ratings and corrections."""
    with store.write() as session:
        conversations.delete(session, _existing(session, conversation_id))


def rate(store: Store, message_id: int, rating: str) -> None:
    """Say whether an answer is good: "up", "down", or "" to take it back."""
    if rating not in RATINGS:
        raise WorkbenchError(f"A rating is up, down or nothing, not '{rating}'.")
    with store.write() as session:
        _answer(session, message_id).rating = rating


def correct(store: Store, message_id: int, text: str) -> None:
    """Keep what the answer should have been; an empty text takes it back."""
    with store.write() as session:
        _answer(session, message_id).correction = text.strip()


def title_of(question: str) -> str:
    """A name for a conversation that begins with this question: its beginning, on one line."""
    line = names.shown(" ".join(question.split()))
    if len(line) <= TITLE_LENGTH:
        return line
    head = line[: TITLE_LENGTH - 1]
    whole_words = head.rsplit(" ", 1)[0].rstrip(" ,;:.")
    return f"{whole_words if len(whole_words) > TITLE_LENGTH // 2 else head}…"


def opinions(store: Store, project_id: int) -> list[dict[str, str]]:
    """The rated or corrected answers, as the table that people download."""
    return [
        {
            "question": row.question.content,
            "answer": row.answer.content,
            "rating": row.answer.rating,
            "correction": row.answer.correction,
            "model": row.answer.model,
            "run": row.run_name or "",
            "conversation": row.conversation.title,
            "answered_at": row.answer.created_at.isoformat(timespec="seconds"),
        }
        for row in judged(store, project_id)
    ]


def judged(store: Store, project_id: int) -> Sequence[Judged]:
    """The rated or corrected answers with their questions; nobody may change them."""
    return store.known(("judged", project_id), partial(_judged, store, project_id))


def _judged(store: Store, project_id: int) -> Sequence[Judged]:
    with store.read() as session:
        return conversations.judged(session, project_id)


def opinions_csv(store: Store, project_id: int) -> bytes:
    """`opinions` as a CSV file for a spreadsheet: UTF-8 with a mark, formulas made harmless."""
    table = opinions(store, project_id)
    out = io.StringIO()
    if table:
        writer = csv.DictWriter(out, fieldnames=list(table[0]))
        writer.writeheader()
        writer.writerows({name: harmless(text) for name, text in row.items()} for row in table)
    return out.getvalue().encode("utf-8-sig")


def _asked(question: str) -> str:
    question = question.strip()
    if not question:
        raise WorkbenchError("There is nothing to answer yet: type a question.")
    return question


def _existing(session: Session, conversation_id: int) -> Conversation:
    conversation = conversations.get(session, conversation_id)
    if conversation is None:
        raise WorkbenchError("This conversation was deleted: begin a new one.")
    return conversation


def _answer(session: Session, message_id: int) -> Message:
    message = conversations.message(session, message_id)
    if message is None or message.role != "assistant":
        raise WorkbenchError("This answer was deleted with its conversation: ask again.")
    return message


def _view(message: Message) -> MessageView:
    return MessageView(
        id=message.id,
        role=message.role,
        model=message.model,
        content=message.content,
        details=message.details,
        rating=message.rating,
        correction=message.correction,
        created_at=message.created_at,
    )
