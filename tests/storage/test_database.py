"""The connection rules: no update is lost, nothing half-written is seen."""

import datetime as dt
import gc
import random
from typing import cast

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from storage.database import Store
from storage.tables import Dataset, Project


@pytest.mark.sqlite
def test_a_connection_has_the_rules_of_the_house(store: Store) -> None:
    with store.read() as session:
        values = {
            name: session.execute(sa.text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    assert values == {
        "journal_mode": "wal",
        "synchronous": 1,
        "busy_timeout": 30000,
        "foreign_keys": 1,
    }


def test_a_store_that_nobody_closed_gives_its_connections_back(store: Store) -> None:
    forgotten = Store(store.url)
    pool = cast(sa.QueuePool, forgotten.engine.pool)
    with forgotten.read() as session:
        session.connection()
    assert pool.checkedin() == 1
    del forgotten, session
    gc.collect()
    assert pool.checkedin() == 0


def test_its_size_grows_with_what_it_keeps(store: Store) -> None:
    before = store.size_bytes()
    with store.write() as session:
        session.add_all(
            Project(name=f"{i}", description=random.Random(i).randbytes(9000).hex())
            for i in range(60)
        )
    assert store.size_bytes() > before + 100_000


def test_a_failed_action_writes_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError):
        _fail_half_way(store)
    with store.read() as session:
        assert session.scalars(sa.select(Project)).all() == []


def _fail_half_way(store: Store) -> None:
    with store.write() as session:
        session.add(Project(name="half"))
        session.flush()
        raise RuntimeError


def test_a_reader_sees_one_moment(store: Store) -> None:
    count = sa.select(sa.func.count(Project.id))
    with store.read() as reader:
        assert reader.scalar(count) == 0
        with store.write() as writer:
            writer.add(Project(name="later"))
        assert reader.scalar(count) == 0
    with store.read() as reader:
        assert reader.scalar(count) == 1


def test_what_a_reader_changes_is_thrown_away(store: Store) -> None:
    with store.read() as session:
        session.add(Project(name="never"))
        session.flush()
    with store.read() as session:
        assert session.scalar(sa.select(sa.func.count(Project.id))) == 0


def test_a_row_without_its_owner_is_refused(store: Store) -> None:
    with pytest.raises(IntegrityError), store.write() as session:
        session.add(Dataset(project_id=99, name="orphan"))


def test_moments_come_back_in_utc(store: Store) -> None:
    zone = dt.timezone(dt.timedelta(hours=2))
    with store.write() as session:
        session.add(Project(name="p", created_at=dt.datetime(2026, 5, 1, 12, tzinfo=zone)))
    with store.read() as session:
        created_at = session.get_one(Project, 1).created_at
    assert created_at == dt.datetime(2026, 5, 1, 10, tzinfo=dt.UTC)
    assert created_at.utcoffset() == dt.timedelta(0)


def test_a_character_that_text_cannot_hold_stops_nothing(store: Store) -> None:
    with store.write() as session:
        session.add(Project(name="p", description="log\x00 end", drafts={"a": "b\x00c"}))
    with store.read() as session:
        project = session.get_one(Project, 1)
    assert project.description.replace("\x00", "") == "log end"
    assert project.drafts == {"a": "b\x00c"}
