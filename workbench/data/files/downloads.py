"""Downloads that stream from the disk: a ticket for each file, good for an hour.

The route that gives the bytes knows no login and no session. So the page makes a ticket for one
file, and whoever shows it gets that file. Tickets live in this process and go with it.
"""

import secrets
import threading
import time
from dataclasses import dataclass
from pathlib import Path

GOOD_FOR_S = 3600.0
_RENEWED_S = 1800.0
"""A page that is drawn again gets a ticket that is good for at least so long."""

_lock = threading.Lock()


@dataclass(frozen=True)
class Offer:
    """A file that may be fetched."""

    path: Path
    name: str
    """What it is called where it arrives."""


_tickets: dict[str, tuple[Offer, float]] = {}
"""Ticket → its file and until when it is good (monotonic seconds)."""


def ticket_for(path: Path, name: str = "") -> str:
    """A ticket for this file; the same one for some time, so that a link stays what it is.

    Args:
        name: what the file is called where it arrives, if not as here.
    """
    offer, at = Offer(path, name or path.name), time.monotonic()
    with _lock:
        for ticket, (_, until) in list(_tickets.items()):
            if until < at:
                del _tickets[ticket]
        for ticket, (known, until) in _tickets.items():
            if known == offer and until - at > _RENEWED_S:
                return ticket
        ticket = secrets.token_urlsafe(32)
        _tickets[ticket] = (offer, at + GOOD_FOR_S)
        return ticket


def offer_of(ticket: str) -> Offer | None:
    """What this ticket allows to fetch; None if it allows nothing, or no longer."""
    with _lock:
        offer, until = _tickets.get(ticket, (None, 0.0))
    return offer if offer and time.monotonic() < until and offer.path.is_file() else None
