"""People of the installation: added, listed, disabled, signed out, made administrators."""

import datetime as dt
import re
from dataclasses import dataclass

from sqlalchemy.orm import Session

from storage import acting
from storage.accounts import invitations, persons
from storage.accounts import sign_ins as rows
from storage.database import Store
from storage.rights import owners
from storage.tables import Person, now
from workbench.core import names
from workbench.core.errors import WorkbenchError
from workbench.system.accounts import passwords, sign_ins, signing_in
from workbench.system.accounts.authority import check_administrator

NAME_LIMIT, EMAIL_LIMIT = 80, 254
_EMAIL = re.compile(r"[^\s@\"'<>()\[\],;:\\]+@[^\s@\"'<>()\[\],;:\\]+")


@dataclass(frozen=True)
class PersonView:
    """Somebody with an account."""

    id: int
    name: str
    email: str
    administrator: bool
    disabled: bool
    has_password: bool
    """Else they sign in with their company's account only."""
    signed_in: int
    """In how many browsers."""
    created_at: dt.datetime
    seen_at: dt.datetime | None
    """When they last asked for something where they are signed in now."""

    def as_dict(self) -> dict[str, object]:
        """Plain values, for JSON; times in ISO 8601."""
        return {
            "name": self.name,
            "email": self.email,
            "administrator": self.administrator,
            "disabled": self.disabled,
            "signed_in": self.signed_in,
            "created_at": self.created_at.isoformat(),
            "seen_at": self.seen_at.isoformat() if self.seen_at else None,
        }


def are_there(store: Store) -> bool:
    """Whether anybody has an account, so that all pages ask who one is."""
    with store.acting_as(None).read() as session:
        return persons.exist(session)


def listing(store: Store) -> list[PersonView]:
    """Everybody, by name.

    Raises:
        NotAllowed: whoever asks is no administrator.
    """
    with store.read() as session:
        check_administrator(session)
        return [_view(session, person) for person in persons.listing(session)]


def get(store: Store, person_id: int) -> PersonView:
    """Somebody, as they may see themselves.

    Raises:
        WorkbenchError: there is no such person.
        NotAllowed: it is somebody else than who asks, who is no administrator.
    """
    with store.read() as session:
        who = acting.of(session)
        if who is None or who.person_id != person_id:
            check_administrator(session)
        return _view(session, found(session, person_id))


def add(store: Store, email: str, name: str, password: str, *, administrator: bool = False) -> int:
    """A new account with a password; returns the person's number.

    The first person owns all projects that are there.

    Raises:
        WorkbenchError: address, name or password are not good enough, or the address has an account.
        NotAllowed: whoever asks is no administrator.
    """
    email, name = checked_email(email), checked_name(name)
    passwords.check(password, email=email, name=name)
    kept = passwords.hashed(password)
    with store.write() as session:
        check_administrator(session)
        is_first = not persons.exist(session)
        person = create(session, email, name, administrator=administrator, password_hash=kept)
        if is_first:
            owners.take_over(session, person.id)
        return person.id


def create(
    session: Session,
    email: str,
    name: str,
    *,
    administrator: bool = False,
    password_hash: str = "",
    subject: str | None = None,
) -> Person:
    """A new person.

    Raises:
        WorkbenchError: the address has an account.
    """
    if persons.with_email(session, email) is not None:
        raise WorkbenchError(
            f"{email} has an account already: use another address, or renew its password by a link."
        )
    row = Person(
        email=email,
        name=name,
        administrator=administrator,
        password_hash=password_hash,
        subject=subject,
    )
    return persons.add(session, row)


def disable(store: Store, person_id: int) -> None:
    """Somebody may no longer sign in, and is signed out everywhere, at once.

    Raises:
        NotAllowed: whoever asks is no administrator.
        WorkbenchError: there is no such person, or it is the last administrator.
    """
    with store.write() as session:
        check_administrator(session)
        person = found(session, person_id)
        _check_not_last(session, person, "disabled")
        person.disabled_at = person.disabled_at or now()
        invitations.delete_renewals(session, person.id)
        sign_ins.end_all(session, person)


def enable(store: Store, person_id: int) -> None:
    """Somebody may sign in again.

    Raises:
        NotAllowed: whoever asks is no administrator.
        WorkbenchError: there is no such person.
    """
    with store.write() as session:
        check_administrator(session)
        found(session, person_id).disabled_at = None


def sign_out(store: Store, person_id: int) -> None:
    """Somebody has to sign in again, wherever they are signed in.

    Raises:
        NotAllowed: whoever asks is no administrator.
        WorkbenchError: there is no such person.
    """
    with store.write() as session:
        check_administrator(session)
        sign_ins.end_all(session, found(session, person_id))


def set_administrator(store: Store, person_id: int, administrator: bool) -> None:
    """Make somebody an administrator of the installation, or one no longer.

    Raises:
        NotAllowed: whoever asks is no administrator.
        WorkbenchError: there is no such person, or it is the last administrator.
    """
    with store.write() as session:
        check_administrator(session)
        person = found(session, person_id)
        if not administrator:
            _check_not_last(session, person, "an administrator no longer")
        person.administrator = administrator


def remove_all(store: Store) -> int:
    """Delete every account, so that nobody is asked who they are; returns how many there were.

    Projects stay; nobody is a member of any then.

    Raises:
        WorkbenchError: whoever asks is not on the console.
    """
    with store.write() as session:
        if acting.of(session) is not None:
            raise WorkbenchError(
                "Accounts are removed on the console: python -m workbench accounts remove-all"
            )
        return persons.delete_all(session)


def named(store: Store, email: str) -> int:
    """The number of the person with this address.

    Raises:
        WorkbenchError: there is none.
    """
    with store.read() as session:
        person = persons.with_email(session, signing_in.normal(email))
        if person is None:
            raise WorkbenchError(
                f"Nobody has an account with the address '{email[:EMAIL_LIMIT]}': "
                "`python -m workbench accounts list` says who has one."
            )
        return person.id


def found(session: Session, person_id: int) -> Person:
    """The person.

    Raises:
        WorkbenchError: there is none.
    """
    person = persons.get(session, person_id) or persons.anybody(session, person_id)
    if person is None:
        raise WorkbenchError("This person has no account any more: load the page again.")
    return person


def checked_email(email: str) -> str:
    """An address as it is kept.

    Raises:
        WorkbenchError: it is none.
    """
    email = signing_in.normal(names.typed(email))
    if len(email) > EMAIL_LIMIT or not _EMAIL.fullmatch(email):
        raise WorkbenchError(
            f"'{email[:60]}' is no e-mail address: it looks like name@company.example."
        )
    return email


def checked_name(name: str) -> str:
    """A name as it is kept.

    Raises:
        WorkbenchError: it is empty or too long, or has a character that nobody sees.
    """
    name = names.typed(name)
    if not name:
        raise WorkbenchError("A name is missing: type how colleagues call you.")
    if len(name) > NAME_LIMIT:
        raise WorkbenchError(f"A name has at most {NAME_LIMIT} characters: shorten it.")
    return name


def _check_not_last(session: Session, person: Person, what: str) -> None:
    if [other.id for other in persons.administrators(session)] == [person.id]:
        raise WorkbenchError(
            f"{person.name} is the only administrator and cannot be {what}: make somebody else "
            "an administrator first."
        )


def _view(session: Session, person: Person) -> PersonView:
    open_ = rows.of_person(session, person.id, sign_ins.IDLE)
    return PersonView(
        id=person.id,
        name=person.name,
        email=person.email,
        administrator=person.administrator,
        disabled=person.disabled_at is not None,
        has_password=bool(person.password_hash),
        signed_in=len(open_),
        created_at=person.created_at,
        seen_at=open_[0].seen_at if open_ else None,
    )
