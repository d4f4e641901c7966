"""Queries on who belongs to a project, and as what."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.acting import OWNER
from storage.tables import Membership, Person, Project


def of_project(session: Session, project_id: int) -> Sequence[tuple[Membership, Person]]:
    """Who belongs to the project, by name."""
    query = (
        sa.select(Membership, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.project_id == project_id)
        .order_by(sa.func.lower(Person.name), Person.id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def of_person(session: Session, person_id: int) -> Sequence[tuple[Membership, Project]]:
    """What the person belongs to, by the project's name."""
    query = (
        sa.select(Membership, Project)
        .join(Project, Project.id == Membership.project_id)
        .where(Membership.person_id == person_id)
        .order_by(sa.func.lower(Project.name), Project.id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def get(session: Session, project_id: int, person_id: int) -> Membership | None:
    """What the person is in the project; None for no member."""
    here = Membership.project_id == project_id, Membership.person_id == person_id
    return session.scalars(sa.select(Membership).where(*here)).first()


def put(session: Session, project_id: int, person_id: int, role: str) -> Membership:
    """Make the person a member, or change what they are."""
    found = get(session, project_id, person_id)
    if found is None:
        found = Membership(project_id=project_id, person_id=person_id, role=role)
        session.add(found)
    found.role = role
    session.flush()
    return found


def owners(session: Session, project_id: int) -> Sequence[Person]:
    """Owners of the project whose account is in use, by name."""
    return [
        person
        for member, person in of_project(session, project_id)
        if member.role == OWNER and person.disabled_at is None
    ]


def delete(session: Session, member: Membership) -> None:
    """The person belongs to the project no longer."""
    session.delete(member)
    session.flush()
