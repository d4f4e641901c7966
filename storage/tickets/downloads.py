"""Tickets of files that are fetched: each serves for some time."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.tables import DownloadTicket


def add(session: Session, ticket: DownloadTicket) -> None:
    """A new ticket."""
    session.add(ticket)


def keyed(session: Session, key: str, at: dt.datetime) -> DownloadTicket | None:
    """The ticket of this key, if it is still good."""
    found = sa.select(DownloadTicket).where(DownloadTicket.key == key)
    return session.scalar(found.where(DownloadTicket.expires_at > at))


def forget(session: Session, at: dt.datetime) -> None:
    """Delete those that are no longer good."""
    session.execute(sa.delete(DownloadTicket).where(DownloadTicket.expires_at <= at))
