"""Queries on sign-ins that failed lately."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.tables import SignInFailure, now


def get(session: Session, about: str) -> SignInFailure | None:
    """How often it failed for this account or address; None for never."""
    return session.scalars(sa.select(SignInFailure).where(SignInFailure.about == about)).first()


def count(session: Session, about: str) -> None:
    """One more."""
    found = get(session, about)
    if found is None:
        session.add(SignInFailure(about=about, failures=1, failed_at=now()))
    else:
        found.failures += 1
        found.failed_at = now()
    session.flush()


def uncount(session: Session, about: str) -> None:
    """One less."""
    fewer = {SignInFailure.failures: SignInFailure.failures - 1}
    session.execute(sa.update(SignInFailure).where(SignInFailure.about == about).values(fewer))


def forget(session: Session, about: str) -> None:
    """It has not failed."""
    session.execute(sa.delete(SignInFailure).where(SignInFailure.about == about))


def forget_old(session: Session, older: dt.timedelta) -> None:
    """Those whose last failure is so long ago."""
    session.execute(sa.delete(SignInFailure).where(SignInFailure.failed_at < now() - older))
