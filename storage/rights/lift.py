"""The workbench itself in the middle of a person's transaction.

The order of the queue, whether a name is free, and which files some row still needs cannot be told
from what one person sees. Such few places say so, and hand out nothing of what they have seen.
"""

import contextlib
from collections.abc import Iterator

from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from storage import acting
from storage.acting import Acting
from storage.rights.refusals import NotSignedIn

_LIFTED = "workbench.rights.lifted"


@contextlib.contextmanager
def lifted(session: Session) -> Iterator[None]:
    """For storage's own questions: nothing is hidden and nothing refused until it ends.

    What was loaded meanwhile leaves the session, so that nobody comes by it later.

    Raises:
        NotSignedIn: nobody is.
    """
    if bound_by_rules(session) is None:
        yield
        return
    session.flush()  # what is waiting is still the person's
    before = set(session.identity_map.values())
    with unguarded(session):
        try:
            yield
            session.flush()
        finally:
            for row in set(session.identity_map.values()) - before:
                session.expunge(row)


def bound_by_rules(session: Session) -> Acting | None:
    """Who asks, if they may not do everything.

    Raises:
        NotSignedIn: nobody does.
    """
    who = acting.of(session)
    if who is None or is_lifted(session):
        return None
    if not who.person_id:
        raise NotSignedIn()
    return None if who.administrator else who


def bare(session: Session) -> Connection:
    """The connection beneath a session, which no rule reaches: for storage's own bookkeeping."""
    return Session.connection(session)


@contextlib.contextmanager
def unguarded(session: Session) -> Iterator[None]:
    """Within a refusal, or `lifted`."""
    former = is_lifted(session)
    session.info[_LIFTED] = True
    try:
        yield
    finally:
        session.info[_LIFTED] = former


def is_lifted(session: Session) -> bool:
    """Whether it is the workbench itself that asks at the moment."""
    return bool(session.info.get(_LIFTED))
