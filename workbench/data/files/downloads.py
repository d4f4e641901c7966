"""Downloads that stream from the disk: a ticket for each file, good for an hour.

The route that gives the bytes knows no login and no session. So the page makes a ticket for one
file, and whoever shows it gets that file, from whichever web process. Tickets are rows, which
hold their sha256 only; a process remembers its own, so that a page's link stays what it is.
"""

import datetime as dt
import hashlib
import secrets
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from storage import acting, files
from storage.database import Store
from storage.rights.require import require, require_administrator
from storage.rights.rule import SEE
from storage.tables import DownloadTicket, Job
from storage.tickets import downloads as tickets

GOOD_FOR_S = 3600.0
_RENEWED_S = 1800.0
"""A page that is drawn again gets a ticket that is good for at least so long."""


@dataclass(frozen=True)
class Offer:
    """A file that may be fetched."""

    path: Path
    name: str
    """What it is called where it arrives."""


@dataclass(frozen=True)
class _Wish:
    """A file that somebody may fetch."""

    database: str
    person_id: int | None
    offer: Offer


_lock = threading.Lock()
_given: dict[_Wish, tuple[str, float]] = {}
"""What this process has given tickets for, and until when they are good."""


def ticket_for(store: Store, path: Path, name: str = "") -> str:
    """A ticket for this file; the same one for some time, so that a link stays what it is.

    Args:
        name: what the file is called where it arrives, if not as here.

    Raises:
        StorageError: whoever asks may not see the file.
    """
    at = time.time()
    who = store.acting.person_id if store.acting else None
    wish = _Wish(store.url, who, Offer(path, name or path.name))
    with _lock:
        ticket, until = _given.get(wish, ("", 0.0))
        if until - at > _RENEWED_S:
            return ticket
        ticket = secrets.token_urlsafe(32)
        _write_down(store, ticket, wish, at)
        for old in [known for known, (_, until) in _given.items() if until < at]:
            del _given[old]
        _given[wish] = (ticket, at + GOOD_FOR_S)
    return ticket


def _write_down(store: Store, ticket: str, wish: _Wish, at: float) -> None:
    path, home = wish.offer.path, files.home()
    inside = path.is_relative_to(home)
    _check_may_fetch(store, path.relative_to(home).parts if inside else ())
    row = DownloadTicket(key=_key(ticket), person_id=wish.person_id, name=wish.offer.name)
    row.path = str(path.relative_to(home) if inside else path.absolute())
    row.expires_at = _moment(at + GOOD_FOR_S)
    with store.write() as session:
        tickets.forget(session, _moment(at))
        tickets.add(session, row)


def _check_may_fetch(store: Store, parts: tuple[str, ...]) -> None:
    """Refuse what the person may not see, whatever page offers it.

    Args:
        parts: of the path, from the home on; none for a file elsewhere.

    Raises:
        StorageError: it is a backup, or of a job of a project that they do not belong to.
    """
    if store.acting is None:
        return
    with store.read() as session:
        if len(parts) > 1 and parts[0] == "jobs" and parts[1].isdecimal():
            require(session, Job, int(parts[1]), SEE)
        elif parts[:2] == ("backups", str(store.acting.person_id)) and len(parts) > 2:
            return  # what they have saved themselves
        elif parts[:1] != ("objects",):
            require_administrator(session, "what the installation keeps beside its projects")


def offer_of(store: Store, ticket: str) -> Offer | None:
    """What this ticket allows to fetch; None if it allows nothing (any more), or not this person."""
    with store.read() as session:
        row = tickets.keyed(session, _key(ticket), _moment(time.time()))
        who = acting.of(session)
    if row is None or (who is not None and row.person_id not in (None, who.person_id)):
        return None
    offer = Offer(files.home() / row.path, row.name)
    return offer if offer.path.is_file() else None


def _key(ticket: str) -> str:
    return hashlib.sha256(ticket.encode("utf-8", "surrogateescape")).hexdigest()


def _moment(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
