"""Blind tests and votes, as they are kept."""

import datetime as dt

import pytest
from sqlalchemy.exc import IntegrityError

from storage.database import Store
from storage.people import blind_tests
from storage.tables import BlindTest, Project, Run, now
from tests.helpers.made import add_dataset, add_model, add_run
from workbench.projects import projects


def add_test(store: Store, token_hash: str = "t") -> int:
    number = len(projects.project_names(store))
    project_id = projects.create_project(store, f"Project {number}")
    model = add_model(store, name=f"model {number}")
    run_id = add_run(store, project_id, add_dataset(store, project_id), model)
    with store.write() as session:
        test = BlindTest(
            project_id=project_id, run_id=run_id, asked={"pairs": [{"question": "Wo? 🙂"}]}, seed=1,
            token_hash=token_hash, expires_at=now() + dt.timedelta(days=1),
        )  # fmt: skip
        return blind_tests.add(session, test).id


def test_a_test_is_found_by_its_token_and_its_run(store: Store) -> None:
    test_id = add_test(store)
    with store.read() as session:
        found = blind_tests.by_token(session, "t")
        assert found is not None
        assert (found.id, found.state, found.pairs) == (test_id, "open", [{"question": "Wo? 🙂"}])
        assert [one.id for one in blind_tests.listing(session, found.run_id)] == [test_id]
        assert blind_tests.by_token(session, "u") is None
        assert blind_tests.get(session, test_id) is not None


def test_a_seat_votes_once_on_a_pair(store: Store) -> None:
    test_id = add_test(store)
    with store.write() as session:
        assert blind_tests.add_vote(session, test_id, 0, "a", 1)
        assert not blind_tests.add_vote(session, test_id, 0, "a", -1)
        assert blind_tests.add_vote(session, test_id, 0, "b", -1)
        assert blind_tests.add_vote(session, test_id, 1, "a", 0)
    with store.read() as session:
        kept = blind_tests.votes(session, test_id)
    assert [(one.pair, one.seat, one.choice) for one in kept] == [
        (0, "a", 1), (0, "b", -1), (1, "a", 0),
    ]  # fmt: skip


def test_a_test_ends_once_and_its_link_is_renewed_only_while_it_is_open(store: Store) -> None:
    test_id = add_test(store)
    later = now() + dt.timedelta(days=3)
    with store.write() as session:
        assert blind_tests.renew(session, test_id, "new", later)
        assert blind_tests.close(session, test_id, blind_tests.DECIDED)
        assert not blind_tests.close(session, test_id, blind_tests.ENDED)
        assert not blind_tests.renew(session, test_id, "newer", later)
    with store.read() as session:
        found = blind_tests.by_token(session, "new")
        assert found is not None
        assert found.state == blind_tests.DECIDED
        assert found.ended_at is not None


def test_a_token_belongs_to_one_test(store: Store) -> None:
    add_test(store)
    with pytest.raises(IntegrityError):
        add_test(store, "t")


def test_it_goes_with_its_run_and_its_project(store: Store) -> None:
    first, second = add_test(store), add_test(store, "u")
    with store.write() as session:
        blind_tests.add_vote(session, first, 0, "a", 1)
        found = blind_tests.get(session, first)
        assert found is not None
        session.delete(session.get_one(Run, found.run_id))
    with store.write() as session:
        assert blind_tests.get(session, first) is None
        assert blind_tests.votes(session, first) == []
        found = blind_tests.get(session, second)
        assert found is not None
        session.delete(session.get_one(Project, found.project_id))
    with store.read() as session:
        assert blind_tests.get(session, second) is None
