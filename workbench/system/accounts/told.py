"""What people do with their accounts, told to the audit log: there the store acts for nobody yet."""

from sqlalchemy.orm import Session

from storage import audit
from storage.acting import ROUTE, Acting
from storage.operations import request
from storage.tables import Person


def by(session: Session, person: Person, action: str, address: str = "") -> None:
    """Say what somebody did; `action` is one of `storage.audit.actions.EVENTS`."""
    who = Acting(person.id, person.name, person.administrator, ROUTE, address, request.current().id)
    audit.record(session, action, kind="persons", thing_id=person.id, who=who)


def failed(session: Session, person: Person | None, address: str) -> None:
    """Say that signing in failed, and for which account; never what was typed, be it a password."""
    thing_id = person.id if person else None
    audit.record(session, "sign_in_failed", kind="persons", thing_id=thing_id, address=address)
