"""Links by which somebody makes an account, or renews a password: shown once, used once, good a week."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from storage import acting, projects
from storage.accounts import invitations as rows
from storage.accounts import memberships, persons
from storage.database import Store
from storage.tables import Invitation, Person, now
from workbench.core.errors import WorkbenchError
from workbench.system.accounts import members, passwords, people, sign_ins, signing_in, tokens, told
from workbench.system.accounts.authority import check_administrator, check_owner
from workbench.system.accounts.sign_ins import Place

PATH = "/account/invitation"
"""Of the page that the link opens."""
GOOD_FOR = dt.timedelta(days=7)


class NoInvitation(WorkbenchError):
    """The link leads nowhere: wrong, used, revoked or too old."""

    def __init__(self) -> None:
        super().__init__(
            "This link is no longer good: it was used, taken back, or is older than a week. Ask who "
            "sent it for a new one; if you have made your account, sign in."
        )


@dataclass(frozen=True)
class InvitationView:
    """A link that may still be used, without the link."""

    id: int
    email: str
    administrator: bool
    project: str
    """The project's name; empty for none."""
    role: str
    renews: bool
    """It renews a password."""
    invited_by: str
    """Empty for the console."""
    expires_at: dt.datetime


@dataclass(frozen=True)
class Offer:
    """What a link offers to who opens it."""

    email: str
    name: str
    """Of the person whose account it is; empty for a new one."""
    renews: bool
    """It renews their password; else, where they have an account, they join a project."""
    project: str
    invited_by: str


def invite(
    store: Store,
    email: str,
    *,
    project_id: int | None = None,
    role: str = "",
    administrator: bool = False,
) -> str:
    """Invite an address; returns the secret of the link, or "" if they have an account.

    Somebody with an account becomes a member at once, without a link.

    Args:
        project_id: the project that they come into, as `role`; None for none.

    Raises:
        NotAllowed: whoever asks does not own the project, or is no administrator.
        WorkbenchError: it is no address, there is no such role, or they have an account and
            are asked into no project.
    """
    email = people.checked_email(email)
    if project_id is not None:
        members.check_role(role)
    with store.write() as session:
        if project_id is None or administrator:
            check_administrator(session)
        if project_id is not None:
            check_owner(session, project_id)
        person = persons.with_email(session, email)
        if person is not None:
            _check_may_join(session, person, project_id, administrator)
            if project_id is not None:
                memberships.put(session, project_id, person.id, role)
            return ""
        for older in rows.of_email(session, email):
            if older.project_id == project_id:
                rows.delete(session, older)
        return _made(
            session,
            email=email,
            administrator=administrator,
            project_id=project_id,
            role=role if project_id is not None else "",
        )


def renew_password(store: Store, person_id: int) -> str:
    """A link by which somebody chooses a new password; returns its secret.

    Raises:
        NotAllowed: whoever asks is no administrator.
        WorkbenchError: there is no such person, or the account is disabled.
    """
    with store.write() as session:
        check_administrator(session)
        person = people.found(session, person_id)
        if person.disabled_at is not None:
            raise WorkbenchError(f"The account of {person.name} is disabled: enable it first.")
        rows.delete_renewals(session, person.id)
        return _made(session, email=person.email, person_id=person.id)


def listing(store: Store, project_id: int | None = None) -> list[InvitationView]:
    """Links that may still be used: of a project, or all.

    Raises:
        NotAllowed: whoever asks does not own the project, or is no administrator.
    """
    with store.read() as session:
        if project_id is None:
            check_administrator(session)
        else:
            check_owner(session, project_id)
        return [_view(session, row) for row in rows.listing(session, project_id)]


def revoke(store: Store, invitation_id: int) -> None:
    """Take a link back.

    Raises:
        NotAllowed: whoever asks could not have made it.
        WorkbenchError: there is no such link.
    """
    with store.write() as session:
        row = rows.get(session, invitation_id)
        if row is None or row.used_at is not None:
            raise WorkbenchError("This invitation was used or taken back: load the page again.")
        if row.project_id is None or row.administrator:
            check_administrator(session)
        else:
            check_owner(session, row.project_id)
        rows.delete(session, row)


def offer(store: Store, token: str) -> Offer:
    """What the link offers.

    Raises:
        NoInvitation: it is good no longer.
    """
    with store.acting_as(None).read() as session:
        row = _good(session, token)
        person = _person(session, row)
        return Offer(
            email=row.email,
            name=person.name if person else "",
            renews=row.person_id is not None,
            project=_project_name(session, row),
            invited_by=_inviter(session, row),
        )


def accept(store: Store, token: str, name: str, password: str, place: Place) -> str:
    """Make the account, or renew its password, and sign in; returns the secret of the cookie.

    Who has made an account meanwhile, by another link, joins the project with its password: that
    somebody was sent one link does not prove that they were sent the other.

    Args:
        name: how the new person is called; passed over where there is an account.

    Raises:
        NoInvitation: it is good no longer.
        Refused: there is an account with another password.
        TooSoon: its password was wrong too often.
        WorkbenchError: name or password are not good enough.
    """
    store = store.acting_as(None)
    offered = offer(store, token)
    if offered.name and not offered.renews:
        return _join(store, token, offered.email, password, place)
    name = offered.name or people.checked_name(name)
    passwords.check(password, email=offered.email, name=name)
    kept = passwords.hashed(password)
    with store.write() as session:
        row = _good(session, token)
        person = _renewed(session, row, kept) if row.person_id else _new(session, row, name, kept)
        action = "password_renewed" if offered.renews else "invitation_accepted"
        told.by(session, person, action, place.address)
        return sign_ins.begin(session, person, place)


def take_in(session: Session, row: Invitation, person: Person) -> None:
    """Use an invitation: the person belongs to its project, if it names one; who does stays what they are."""
    project_id = row.project_id
    if project_id is not None and memberships.get(session, project_id, person.id) is None:
        memberships.put(session, project_id, person.id, row.role)
    person.administrator = person.administrator or row.administrator
    row.used_at = now()


def _join(store: Store, token: str, email: str, password: str, place: Place) -> str:
    cookie = signing_in.sign_in(store, email, password, place)
    with store.write() as session:
        row = _good(session, token)
        _, person = sign_ins.of_cookie(session, cookie)
        take_in(session, row, person)
        told.by(session, person, "invitation_accepted", place.address)
    return cookie


def _new(session: Session, row: Invitation, name: str, kept: str) -> Person:
    person = people.create(session, row.email, name, password_hash=kept)
    take_in(session, row, person)
    return person


def _renewed(session: Session, row: Invitation, kept: str) -> Person:
    person = _person(session, row)
    if person is None or person.disabled_at is not None:
        raise NoInvitation
    sign_ins.end_all(session, person)
    signing_in.set_hash(session, person, kept)
    return person


def _person(session: Session, row: Invitation) -> Person | None:
    """Whose account it is about, if there is one."""
    if row.person_id is not None:
        return persons.get(session, row.person_id)
    return persons.with_email(session, row.email)


def _check_may_join(
    session: Session, person: Person, project_id: int | None, administrator: bool
) -> None:
    if project_id is None or administrator:
        raise WorkbenchError(
            f"{person.email} has an account already: add them to a project, renew the password by a "
            "link, or make them an administrator in the list of people."
        )
    if memberships.get(session, project_id, person.id) is not None:
        raise WorkbenchError(
            f"{person.name} belongs to this project already: change the role in the list."
        )


def _made(session: Session, **values: object) -> str:
    token = tokens.new()
    who = acting.of(session)
    row = Invitation(
        **values,
        token_hash=tokens.hash_of(token),
        invited_by=who.person_id if who else None,
        expires_at=now() + GOOD_FOR,
    )
    rows.add(session, row)
    return token


def _good(session: Session, token: str) -> Invitation:
    row = rows.with_token(session, tokens.hash_of(token)) if token else None
    if row is None or row.used_at is not None or row.expires_at <= now():
        raise NoInvitation
    return row


def _view(session: Session, row: Invitation) -> InvitationView:
    return InvitationView(
        id=row.id,
        email=row.email,
        administrator=row.administrator,
        project=_project_name(session, row),
        role=row.role,
        renews=row.person_id is not None,
        invited_by=_inviter(session, row),
        expires_at=row.expires_at,
    )


def _project_name(session: Session, row: Invitation) -> str:
    project = projects.get(session, row.project_id) if row.project_id else None
    return project.name if project else ""


def _inviter(session: Session, row: Invitation) -> str:
    person = persons.get(session, row.invited_by) if row.invited_by else None
    return person.name if person else ""
