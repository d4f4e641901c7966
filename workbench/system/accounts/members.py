"""Members of a project: who may do what in it, decided by its owners."""

from dataclasses import dataclass
from functools import partial

from sqlalchemy.orm import Session

from storage import acting
from storage.accounts import memberships, roles
from storage.acting import EDITOR, OWNER, REVIEWER, ROLES, VIEWER
from storage.database import Store
from storage.rights import refusals
from storage.rights.lift import lifted
from storage.tables import Membership, Person
from workbench.core.errors import WorkbenchError
from workbench.system.accounts import people
from workbench.system.accounts.authority import check_owner, owns

ADMINISTRATOR = "administrator"
"""In place of a role: of the installation."""
MEANINGS = {
    VIEWER: "sees everything in the project, and changes nothing",
    REVIEWER: "also judges answers, and approves what goes live",
    EDITOR: "also changes data, trains models and uses them",
    OWNER: "also decides who belongs to the project, and may delete it",
}
"""What each role may do; each may do what those before it may."""


@dataclass(frozen=True)
class MemberView:
    """Somebody who belongs to a project."""

    person_id: int
    name: str
    email: str
    role: str
    disabled: bool
    """Their account is disabled."""
    is_me: bool


def listing(store: Store, project_id: int) -> list[MemberView]:
    """Who belongs to the project, by name."""
    with store.read() as session:
        who = acting.of(session)
        return [
            _view(member, person, who is not None and who.person_id == person.id)
            for member, person in memberships.of_project(session, project_id)
        ]


def may_change(store: Store, project_id: int) -> bool:
    """Whether whoever asks decides who belongs to the project."""
    with store.read() as session:
        return owns(session, project_id)


def why_not(store: Store, project_id: int | None, needs: str) -> str:
    """Why whoever asks may not do what needs this role in the project, and whom to ask; "" if they may.

    Args:
        project_id: None where it is about no project.
        needs: a role, or ADMINISTRATOR.
    """
    who = store.acting
    if who is None or who.administrator:
        return ""
    return store.known(("why not", project_id, needs), partial(_why_not, store, project_id, needs))


def _why_not(store: Store, project_id: int | None, needs: str) -> str:
    if needs == ADMINISTRATOR:
        with store.read() as session, lifted(session):
            return str(refusals.not_allowed(session, ADMINISTRATOR, "this", None))
    if project_id is None:
        return ""
    role = roles.mine(store).get(project_id)
    if role is not None and ROLES.index(role) >= ROLES.index(needs):
        return ""
    ask = store.known(("whom to ask", project_id), partial(_whom_to_ask, store, project_id))
    return f"Only its {refusals.WHO[needs]} may do this: ask {ask}."


def _whom_to_ask(store: Store, project_id: int) -> str:
    with store.read() as session, lifted(session):
        return refusals.whom_to_ask(session, project_id)


def add(store: Store, project_id: int, person_id: int, role: str) -> None:
    """Make somebody with an account a member, or change what they are.

    Raises:
        NotAllowed: whoever asks is neither owner nor administrator.
        WorkbenchError: there is no such project, person or role, or nobody would own the project.
    """
    check_role(role)
    with store.write() as session:
        check_owner(session, project_id)
        person = people.found(session, person_id)
        member = memberships.get(session, project_id, person_id)
        if member is not None and role != OWNER:
            _check_not_last(session, member, person)
        memberships.put(session, project_id, person_id, role)


def remove(store: Store, project_id: int, person_id: int) -> None:
    """Somebody belongs to the project no longer, at once.

    Raises:
        NotAllowed: whoever asks is neither owner nor administrator, nor leaves themselves.
        WorkbenchError: they are no member, or nobody would own the project.
    """
    with store.write() as session:
        who = acting.of(session)
        if who is None or who.person_id != person_id:
            check_owner(session, project_id)
        person = people.found(session, person_id)
        member = memberships.get(session, project_id, person_id)
        if member is None:
            raise WorkbenchError(
                f"{person.name} does not belong to this project any more: load the page again."
            )
        _check_not_last(session, member, person)
        memberships.delete(session, member)


def check_role(role: str) -> None:
    """Raises WorkbenchError unless it is a role."""
    if role not in ROLES:
        raise WorkbenchError(f"There is no role '{role[:40]}': choose one of {', '.join(ROLES)}.")


def _check_not_last(session: Session, member: Membership, person: Person) -> None:
    others = [
        owner for owner in memberships.owners(session, member.project_id) if owner.id != person.id
    ]
    if member.role == OWNER and not others:
        raise WorkbenchError(
            f"{person.name} is the only owner of this project: make somebody else an owner first."
        )


def _view(member: Membership, person: Person, is_me: bool) -> MemberView:
    return MemberView(
        person.id, person.name, person.email, member.role, person.disabled_at is not None, is_me
    )
