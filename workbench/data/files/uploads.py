"""Uploads that stream to the disk: a ticket for each, and how far it has come.

The route that takes the bytes knows no login and no session. So the page makes a ticket for one
file, and whoever shows the ticket may send that file, once, within the next minutes. Tickets are
rows, so that all web processes share them; only the sha256 of a ticket is written down.
"""

import datetime as dt
import hashlib
import secrets
import time
from dataclasses import dataclass, replace
from pathlib import Path

from storage import acting, files
from storage.database import Store
from storage.tables import UploadTicket
from storage.tickets import uploads as tickets
from workbench.core import names
from workbench.core.errors import WorkbenchError
from workbench.core.words import plural, size
from workbench.data.examples.plan import Source

BEGIN_WITHIN_S = 15 * 60
RESERVE_BYTES = 500_000_000
"""So much of the disk stays free for everything else."""
WAITING, RECEIVING, DONE, FAILED = "waiting", "receiving", "done", "failed"
_SILENT_S = 30.0
_KEPT_S = 24 * 3600
_NAME_LIMIT = 200


class NoTicket(WorkbenchError):
    """Nobody was allowed to send this, or no longer."""


class TooMuch(WorkbenchError):
    """More bytes come than were announced, or fewer."""


class NoRoom(WorkbenchError):
    """The disk does not take it."""


@dataclass(frozen=True)
class Upload:
    """One file on its way, at one moment."""

    id: str
    """Of no use to whoever wants to upload; fit to be kept in a draft."""
    project_id: int
    name: str
    size: int
    """Bytes that were announced."""
    expires_at: float
    """Seconds since 1970; until then it has to begin."""
    state: str = WAITING
    received: int = 0
    at: float = 0.0
    """When something was last heard of it, in seconds since 1970."""
    digest: str = ""
    reason: str = ""
    """Why it failed, for the user."""

    @property
    def source(self) -> Source:
        """The file, once it is here."""
        return Source(self.digest, self.name)

    @property
    def is_open(self) -> bool:
        """Whether it may still become whole."""
        return self.state in (WAITING, RECEIVING)


def open_ticket(store: Store, project_id: int, name: str, size_bytes: int) -> str:
    """Allow one file of this name and size to be sent, once; the ticket.

    Raises:
        NoRoom: the disk is too full for it.
        WorkbenchError: it is empty.
    """
    name = names.shown(Path(name.replace("\\", "/")).name[:_NAME_LIMIT]) or "table"
    if size_bytes <= 0:
        raise WorkbenchError(f"{name} is empty: choose a file with at least ten rows of examples.")
    check_room(name, size_bytes)
    files.remove_stale_parts(_KEPT_S)
    ticket, at = secrets.token_urlsafe(32), time.time()
    with store.write() as session:
        tickets.forget(session, moment(at - _KEPT_S))
        who = acting.of(session)
        row = UploadTicket(key=id_of(ticket), project_id=project_id, name=name, size=size_bytes)
        row.person_id = who.person_id if who else None
        row.expires_at, row.heard_at = moment(at + BEGIN_WITHIN_S), moment(at)
        tickets.add(session, row)
    return ticket


def id_of(ticket: str) -> str:
    """The id of the upload that a ticket allows."""
    return hashlib.sha256(ticket.encode()).hexdigest()[:40]


def moment(seconds: float) -> dt.datetime:
    """A time of the clock, as the database keeps it."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def look(store: Store, upload_id: str) -> Upload | None:
    """How far an upload has come; None if there is none (any more)."""
    with store.read() as session:
        row = tickets.keyed(session, upload_id)
    if row is None:
        return None
    upload, now = _upload(row), time.time()
    if upload.is_open and row.given_up_at is not None:
        return replace(upload, state=FAILED, reason=describe_stopped(upload))
    if upload.state == RECEIVING and now - upload.at > _SILENT_S:
        return replace(upload, state=FAILED, reason=describe_interrupted(upload))
    if upload.state == WAITING and now > upload.expires_at:
        return replace(upload, state=FAILED, reason=_late(upload))
    return upload


def _upload(row: UploadTicket) -> Upload:
    return Upload(
        id=row.key,
        project_id=row.project_id,
        name=row.name,
        size=row.size,
        expires_at=row.expires_at.timestamp(),
        state=row.state,
        received=row.received,
        at=row.heard_at.timestamp(),
        digest=row.digest,
        reason=row.reason,
    )


def give_up(store: Store, upload_id: str) -> None:
    """The user wants it no longer: it cannot begin, and one that runs is broken off."""
    with store.write() as session:
        tickets.change(session, upload_id, given_up_at=moment(time.time()))


UNKNOWN = "This upload is not known (any more): reload the page and choose the file again."


def describe_stopped(upload: Upload) -> str:
    """The sentence for an upload that the user gave up."""
    return f"You stopped the upload of {upload.name}."


def _late(upload: Upload) -> str:
    minutes = plural(BEGIN_WITHIN_S // 60, "minute")
    return f"The upload of {upload.name} did not begin within {minutes}: choose the file again."


def describe_interrupted(upload: Upload) -> str:
    """The sentence for an upload that broke off."""
    share = f" after {size(upload.received)} of {size(upload.size)}" if upload.received else ""
    return (
        f"The upload of {upload.name} was interrupted{share}, and nothing of it was kept: "
        "choose the file again, and leave this page open until it is here."
    )


def check_room(name: str, wanted: int) -> None:
    """Refuse what the disk does not take.

    Raises:
        NoRoom: fewer than `wanted` bytes can be spared.
    """
    free = max(0, files.free_bytes() - RESERVE_BYTES)
    if wanted > free:
        raise NoRoom(
            f"{name} needs {size(wanted)} more, but the disk that holds {files.home()} has only "
            f"{size(free)} to spare: free some space and try again."
        )


def claim(store: Store, upload_id: str) -> bool:
    """Use a ticket up; no if somebody else has."""
    with store.write() as session:
        return tickets.claim(session, upload_id)


def record(store: Store, upload: Upload) -> bool:
    """Let every page and process see how far an upload is; whether the user still wants it."""
    with store.write() as session:
        row = tickets.keyed(session, upload.id)
        if row is None:  # its project was deleted meanwhile
            return False
        tickets.change(
            session,
            upload.id,
            state=upload.state,
            received=upload.received,
            heard_at=moment(upload.at),
            digest=upload.digest,
            reason=upload.reason,
        )
        return row.given_up_at is None
