"""Models at work: playground, watched folders, programs."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, now, owner


class Watch(Base):
    """A folder of the user's whose new files a project's model answers."""

    __tablename__ = "watches"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(
        sa.ForeignKey("projects.id", ondelete="CASCADE"), index=True, unique=True
    )
    run_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("runs.id", ondelete="SET NULL"), index=True
    )
    """Who answers; None for whatever is live."""
    folder: Mapped[str]
    chosen: Mapped[dict[str, Any]]
    """What was chosen last of a file: `columns` (role → column) and `sheet`; a file that has no such is
    guessed at."""
    is_on: Mapped[bool] = mapped_column(default=True)
    trouble: Mapped[str] = mapped_column(default="")
    """Why nothing can be watched at the moment; a sentence."""
    created_at: Mapped[dt.datetime] = mapped_column(default=now)


class WatchedFile(Base):
    """A file that arrived in a watched folder: known by its content, so that it is answered once."""

    __tablename__ = "watched_files"
    __table_args__ = (sa.UniqueConstraint("watch_id", "digest"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    watch_id: Mapped[int] = owner("watches")
    name: Mapped[str]
    digest: Mapped[str]
    """sha256 of its content."""
    state: Mapped[str] = mapped_column(default="arrived")
    """arrived, answering, done or failed."""
    job_id: Mapped[int | None]
    """The job that answers it; it may have been deleted since."""
    out: Mapped[str] = mapped_column(default="")
    """The name of the file with the answers, once it stands beside."""
    reason: Mapped[str] = mapped_column(default="")
    """Why it was not answered; a sentence."""
    arrived_at: Mapped[dt.datetime] = mapped_column(default=now)


class Conversation(Base):
    """One thread in the playground."""

    __tablename__ = "conversations"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = owner("projects")
    run_id: Mapped[int | None] = mapped_column(sa.ForeignKey("runs.id", ondelete="SET NULL"))
    title: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(default=now)


class Message(Base):
    """A question, or one model's answer to it."""

    __tablename__ = "messages"
    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = owner("conversations")
    role: Mapped[str]
    """user or assistant."""
    model: Mapped[str] = mapped_column(default="")
    """For an answer the model's id on the server: run-3 or base:NAME."""
    content: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Sampling settings, seconds and tokens; for a classifier the probabilities."""
    rating: Mapped[str] = mapped_column(default="")
    """up, down or nothing."""
    correction: Mapped[str] = mapped_column(default="")
    created_at: Mapped[dt.datetime] = mapped_column(default=now)


class ApiKey(Base):
    """A key with which a program asks the model server."""

    __tablename__ = "api_keys"
    # The request log knows a key by its number, so it is never given to another.
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    key_hash: Mapped[str] = mapped_column(index=True, unique=True)
    """sha256 of the key, which is written down nowhere."""
    ends: Mapped[str]
    """Its last characters, to know it by."""
    project_id: Mapped[int | None] = owner("projects", nullable=True)
    """The project whose models alone it may ask; None for all."""
    requests_a_minute: Mapped[int | None]
    tokens_a_day: Mapped[int | None]
    tokens_a_month: Mapped[int | None]
    """None for no limit."""
    created_at: Mapped[dt.datetime] = mapped_column(default=now)
    revoked_at: Mapped[dt.datetime | None]
