"""Lines of the log that somebody looks for, a page at a time, however many there are."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.audit.actions import EVENTS, SERVICES, words
from storage.tables import AuditLine

_BATCH = 5_000
_TEXTS = ("person", "address", "request_id", "kind", "action", "details")


@dataclass(frozen=True)
class Wanted:
    """What is looked for; each that is not None narrows it down."""

    person_id: int | None = None
    said: str | None = None
    """What was done, in the words of `storage.audit.actions`."""
    project_id: int | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    """Not this moment itself."""
    text: str | None = None
    """Stands somewhere in the line, in whatever letters."""
    of_projects: frozenset[int] | None = None
    """No line of another project, nor of none; None for all."""


def page(
    session: Session, wanted: Wanted, limit: int, before: int | None = None
) -> Sequence[AuditLine]:
    """At most `limit` lines, the newest first; those with a smaller number than `before`."""
    query = sa.select(AuditLine).where(*_where(session, wanted)).order_by(AuditLine.number.desc())
    if before is not None:
        query = query.where(AuditLine.number < before)
    return session.scalars(query.limit(limit)).all()


def count(session: Session, wanted: Wanted) -> int:
    """How many there are."""
    query = sa.select(sa.func.count()).select_from(AuditLine).where(*_where(session, wanted))
    return session.scalar(query) or 0


def each(session: Session, wanted: Wanted = Wanted()) -> Iterator[Mapping[str, Any]]:
    """All of them, the oldest first, some thousands in memory at a time."""
    columns = (getattr(AuditLine, column.key) for column in AuditLine.__table__.columns)
    query = sa.select(*columns).where(*_where(session, wanted)).order_by(AuditLine.number)
    with session.execute(query.execution_options(yield_per=_BATCH)) as rows:
        for row in rows.mappings():
            yield dict(row)


def last_number(session: Session) -> int:
    """Of the newest line; 0 without one."""
    return session.scalar(sa.select(sa.func.max(AuditLine.number))) or 0


def people(session: Session) -> dict[int, str]:
    """Person → what they were called in the newest of their lines."""
    newest = (
        sa.select(sa.func.max(AuditLine.number))
        .where(AuditLine.person_id.is_not(None))
        .group_by(AuditLine.person_id)
    )
    query = sa.select(AuditLine.person_id, AuditLine.person).where(AuditLine.number.in_(newest))
    return {int(row.person_id): row.person for row in session.execute(query)}


def _where(session: Session, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.person_id is not None:
        found.append(AuditLine.person_id == wanted.person_id)
    if wanted.said is not None:
        found.append(AuditLine.action.in_(_called(lambda said: said == wanted.said)))
    if wanted.project_id is not None:
        found.append(AuditLine.project_id == wanted.project_id)
    if wanted.since is not None:
        found.append(AuditLine.at >= wanted.since)
    if wanted.until is not None:
        found.append(AuditLine.at < wanted.until)
    if wanted.of_projects is not None:
        found.append(AuditLine.project_id.in_(wanted.of_projects))
    if wanted.text:
        found.append(_holds(session, wanted.text))
    return found


def _holds(session: Session, text: str) -> sa.ColumnElement[bool]:
    """Somewhere in the line, or in the words for its action.

    SQLite's LIKE minds no letters' case by itself, as its lower() does: with that it takes three times
    as long.
    """
    columns = [getattr(AuditLine, name) for name in _TEXTS]
    if session.get_bind().dialect.name == "sqlite":
        stands = [column.contains(text, autoescape=True) for column in columns]
    else:
        stands = [column.icontains(text, autoescape=True) for column in columns]
    actions = _called(lambda said: text.lower() in said.lower())
    return sa.or_(*stands, AuditLine.action.in_(actions))


def _called(fits: Any) -> Collection[str]:
    return [action for action in (*EVENTS, *SERVICES) if fits(words(action))]
