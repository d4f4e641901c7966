"""Conversations of the playground: questions, the models' answers, and what people thought."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from storage.tables import Conversation, Message, Run


class Listed(NamedTuple):
    """A conversation in the list: when it was last used and how many questions it holds."""

    conversation: Conversation
    run_name: str | None
    questions: int
    last_at: dt.datetime


class Judged(NamedTuple):
    """An answer that somebody rated or corrected, with the question it answers."""

    question: Message
    answer: Message
    conversation: Conversation
    run_name: str | None


def add(session: Session, project_id: int, run_id: int | None, title: str) -> Conversation:
    """A new, empty conversation."""
    conversation = Conversation(project_id=project_id, run_id=run_id, title=title)
    session.add(conversation)
    session.flush()
    return conversation


def get(session: Session, conversation_id: int) -> Conversation | None:
    """The conversation, or None."""
    return session.get(Conversation, conversation_id)


def listing(session: Session, project_id: int) -> list[Listed]:
    """The conversations of a project, the one last used first."""
    last_at = sa.func.coalesce(sa.func.max(Message.created_at), Conversation.created_at)
    query = (
        sa.select(
            Conversation,
            Run.name,
            sa.func.count(Message.id).filter(Message.role == "user"),
            sa.type_coerce(last_at, Conversation.created_at.type).label("last_at"),
        )
        .outerjoin(Message, Message.conversation_id == Conversation.id)
        .outerjoin(Run, Run.id == Conversation.run_id)
        .where(Conversation.project_id == project_id)
        .group_by(Conversation.id, Run.name)
        .order_by(sa.desc("last_at"), Conversation.id.desc())
    )
    return [Listed(*row) for row in session.execute(query)]


def delete(session: Session, conversation: Conversation) -> None:
    """Delete a conversation with its messages."""
    session.delete(conversation)
    session.flush()


def add_message(
    session: Session,
    conversation_id: int,
    role: str,
    content: str,
    *,
    model: str = "",
    details: dict[str, Any] | None = None,
) -> Message:
    """Append a question (role user) or one model's answer (assistant)."""
    message = Message(
        conversation_id=conversation_id,
        role=role,
        model=model,
        content=content,
        details=details or {},
    )
    session.add(message)
    session.flush()
    return message


def messages(session: Session, conversation_id: int) -> Sequence[Message]:
    """All messages, in the order they came."""
    query = sa.select(Message).where(Message.conversation_id == conversation_id)
    return session.scalars(query.order_by(Message.id)).all()


def message(session: Session, message_id: int) -> Message | None:
    """One message, or None."""
    return session.get(Message, message_id)


def judged(session: Session, project_id: int) -> list[Judged]:
    """The answers of a project that were rated or corrected, oldest first."""
    question = aliased(Message)
    asked = (
        sa.select(sa.func.max(question.id))
        .where(
            question.conversation_id == Message.conversation_id,
            question.role == "user",
            question.id < Message.id,
        )
        .scalar_subquery()
    )
    found = aliased(Message)
    query = (
        sa.select(found, Message, Conversation, Run.name)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(found, found.id == asked)
        .outerjoin(Run, Run.id == Conversation.run_id)
        .where(
            Conversation.project_id == project_id,
            Message.role == "assistant",
            sa.or_(Message.rating != "", Message.correction != ""),
        )
        .order_by(Message.id)
    )
    return [Judged(*row) for row in session.execute(query)]
