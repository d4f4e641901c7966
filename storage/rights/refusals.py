"""What is said to somebody who may not see or change something: what, and who may."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.acting import EDITOR, OWNER, REVIEWER, VIEWER
from storage.errors import StorageError
from storage.rights.rule import ADMINISTRATOR, Need
from storage.tables import Membership, Person, Project

WHO = {
    VIEWER: "members",
    REVIEWER: "reviewers, editors and owners",
    EDITOR: "editors and owners",
    OWNER: "owners",
}
"""Role → who may do what needs it."""


class NotAllowed(StorageError):
    """Somebody may see this, but not change it."""


class NotThere(StorageError):
    """Somebody may not even see it: to them it does not exist."""

    def __init__(self) -> None:
        super().__init__(
            "What you asked for does not exist (any more): open it again from the home page."
        )


class NotSignedIn(StorageError):
    """Nobody is signed in where people have accounts."""

    def __init__(self) -> None:
        super().__init__("You are not signed in (any more): sign in to go on.")


class Unguarded(RuntimeError):
    """A statement or table that no rule covers: a mistake of ours, not the user's."""


def not_allowed(session: Session, need: Need, noun: str, project_id: int | None) -> StorageError:
    """Why not, and whom to ask.

    Args:
        session: one in which nothing is hidden.
    """
    role = next((part for part in _parts(need) if isinstance(part, str)), ADMINISTRATOR)
    if role not in WHO or project_id is None:
        return NotAllowed(
            f"Only administrators of this installation may change {noun}: "
            f"ask {_named(session, sa.select(Person).where(Person.administrator)) or 'one of them'}."
        )
    project = session.get(Project, project_id)
    if project is None:
        return NotThere()
    return NotAllowed(
        f"Only {WHO[role]} of the project '{project.name}' may change {noun}: "
        f"ask {whom_to_ask(session, project_id)}."
    )


def whom_to_ask(session: Session, project_id: int) -> str:
    """Its owner by name; an administrator where it has none."""
    owners = sa.select(Person).join(Membership, Membership.person_id == Person.id)
    owners = owners.where(Membership.project_id == project_id, Membership.role == OWNER)
    if owner := _named(session, owners):
        return f"its owner, {owner}"
    administrator = _named(session, sa.select(Person).where(Person.administrator))
    return f"an administrator, {administrator}" if administrator else "an administrator"


def _named(session: Session, people: sa.Select[Person]) -> str:
    found = session.scalars(people.where(Person.disabled_at.is_(None)).order_by(Person.id)).first()
    return found.name if found else ""


def _parts(need: Need) -> tuple[object, ...]:
    return need if isinstance(need, tuple) else (need,)
