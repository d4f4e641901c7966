"""Who did what: lines that are only ever added, each bound to the one before it."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class AuditLine(Base):
    """One action of one person. Triggers of the database refuse to change or delete it.

    Nothing here is a foreign key: a line outlives what it tells of.
    """

    __tablename__ = "audit"
    __table_args__ = (
        sa.Index("ix_audit_person_id", "person_id", "number"),
        sa.Index("ix_audit_project_id", "project_id", "number"),
        sa.Index("ix_audit_action", "action", "number"),
        sa.Index("ix_audit_at", "at"),
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1, 2, 3 …, without a gap."""
    at: Mapped[dt.datetime]
    person_id: Mapped[int | None]
    person: Mapped[str]
    """What they were called then; empty where nobody is known, as at a failed sign-in."""
    via: Mapped[str]
    """page, route, console or api."""
    address: Mapped[str]
    request_id: Mapped[str]
    action: Mapped[str]
    """The service that was called, or one of the events of `storage.audit.actions`."""
    kind: Mapped[str]
    """The table of what was changed before all else; empty where nothing was."""
    thing_id: Mapped[int | None]
    project_id: Mapped[int | None]
    details: Mapped[str]
    """As canonical JSON: what else was changed, the columns, and those few values that are no data."""
    previous: Mapped[str]
    """The digest of the line before; of the first line 64 zeros."""
    digest: Mapped[str]
    """sha256 of the line without it, as `storage.audit.lines.canonical` writes it."""
