"""Queries on watched folders."""

import pytest
from sqlalchemy.exc import IntegrityError

from storage.database import Store
from storage.tables import Watch, WatchedFile
from storage.watched import watches
from workbench.projects import projects


@pytest.fixture
def watch_id(store: Store) -> int:
    project_id = projects.create_project(store, "Mails")
    with store.write() as session:
        watch = Watch(project_id=project_id, folder="/inbox", chosen={})
        session.add(watch)
        session.flush()
        return watch.id


def test_only_what_is_switched_on_is_watched(store: Store, watch_id: int) -> None:
    with store.write() as session:
        assert watches.is_any_on(session)
        assert [watch.id for watch in watches.switched_on(session)] == [watch_id]
        session.get_one(Watch, watch_id).is_on = False
    with store.read() as session:
        assert not watches.is_any_on(session)
        assert watches.switched_on(session) == []


def test_a_content_arrives_once(store: Store, watch_id: int) -> None:
    for number, digest in enumerate(("a", "b")):
        with store.write() as session:
            session.add(WatchedFile(watch_id=watch_id, name=f"{number}.csv", digest=digest))
    with pytest.raises(IntegrityError), store.write() as session:
        session.add(WatchedFile(watch_id=watch_id, name="again.csv", digest="a"))
    with store.write() as session:
        first = watches.known(session, watch_id, "a")
        assert first is not None
        watches.change(session, first.id, state=watches.DONE)
    with store.read() as session:
        assert [one.name for one in watches.files_of(session, watch_id)] == ["1.csv", "0.csv"]
        assert [one.name for one in watches.files_of(session, watch_id, most=1)] == ["1.csv"]
        assert [one.name for one in watches.open_files(session, watch_id)] == ["1.csv"]


def test_a_deleted_project_takes_its_watch_along(store: Store, watch_id: int) -> None:
    with store.write() as session:
        session.add(WatchedFile(watch_id=watch_id, name="a.csv", digest="a"))
    projects.delete_project(store, 1)
    with store.read() as session:
        assert watches.of_project(session, 1) is None
        assert watches.files_of(session, watch_id) == []
