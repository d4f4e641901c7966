"""Tickets: leave to send or to fetch one file, for whoever shows them to any web process."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, now, owner


class UploadTicket(Base):
    """Leave to send one file, once, and how far that is."""

    __tablename__ = "upload_tickets"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(index=True, unique=True)
    """Of the ticket's sha256; the ticket is written down nowhere."""
    project_id: Mapped[int] = owner("projects")
    person_id: Mapped[int | None]
    """Who asked for it; None without accounts."""
    name: Mapped[str]
    """The file's."""
    size: Mapped[int] = mapped_column(sa.BigInteger)
    """Bytes that were announced."""
    expires_at: Mapped[dt.datetime]
    """Until then it has to begin."""
    used_at: Mapped[dt.datetime | None]
    given_up_at: Mapped[dt.datetime | None]
    state: Mapped[str] = mapped_column(default="waiting")
    """waiting, receiving, done or failed."""
    received: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    heard_at: Mapped[dt.datetime] = mapped_column(default=now)
    """When something last came of it."""
    digest: Mapped[str] = mapped_column(default="")
    """sha256 of the whole file, once it is here."""
    reason: Mapped[str] = mapped_column(default="")
    """Why it failed; a sentence."""


class DownloadTicket(Base):
    """Leave to fetch one file for some time."""

    __tablename__ = "download_tickets"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(index=True, unique=True)
    """The ticket's sha256."""
    person_id: Mapped[int | None]
    """Who asked for it; None without accounts."""
    path: Mapped[str]
    """From the home on, wherever that lies; absolute outside of it."""
    name: Mapped[str]
    """What the file is called where it arrives."""
    expires_at: Mapped[dt.datetime]
