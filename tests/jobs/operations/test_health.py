"""What is wrong is said, each thing by itself."""

import json
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import files
from storage.database import Store
from storage.errors import StorageError
from workbench.jobs import worker_process
from workbench.jobs.operations import health


def troubles(store: Store) -> dict[str, str]:
    return {check.name: check.trouble for check in health.check(lambda: store) if check.trouble}


def test_all_is_well_while_a_worker_speaks(store: Store) -> None:
    assert list(troubles(store)) == ["worker"]
    assert "never gave a sign" in troubles(store)["worker"]
    worker_process.write_info(time.time())
    found = health.check(lambda: store)
    assert health.is_healthy(found)
    assert json.loads(health.report(found, True))["status"] == "ok"


def test_without_a_worker_pages_can_be_shown(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    worker_process.write_info(time.time())
    later = time.time() + 61
    monkeypatch.setattr(time, "time", lambda: later)
    found = health.check(lambda: store)
    assert (health.is_ready(found), health.is_healthy(found)) == (True, False)
    assert "gave no sign for 61 seconds" in troubles(store)["worker"]


def test_another_schema_is_not_ready(store: Store) -> None:
    with store.write() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    found = health.check(lambda: store)
    assert not health.is_ready(found)
    assert "has schema 0001" in troubles(store)["schema"]


def test_a_database_that_does_not_open_is_a_sentence(home: Path) -> None:
    def refuse() -> Store:
        raise StorageError("The database cannot be reached.")

    found = {check.name: check.trouble for check in health.check(refuse)}
    assert found["database"] == "The database cannot be reached."
    assert not found["home"]


def test_a_disk_that_fills_up_is_said_in_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "free_bytes", lambda: 499_000_000)
    assert "has 499 MB left" in troubles(store)["disk"]


def test_a_home_that_cannot_be_written_to_is_not_ready(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    (files.home() / "shared").write_text("a file where a folder should be")
    assert "home" in troubles(store)
    assert not health.is_ready(health.check(lambda: store))
