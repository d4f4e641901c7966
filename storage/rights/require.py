"""Asking for a right beforehand: for what is about to happen outside of the database, too."""

from sqlalchemy.orm import Session

from storage.rights import changing, refusals
from storage.rights.lift import bound_by_rules, unguarded
from storage.rights.rule import ADMINISTRATOR
from storage.tables import Base


def require(session: Session, entity: type[Base], row_id: int, action: str) -> None:
    """Make sure that whom the session acts for may see, change or remove a row.

    Raises:
        StorageError: they may not, in a sentence; an unseen row is told of as one that is not there.
    """
    session.flush()
    if (who := bound_by_rules(session)) is not None:
        changing.check_one(session, entity, row_id, action, who.person_id)


def require_administrator(session: Session, noun: str) -> None:
    """Make sure that it is the workbench itself or an administrator who asks.

    Args:
        noun: what they are about to change: "the backups".

    Raises:
        StorageError: it is somebody else.
    """
    if bound_by_rules(session) is not None:
        raise administrators_only(session, noun)


def administrators_only(session: Session, noun: str) -> Exception:
    """What to say to anybody else."""
    with unguarded(session):
        return refusals.not_allowed(session, ADMINISTRATOR, noun, None)
