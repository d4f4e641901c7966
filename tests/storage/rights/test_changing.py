"""Who may add, change and remove what: row by row, in bulk, and never into another project."""

from typing import Any

import pytest
import sqlalchemy as sa

from storage.acting import ROLES
from storage.database import Store
from storage.errors import StorageError
from storage.rights.rules import RULES
from storage.tables import (
    AuditLine,
    BaseModel,
    DownloadTicket,
    Draft,
    Invitation,
    Person,
    PersonLimit,
    Project,
    Setting,
    SignIn,
    SignInFailure,
    UploadTicket,
)
from tests.helpers.changes import (
    MAY,
    ROOT_ONLY,
    added,
    changed,
    may,
    may_if_seen,
    removed,
    removed_in_bulk,
)
from tests.helpers.people import (
    EDITOR_OF,
    IN_MAILS,
    MAILS,
    OWNER_OF,
    REVIEWER_OF,
    ROOT,
    STRANGER,
    VIEWER_OF,
    person,
    values,
)

OTHERWISE = {Project, Person, SignIn, Draft, BaseModel, UploadTicket, DownloadTicket}
INSTALLATION = (AuditLine, PersonLimit, Setting, SignInFailure)
"""Tables of which this cannot be said so: they have tests of their own below."""


def test_all_tables_are_spoken_of() -> None:
    assert set(MAY) | OTHERWISE | set(INSTALLATION) == set(RULES)


@pytest.mark.parametrize("entity", INSTALLATION, ids=lambda entity: entity.__name__)
def test_what_is_the_installations_is_changed_by_administrators(full: Store, entity: Any) -> None:
    table = entity.__table__
    row = {**values(table, MAILS), table.primary_key.columns[0].name: 3}
    if entity is Setting:
        row["name"] = "another"
    if "about" in row:
        row["about"] = "another"
    assert [n for n in range(1, 7) if may(full, n, lambda s: s.add(entity(**row)))] == [ROOT]
    for number in (OWNER_OF, VIEWER_OF, STRANGER):
        with full.acting_as(person(number)).read() as session:
            for thing in session.scalars(sa.select(entity)).all():
                session.delete(thing)
                with pytest.raises(StorageError):
                    session.flush()
                session.expunge(thing)


@pytest.mark.parametrize("entity", MAY, ids=lambda entity: entity.__name__)
def test_each_role_may_do_what_it_is_for(full: Store, entity: Any) -> None:
    ways = (added(entity), changed(entity), removed(entity), removed_in_bulk(entity))
    needed = (*MAY[entity], MAY[entity][2])
    for way, need in zip(ways, needed, strict=True):
        allowed = {number for number in range(1, 7) if may_if_seen(full, number, way)}
        roles = ROLES[ROLES.index(need) :] if need != ROOT_ONLY else ()
        # What a stranger removes in bulk they do not find, so nothing happens and nothing is refused.
        unseen = {STRANGER} if way is ways[3] else set()
        if entity is Invitation and unseen:
            unseen |= {EDITOR_OF, REVIEWER_OF, VIEWER_OF}
        assert allowed == {ROOT, *(IN_MAILS[role] for role in roles)} | unseen, way
