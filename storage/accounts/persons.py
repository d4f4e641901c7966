"""Queries on people with an account."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.rights.lift import lifted
from storage.tables import Invitation, Person, SignInFailure


def exist(session: Session) -> bool:
    """Whether anybody has an account: then all pages ask who one is."""
    return session.scalar(sa.select(Person.id).limit(1)) is not None


def add(session: Session, person: Person) -> Person:
    """A new person."""
    session.add(person)
    session.flush()
    return person


def get(session: Session, person_id: int) -> Person | None:
    """The person, or None."""
    return session.get(Person, person_id)


def anybody(session: Session, person_id: int) -> Person | None:
    """The person, to be read only, also for who shares no project with them; or None."""
    with lifted(session):
        return session.get(Person, person_id)


def with_email(session: Session, email: str) -> Person | None:
    """The person of this address, to be read only; `email` in small letters."""
    with lifted(session):
        return session.scalars(sa.select(Person).where(Person.email == email)).first()


def with_subject(session: Session, subject: str) -> Person | None:
    """The person whom the identity provider calls so."""
    return session.scalars(sa.select(Person).where(Person.subject == subject)).first()


def listing(session: Session) -> Sequence[Person]:
    """All people, by name."""
    return session.scalars(sa.select(Person).order_by(sa.func.lower(Person.name), Person.id)).all()


def administrators(session: Session) -> Sequence[Person]:
    """Administrators whose account is in use."""
    used = Person.administrator.is_(True), Person.disabled_at.is_(None)
    with lifted(session):  # everybody may know whom to ask
        return session.scalars(sa.select(Person).where(*used)).all()


def delete_all(session: Session) -> int:
    """Delete every account with its memberships, sign-ins and invitations; how many there were."""
    count = session.scalar(sa.select(sa.func.count()).select_from(Person)) or 0
    for table in (Invitation, SignInFailure, Person):
        session.execute(sa.delete(table))
    return count
