"""Signing in with e-mail address and password, and changing one's password."""

from sqlalchemy.orm import Session

from storage.accounts import invitations, persons
from storage.accounts import sign_ins as rows
from storage.database import Store
from storage.tables import Person
from workbench.core.errors import WorkbenchError
from workbench.system.accounts import delays, passwords, sign_ins, told
from workbench.system.accounts.sign_ins import Place

_WRONG = (
    "The e-mail address or the password is wrong: try again, or ask an administrator for a link to "
    "renew your password."
)
DISABLED = "This account is disabled: ask an administrator to enable it."


class Refused(WorkbenchError):
    """Nobody is signed in; the sentence says why."""


def sign_in(store: Store, email: str, password: str, place: Place) -> str:
    """Sign somebody in; returns the secret of the cookie.

    As slow for somebody whom nobody knows as for a wrong password.

    Raises:
        TooSoon: it has failed too often lately.
        Refused: address or password are wrong, or the account is disabled.
    """
    store = store.acting_as(None)
    email = normal(email)
    with store.write() as session:
        delays.count(session, email, place.address)
    with store.read() as session:
        person = persons.with_email(session, email)
    kept = person.password_hash if person else ""
    if not passwords.is_right(kept, password) or person is None:
        with store.write() as session:
            told.failed(session, person, place.address)
        raise Refused(_WRONG)
    stronger = passwords.hashed(password) if passwords.is_weaker(kept) else ""
    with store.write() as session:
        person = persons.get(session, person.id)
        if person is None or person.password_hash != kept:
            raise Refused(_WRONG)
        if person.disabled_at is not None:
            raise Refused(DISABLED)
        person.password_hash = stronger or kept
        delays.forget(session, email, place.address)
        told.by(session, person, "sign_in", place.address)
        return sign_ins.begin(session, person, place)


def change_password(store: Store, token: str, old: str, new: str) -> None:
    """Change the password of the person of this cookie, who is signed out everywhere else.

    Raises:
        Refused: the old password is wrong, or the cookie is good no longer.
        TooSoon: the old password was wrong too often.
        WorkbenchError: the new one is not good enough.
    """
    store = store.acting_as(None)
    with store.read() as session:
        _, person = sign_ins.of_cookie(session, token)
    if not person.password_hash:
        raise Refused("You sign in with your company's account, whose password is changed there.")
    passwords.check(new, email=person.email, name=person.name)
    with store.write() as session:
        delays.count(session, person.email, "")
    if not passwords.is_right(person.password_hash, old):
        raise Refused("The present password is wrong: type the one with which you sign in.")
    kept = passwords.hashed(new)
    with store.write() as session:
        this, person = sign_ins.of_cookie(session, token)
        delays.forget(session, person.email, "")
        set_hash(session, person, kept)
        rows.end_all(session, person.id, but=this.id)
        told.by(session, person, "password_changed", this.address)


def set_hash(session: Session, person: Person, kept: str) -> None:
    """A new password; no link that was made earlier renews it any more."""
    person.password_hash = kept
    invitations.delete_renewals(session, person.id)


def normal(email: str) -> str:
    """An address as it is kept: in small letters, without blanks around it."""
    return email.strip().lower()
