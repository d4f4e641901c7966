"""Drafts: everybody's own where people have accounts, and settings that all see."""

import pytest

from storage.database import Store
from storage.entered import drafts
from storage.leftovers import drafted
from storage.rights.owners import take_over
from storage.rights.refusals import NotAllowed
from storage.tables import Membership, Project
from tests.helpers.people import EDITOR_OF, MAILS, OWNER_OF, ROOT, VIEWER_OF, person, settle


def put(store: Store, page: str, values: dict[str, object]) -> None:
    with store.write() as session:
        drafts.put(session, session.get_one(Project, MAILS), page, values)


def got(store: Store, page: str) -> dict[str, object]:
    with store.read() as session:
        return drafts.get(session, session.get_one(Project, MAILS), page)


def test_each_person_has_drafts_of_their_own(store: Store) -> None:
    settle(store)
    olga, vic = store.acting_as(person(OWNER_OF)), store.acting_as(person(VIEWER_OF))
    put(olga, "data", {"of": "Olga", "file": "a" * 64})
    put(vic, "data", {"of": "Vic"})
    put(vic, "data", {"of": "Vic again", "file": "b" * 64})
    assert got(olga, "data")["of"] == "Olga"
    assert got(vic, "data")["of"] == "Vic again"
    assert got(store, "data") == {}
    with olga.read() as session:  # the files that others have just brought are needed, too
        assert drafted(session, MAILS) == {"a" * 64, "b" * 64}


def test_what_others_entered_on_what_is_gone_goes_with_it(store: Store) -> None:
    settle(store)
    olga, edi = store.acting_as(person(OWNER_OF)), store.acting_as(person(EDITOR_OF))
    for somebody in (store, olga, edi):
        put(somebody, "edits", {"row": 1})
        put(somebody, "data", {"row": 2})
    with edi.write() as session:
        drafts.forget(session, session.get_one(Project, MAILS), "edits")
    assert [got(somebody, "edits") for somebody in (store, olga, edi)] == [{}, {}, {}]
    assert [got(somebody, "data") for somebody in (store, olga, edi)] == [{"row": 2}] * 3


def test_settings_are_the_projects_and_set_by_editors(store: Store) -> None:

    settle(store)
    edi, vic = store.acting_as(person(EDITOR_OF)), store.acting_as(person(VIEWER_OF))
    put(edi, "gate", {"most_worse": 3})
    assert got(vic, "gate") == got(store, "gate") == {"most_worse": 3}
    with pytest.raises(NotAllowed):
        put(vic, "gate", {"most_worse": 100})


def test_the_first_person_takes_over_what_was_there_before(store: Store) -> None:
    settle(store)
    with store.write() as session:
        session.add(
            Project(name="of before", drafts={"data": {"file": 1}, "gate": {"most_worse": 2}})
        )
    with store.write() as session:
        assert take_over(session, ROOT) == 1
    with store.acting_as(person(ROOT)).read() as session:
        project = session.get_one(Project, 3)
        assert drafts.get(session, project, "data") == {"file": 1}
        assert drafts.get(session, project, "gate") == {"most_worse": 2}
        assert project.drafts == {"gate": {"most_worse": 2}}
        owners = session.query(Membership).filter_by(project_id=3)
        assert [row.person_id for row in owners] == [ROOT]
