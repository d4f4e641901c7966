"""Who signs in wrongly waits, longer each time: for an account, and for all from one address.

A try is counted before it is looked at, so that many at once are many, and forgotten if it was right.
"""

import datetime as dt

from sqlalchemy.orm import Session

from storage.accounts import failures
from storage.tables import SignInFailure, now
from workbench.core.errors import WorkbenchError
from workbench.core.words import duration
from workbench.system.accounts import tokens

_FREE_OF_ACCOUNT, _FREE_OF_ADDRESS = 4, 20
"""Failures without a delay; a company may share one address."""
_LONGEST_S = 300
_FORGOTTEN = dt.timedelta(days=1)


class TooSoon(WorkbenchError):
    """Too many sign-ins failed: it has to wait."""


def count(session: Session, email: str, address: str) -> None:
    """Count a try as failed, until `forget` says that it was right.

    Raises:
        TooSoon: the last failure is not long enough ago; the sentence says how long it still is.
    """
    failures.forget_old(session, _FORGOTTEN)
    for about, free, whose in _counted(email, address):
        found = failures.get(session, about)
        if found is not None and (wait := _still(found, free)) > 0:
            raise TooSoon(
                f"Signing in has failed too often {whose}: try again in {duration(wait)}. If you have "
                "forgotten your password, ask an administrator for a link to renew it."
            )
    for about, _, _ in _counted(email, address):
        failures.count(session, about)


def forget(session: Session, email: str, address: str) -> None:
    """The try was right; what else failed from this address still counts."""
    account, *others = _counted(email, address)
    failures.forget(session, account[0])
    for about, _, _ in others:
        failures.uncount(session, about)


def _still(found: SignInFailure, free: int) -> float:
    """Seconds to wait: none at first, then 2, 4, 8 … up to five minutes from the last failure on."""
    over = found.failures - free
    if over < 0:
        return 0.0
    whole = min(2.0 ** min(over + 1, 10), _LONGEST_S)
    return whole - (now() - found.failed_at).total_seconds()


def _counted(email: str, address: str) -> list[tuple[str, int, str]]:
    about = [(tokens.hash_of(f"account {email}"), _FREE_OF_ACCOUNT, "with this e-mail address")]
    if address:
        about.append((tokens.hash_of(f"address {address}"), _FREE_OF_ADDRESS, "from your network"))
    return about
