"""Queries on links by which accounts are made and passwords renewed."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.tables import Invitation, now


def add(session: Session, invitation: Invitation) -> Invitation:
    """A new one."""
    session.add(invitation)
    session.flush()
    return invitation


def get(session: Session, invitation_id: int) -> Invitation | None:
    """The invitation, or None."""
    return session.get(Invitation, invitation_id)


def with_token(session: Session, token_hash: str) -> Invitation | None:
    """The one that this link carries, be it used or expired."""
    return session.scalars(sa.select(Invitation).where(Invitation.token_hash == token_hash)).first()


def of_email(session: Session, email: str) -> Sequence[Invitation]:
    """Those to this address, for a new account, that may still be used."""
    return session.scalars(
        _open().where(Invitation.email == email, Invitation.person_id.is_(None))
    ).all()


def listing(session: Session, project_id: int | None = None) -> Sequence[Invitation]:
    """Those that may still be used, of a project or all; the oldest first."""
    query = _open().order_by(Invitation.id)
    if project_id is not None:
        query = query.where(Invitation.project_id == project_id)
    return session.scalars(query).all()


def delete(session: Session, invitation: Invitation) -> None:
    """The link leads nowhere from now on."""
    session.delete(invitation)
    session.flush()


def delete_renewals(session: Session, person_id: int) -> None:
    """No link renews the person's password any more."""
    session.execute(sa.delete(Invitation).where(Invitation.person_id == person_id))


def _open() -> sa.Select[Invitation]:
    return sa.select(Invitation).where(Invitation.used_at.is_(None), Invitation.expires_at > now())
