"""Who may decide about people: owners about their project, administrators about everybody.

A store that acts for nobody is the console's or the workbench's own, and may.
"""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from storage import acting, projects
from storage.accounts import memberships, persons
from storage.acting import OWNER
from storage.rights.lift import lifted
from storage.tables import Person
from workbench.core.errors import WorkbenchError


class NotAllowed(WorkbenchError):
    """Somebody else decides about it; the sentence says who."""


def is_administrator(session: Session) -> bool:
    """Whether whoever asks decides about everybody; looked up, so that a change counts at once."""
    who = acting.of(session)
    if who is None:
        return True
    person = persons.get(session, who.person_id)
    return person is not None and person.administrator and person.disabled_at is None


def check_administrator(session: Session) -> None:
    """Raises NotAllowed unless whoever asks is an administrator."""
    if not is_administrator(session):
        raise NotAllowed(f"Only an administrator may do this: ask {_administrators(session)}.")


def owns(session: Session, project_id: int) -> bool:
    """Whether whoever asks decides who belongs to the project."""
    if is_administrator(session):
        return True
    who = acting.of(session)
    member = who and memberships.get(session, project_id, who.person_id)
    return bool(member and member.role == OWNER)


def check_owner(session: Session, project_id: int) -> None:
    """Raises NotAllowed unless whoever asks decides who belongs to the project.

    Raises:
        WorkbenchError: there is no such project, as far as they may know.
    """
    who = acting.of(session)
    is_strange = who is not None and memberships.get(session, project_id, who.person_id) is None
    if projects.get(session, project_id) is None or (is_strange and not is_administrator(session)):
        raise WorkbenchError(
            f"There is no project {project_id} (any more): choose one on the home page."
        )
    if not owns(session, project_id):
        named = _names(memberships.owners(session, project_id)) or _administrators(session)
        raise NotAllowed(f"Only owners decide who belongs to this project: ask {named}.")


def _administrators(session: Session) -> str:
    with lifted(session):  # they need share no project with who asks
        return _names(persons.administrators(session))


def _names(people: Iterable[Person]) -> str:
    return " or ".join(person.name for person in people)
