"""People of a restored installation: they sign in anew, or are left out on one's own computer."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.accounts import persons
from storage.tables import Invitation, Job, SignIn, SignInFailure, now


def settle(session: Session, keep: bool) -> int:
    """Let nobody be signed in, and no invitation that was sent before count; who may sign in now.

    A backup may be old, and lie where it should not: whoever was signed in then may have been signed
    out since.

    Args:
        keep: whether people and their roles stay. Without them nobody is asked to sign in.
    """
    if not keep:
        session.execute(sa.update(Job).values(person_id=None))  # no foreign key does it
        persons.delete_all(session)
    session.execute(sa.update(SignIn).where(SignIn.ended_at.is_(None)).values(ended_at=now()))
    session.execute(sa.delete(Invitation).where(Invitation.used_at.is_(None)))
    session.execute(sa.delete(SignInFailure))
    return sum(person.disabled_at is None for person in persons.listing(session))
