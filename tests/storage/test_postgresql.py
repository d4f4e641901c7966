"""What only PostgreSQL does: several computers that open it first, and a server that goes away."""

import multiprocessing
import threading
from pathlib import Path

import pytest

from storage import schema
from storage.database import Store
from storage.errors import StorageError
from storage.tables import Project
from tests.fakes import postgres
from tests.fakes.harness import add_job, drive, new_worker, status_of
from workbench.jobs import worker_loop, worker_process

OPENERS = 4


def test_several_computers_may_open_a_new_database_at_once(postgresql: postgres.Server) -> None:
    with postgresql.database("opened_at_once") as url:
        context = multiprocessing.get_context("fork")
        openers = [context.Process(target=schema.upgrade, args=(url,)) for _ in range(OPENERS)]
        for opener in openers:
            opener.start()
        for opener in openers:
            opener.join()
        assert [opener.exitcode for opener in openers] == [0] * OPENERS
        store = Store(url)
        with store.write() as session:
            session.add(Project(name="p"))
        store.close()


def test_a_migration_waits_until_nobody_writes(home: Path, postgresql_url: str) -> None:
    store = Store(postgresql_url)
    begun = threading.Event()
    migration = threading.Thread(
        target=lambda: (begun.set(), schema.upgrade(postgresql_url)), daemon=True
    )
    with store.write() as session:
        session.add(Project(name="p"))
        session.flush()
        migration.start()
        assert begun.wait(5)
        migration.join(0.3)
        assert migration.is_alive()
    migration.join(10)
    assert not migration.is_alive()
    store.close()


def test_work_goes_on_when_the_server_is_back(
    home: Path, postgresql: postgres.Server, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_DATABASE_URL", postgresql_url)
    store = schema.open_store()
    job_id = add_job(store)
    postgresql.stop()
    try:
        with pytest.raises(StorageError, match="cannot be reached"), store.read() as session:
            session.connection()
        waited: list[float] = []
        lock = worker_process.take_lock()
        assert lock is not None
        with lock:
            worker_loop.run(new_worker(store), lambda s: bool(waited.append(s)) or len(waited) > 3)
        assert waited[1:] == [1.0, 1.0, 1.0]
    finally:
        postgresql.start()
    drive(new_worker(store), lambda: status_of(store, job_id) == "succeeded")
    store.close()
