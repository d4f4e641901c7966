"""A thread that looks asks of one snapshot, which is never older than a moment or than a change."""

import threading
from collections.abc import Iterator
from typing import cast

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from storage import projects
from storage.acting import EDITOR, Acting
from storage.database import Store
from storage.looking import look
from storage.tables import Membership, Person, Project
from workbench.jobs import kinds

_ = kinds  # it says which jobs are everybody's


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, a look lasts as long as a test wants."""
    monkeypatch.setattr(look, "FRESH_S", 60.0)


@pytest.fixture
def begun(store: Store) -> Iterator[list[None]]:
    """One entry a transaction."""
    found: list[None] = []

    def note(_connection: sa.Connection) -> None:
        found.append(None)

    event.listen(store.engine, "begin", note)
    yield found
    event.remove(store.engine, "begin", note)


def _add(store: Store, name: str) -> int:
    with store.write() as session:
        return projects.add(session, name, "").id


def _names(store: Store) -> list[str]:
    with store.read() as session:
        return sorted(session.scalars(sa.select(Project.name)))


def _checked_out(store: Store) -> int:
    return cast("sa.QueuePool", store.engine.pool).checkedout()


def _elsewhere(store: Store, name: str) -> None:
    """Add a project as another process does: this one's looks are not told."""
    engine = sa.create_engine(store.engine.url)
    with engine.begin() as connection:
        values = {"name": name, "description": "", "is_sample": False, "drafts": {}}
        connection.execute(sa.insert(Project).values(**values))
    engine.dispose()


def test_many_questions_are_one_transaction(store: Store, begun: list[None]) -> None:
    with store.looking():
        for _ in range(3):
            assert _names(store) == []
            assert _names(store.acting_as(Acting(1, "Jo"))) == []
    assert len(begun) == 1
    assert _names(store) == []
    assert len(begun) == 2


def test_all_of_them_see_the_same(store: Store) -> None:
    with store.looking():
        assert _names(store) == []
        _elsewhere(store, "Later")
        assert _names(store) == []
    assert _names(store) == ["Later"]


def test_what_others_change_is_seen_after_a_moment(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.looking():
        assert _names(store) == []
        _elsewhere(store, "Later")
        monkeypatch.setattr(look, "FRESH_S", 0.0)
        assert _names(store) == ["Later"]


def test_what_this_process_changes_is_seen_at_once(store: Store) -> None:
    with store.looking():
        assert _names(store) == []
        _add(store, "Mine")
        assert _names(store) == ["Mine"]
        other = threading.Thread(target=_add, args=(store, "Of another thread"))
        other.start()
        other.join()
        assert _names(store) == ["Mine", "Of another thread"]


def test_a_change_in_the_middle_of_a_question_is_seen_by_the_next(store: Store) -> None:
    with store.looking(), store.read() as session:
        assert session.scalars(sa.select(Project)).all() == []
        _add(store, "Mine")
        assert _names(store) == ["Mine"]
        assert session.scalars(sa.select(Project)).all() == []  # its own snapshot is stable


def test_what_is_changed_while_reading_is_thrown_away(store: Store) -> None:
    _add(store, "As it is")
    with store.looking():
        with store.read() as session:
            session.scalars(sa.select(Project)).one().name = "Changed"
            session.flush()
        assert _names(store) == ["As it is"]
        with store.read() as session:
            session.execute(sa.delete(Project))
        assert _names(store) == ["As it is"]


def test_a_question_that_fails_harms_no_other(store: Store) -> None:
    with store.looking():
        assert _names(store) == []
        with pytest.raises(sa.exc.DBAPIError), store.read() as session:
            session.execute(sa.text("SELECT no_such_column FROM projects"))
        assert _names(store) == []


def test_everybody_sees_their_own_in_the_same_snapshot(store: Store) -> None:
    hers, his = _add(store, "Hers"), _add(store, "His")
    with store.write() as session:
        for name, project_id in (("Ann", hers), ("Bob", his)):
            person = Person(email=f"{name}@company.example", name=name)
            session.add(person)
            session.flush()
            member = Membership(project_id=project_id, person_id=person.id, role=EDITOR)
            session.add(member)
    ann, bob = (store.acting_as(Acting(number, "somebody")) for number in (1, 2))
    with store.looking():
        for _ in range(2):
            assert (_names(ann), _names(bob)) == (["Hers"], ["His"])
            assert ann.known("names", lambda: _names(ann)) == ["Hers"]
            assert bob.known("names", lambda: _names(bob)) == ["His"]
            assert store.known("names", lambda: _names(store)) == ["Hers", "His"]


def test_what_is_known_is_found_once_a_snapshot(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def names() -> list[str]:
        asked.append(_names(store))
        return asked[-1]

    def known() -> list[str]:
        return store.known("names", names)

    with store.looking():
        assert known() == known() == []
        assert len(asked) == 1
        _add(store, "Mine")
        assert known() == known() == ["Mine"]
        assert len(asked) == 2
        monkeypatch.setattr(look, "FRESH_S", 0.0)
        assert known() == known() == ["Mine"]
        assert len(asked) == 4
    known()
    known()
    assert len(asked) == 6


def test_what_was_known_before_a_change_is_not_known_in_the_middle_of_a_question(
    store: Store,
) -> None:
    with store.looking(), store.read():
        assert store.known("names", lambda: _names(store)) == []
        _add(store, "Mine")
        assert store.known("names", lambda: _names(store)) == ["Mine"]


def test_what_a_change_overtakes_while_it_is_found_is_not_kept(store: Store) -> None:
    def slowly() -> list[str]:
        found = _names(store)
        _add(store, "Meanwhile")
        _names(store)
        return found

    with store.looking():
        assert store.known("names", slowly) == []
        assert store.known("names", lambda: _names(store)) == ["Meanwhile"]


def test_a_look_ends_with_its_block(store: Store) -> None:
    with pytest.raises(RuntimeError):
        _fail_while_looking(store)
    assert _checked_out(store) == 0


def _fail_while_looking(store: Store) -> None:
    with store.looking():
        _names(store)
        assert _checked_out(store) == 1
        raise RuntimeError


def test_who_waits_holds_no_connection(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.looking():
        _names(store)
        assert _checked_out(store) == 1
        monkeypatch.setattr(look, "FRESH_S", 0.0)
        until = threading.Event()
        for _ in range(200):
            if not _checked_out(store):
                break
            until.wait(0.1)
        assert _checked_out(store) == 0
        with store.read() as session:  # nor is it taken from who asks
            session.scalars(sa.select(Project)).all()
            until.wait(1.2)
            assert _checked_out(store) == 1
            assert session.scalars(sa.select(Project)).all() == []
