"""Tickets of files that are sent: each serves once."""

import datetime as dt
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.tables import UploadTicket, now


def add(session: Session, ticket: UploadTicket) -> None:
    """A new ticket."""
    session.add(ticket)


def keyed(session: Session, key: str) -> UploadTicket | None:
    """The ticket of this key."""
    return session.scalar(sa.select(UploadTicket).where(UploadTicket.key == key))


def claim(session: Session, key: str) -> bool:
    """Use a ticket up; no if it has been used."""
    unused = sa.update(UploadTicket).where(UploadTicket.key == key, UploadTicket.used_at.is_(None))
    done = session.execute(unused.values(used_at=now()))
    return cast("sa.CursorResult[Any]", done).rowcount == 1


def change(session: Session, key: str, **values: Any) -> None:
    """Write down how far an upload is."""
    session.execute(sa.update(UploadTicket).where(UploadTicket.key == key).values(**values))


def forget(session: Session, before: dt.datetime) -> None:
    """Delete those of which nothing was heard since then."""
    session.execute(sa.delete(UploadTicket).where(UploadTicket.heard_at < before))
