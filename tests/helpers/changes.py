"""Changes that somebody tries, of which nothing stays."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.acting import EDITOR, OWNER, REVIEWER
from storage.database import Store
from storage.errors import StorageError
from storage.rights.lift import lifted
from storage.rights.rules import RULES
from storage.tables import (
    ApiKey,
    BlindTest,
    Conversation,
    Dataset,
    DatasetVersion,
    Evaluation,
    Invitation,
    Job,
    JobAttempt,
    Membership,
    Message,
    Metric,
    MustPass,
    OwnRating,
    Release,
    Run,
    Trial,
    Vote,
    Watch,
    WatchedFile,
)
from tests.helpers.people import (
    MAILS,
    STRANGER,
    person,
    values,
)

ROOT_ONLY = "administrator"
MAY = {
    ApiKey: (EDITOR, EDITOR, EDITOR),
    BlindTest: (EDITOR, EDITOR, EDITOR),
    Conversation: (EDITOR, EDITOR, EDITOR),
    Dataset: (EDITOR, EDITOR, EDITOR),
    DatasetVersion: (EDITOR, EDITOR, EDITOR),
    Evaluation: (EDITOR, EDITOR, EDITOR),
    Invitation: (OWNER, OWNER, OWNER),
    Job: (EDITOR, EDITOR, EDITOR),
    JobAttempt: (EDITOR, EDITOR, EDITOR),
    Membership: (OWNER, OWNER, OWNER),
    Message: (EDITOR, EDITOR, EDITOR),
    Metric: (EDITOR, EDITOR, EDITOR),
    MustPass: (EDITOR, EDITOR, EDITOR),
    OwnRating: (REVIEWER, REVIEWER, REVIEWER),
    Release: (REVIEWER, ROOT_ONLY, ROOT_ONLY),
    Run: (EDITOR, EDITOR, EDITOR),
    Trial: (EDITOR, EDITOR, EDITOR),
    Vote: (REVIEWER, REVIEWER, EDITOR),
    Watch: (EDITOR, EDITOR, EDITOR),
    WatchedFile: (EDITOR, EDITOR, EDITOR),
}
"""Who may add, change and remove a row of the first project at least."""


class Undone(Exception):
    """Ends a transaction that went well."""


@contextmanager
def tried(store: Store, number: int) -> Iterator[Session]:
    """A transaction of a person of which nothing stays."""
    try:
        with store.acting_as(person(number)).write() as session:
            yield session
            session.flush()
            raise Undone
    except Undone:
        pass


def may(store: Store, number: int, change: Callable[[Session], object]) -> bool:
    said = ""
    try:
        with tried(store, number) as session:
            change(session)
    except StorageError as error:
        said = str(error)
    assert not said or said.endswith(("Olga.", "Root.", "home page.")), said
    return not said


def added(entity: Any) -> Callable[[Session], object]:
    table = entity.__table__
    row = values(table, MAILS)
    for column in table.columns:
        if column.name in row and not column.foreign_keys and column.unique is not None:
            row[column.name] = f"{row[column.name]} 2"
    for name in ("number", "step", "attempt", "pair"):
        if name in row:
            row[name] = "another" if isinstance(row[name], str) else row[name] + 10
    if entity is WatchedFile:
        row["digest"] = "another"
    if entity is Membership:
        row["person_id"] = STRANGER

    def add(session: Session) -> None:
        if entity is Watch:  # there is but one in a project
            with lifted(session):
                session.execute(sa.delete(Watch))
        session.add(entity(**row))

    return add


def changed(entity: Any) -> Callable[[Session], object]:
    special = RULES[entity].columns
    columns = [
        column
        for column in entity.__table__.columns
        if column.name not in ("id", *special) and not column.foreign_keys
    ]
    name = next(
        (c.name for c in columns if isinstance(c.type, sa.JSON | sa.String)), columns[0].name
    )
    json = isinstance(entity.__table__.c[name].type, sa.JSON)
    return lambda session: setattr(
        session.get_one(entity, 1), name, {"changed": 1} if json else "changed"
    )


def removed(entity: Any) -> Callable[[Session], object]:
    return lambda session: session.delete(session.get_one(entity, 1))


def removed_in_bulk(entity: Any) -> Callable[[Session], object]:
    return lambda session: session.execute(sa.delete(entity).where(entity.id == 1))


def may_if_seen(store: Store, number: int, way: Callable[[Session], object]) -> bool:
    try:
        return may(store, number, way)
    except sa.exc.NoResultFound:
        return False
