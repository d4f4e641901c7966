"""Downloads that stream from the disk: a ticket for each file, good for an hour.

The route that gives the bytes knows no login and no session. So the page makes a ticket for one
file, and whoever shows it gets that file. Tickets live in this process and go with it.
"""

import secrets
import threading
import time
from pathlib import Path

GOOD_FOR_S = 3600.0
_RENEWED_S = 1800.0
"""A page that is drawn again gets a ticket that is good for at least so long."""

_lock = threading.Lock()
_tickets: dict[str, tuple[Path, float]] = {}
"""Ticket → its file and until when it is good (monotonic seconds)."""


def ticket_for(path: Path) -> str:
    """A ticket for this file; the same one for some time, so that a link stays what it is."""
    at = time.monotonic()
    with _lock:
        for ticket, (_, until) in list(_tickets.items()):
            if until < at:
                del _tickets[ticket]
        for ticket, (known, until) in _tickets.items():
            if known == path and until - at > _RENEWED_S:
                return ticket
        ticket = secrets.token_urlsafe(32)
        _tickets[ticket] = (path, at + GOOD_FOR_S)
        return ticket


def file_of(ticket: str) -> Path | None:
    """The file that this ticket allows to fetch; None if it allows none, or no longer."""
    with _lock:
        path, until = _tickets.get(ticket, (None, 0.0))
    return path if path and time.monotonic() < until and path.is_file() else None
