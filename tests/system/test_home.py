"""The folder of the user's work, and the logs in it."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Store
from workbench.system import home as home_service


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    """Take away what a test adds to the root logger."""
    root = logging.getLogger()
    before = list(root.handlers)
    yield
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()


def test_the_size_is_that_of_all_files(home: Path, store: Store) -> None:
    (home / "objects" / "ab").mkdir(parents=True)
    (home / "objects" / "ab" / "x").write_bytes(bytes(300))
    (home / "y").write_bytes(bytes(20))
    own = sum(path.stat().st_size for path in home.glob("workbench.db*"))
    assert home_service.home_folder(store) == home_service.HomeFolder(home, own + 320, "")


def test_what_the_process_logs_can_be_read(home: Path, store: Store) -> None:
    assert home_service.log_text(store, "web") == ""
    home_service.keep_log("web")
    logging.getLogger("test").error("A page failed")
    assert home_service.log_text(store, "web").endswith("ERROR A page failed")


def test_a_home_that_cannot_be_used_does_not_stop_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "file"))
    before = len(logging.getLogger().handlers)
    home_service.keep_log("web")
    assert len(logging.getLogger().handlers) == before


def test_a_database_elsewhere_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    assert home_service.home_folder(store).database == ""
    monkeypatch.setenv("WORKBENCH_DATABASE_URL", "postgres://ann:s3cret@host/name?sslmode=require")
    assert home_service.home_folder(store).database == "postgresql://ann:***@host/name"
