"""Lines of the audit log: made, bound to the one before, and added."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import acting
from storage.acting import Acting
from storage.rights.lift import bare
from storage.tables import AuditLine, Person, now

FIRST = "0" * 64
"""What the first line is bound to."""
_ADDED = "workbench.audit.added"
_BOUND = (
    "number", "person_id", "person", "via", "address", "request_id", "action", "kind", "thing_id",
    "project_id", "details", "previous",
)  # fmt: skip


def record(
    session: Session,
    action: str,
    *,
    kind: str = "",
    thing_id: int | None = None,
    project_id: int | None = None,
    details: Mapping[str, Any] | None = None,
    who: Acting | None = None,
    address: str = "",
    via: str = acting.PAGE,
) -> None:
    """Say in the log what no change of a row tells: a sign-in, a download, a refusal.

    The line stands or falls with the session's transaction. Nothing is written where nobody has
    an account.

    Args:
        session: of `Store.write()`.
        action: one of `storage.audit.actions.EVENTS`.
        kind: the table of the thing that it is about.
        details: plain values; no texts of data, and nothing that somebody typed in secret.
        who: did it; without, who the session acts for, else nobody that is known.
        address: of who is not known, or of an Acting that has none.
        via: by what who is not known came: page, route, console or api.
    """
    who = who or acting.of(session)
    if who is None and not are_on(session):
        return
    about = dict(details or {})
    add(session, who, action, kind, thing_id, project_id, about, address=address, via=via)


def are_on(session: Session) -> bool:
    """Whether anybody has an account here."""
    return session.scalar(sa.select(Person.id).limit(1)) is not None


def add(
    session: Session,
    who: Acting | None,
    action: str,
    kind: str,
    thing_id: int | None,
    project_id: int | None,
    details: dict[str, Any],
    *,
    address: str = "",
    via: str = acting.PAGE,
) -> None:
    """Add a line behind the last one; nobody else does meanwhile, since writers take turns."""
    found = last(session)
    line: dict[str, Any] = {
        "number": found[0] + 1 if found else 1,
        "at": now(),
        "person_id": who.person_id if who else None,
        "person": _clean(who.name) if who else "",
        "via": who.via if who else via,
        "address": _clean((who.address if who else "") or address),
        "request_id": _clean(who.request_id) if who else "",
        "action": action,
        "kind": kind,
        "thing_id": thing_id,
        "project_id": project_id,
        "details": json.dumps(details, sort_keys=True, separators=(",", ":"), default=str),
        "previous": found[1] if found else FIRST,
    }
    line["digest"] = digest_of(line)
    bare(session).execute(sa.insert(AuditLine), line)
    session.info[_ADDED] = (line["number"], line["digest"])


def last(session: Session) -> tuple[int, str] | None:
    """Number and digest of the last line of the log; None where it is empty."""
    newest = (
        sa.select(AuditLine.number, AuditLine.digest).order_by(AuditLine.number.desc()).limit(1)
    )
    found = bare(session).execute(newest).first()
    return (found.number, found.digest) if found else None


def added(session: Session) -> tuple[int, str] | None:
    """Number and digest of the last line that this session added; None for none."""
    found: tuple[int, str] | None = session.info.get(_ADDED)
    return found


def digest_of(line: Mapping[str, Any]) -> str:
    """sha256 of the line and of the digest before it."""
    return hashlib.sha256(canonical(line)).hexdigest()


def canonical(line: Mapping[str, Any]) -> bytes:
    """The line as JSON that is the same on every machine: sorted, ASCII, the moment in UTC."""
    values = {name: line[name] for name in _BOUND}
    values["at"] = line["at"].isoformat(timespec="microseconds")
    return json.dumps(values, sort_keys=True, separators=(",", ":")).encode()


def _clean(text: str) -> str:
    """Without what one of the databases would not give back as it is."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
