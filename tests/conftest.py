"""What all tests share: a home of their own, so that none ever touches real projects.

    pytest tests/storage --database postgresql

runs the same tests on a PostgreSQL server that the session starts for itself.
"""

import gc
import itertools
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # xdist's controller reads this file, too, and need not wait for SQLAlchemy
    from storage.database import Store
    from tests.fakes import postgres

_numbers = itertools.count(1)


gc.set_threshold(100_000, 50, 1000)  # what is imported stays: to look for garbage takes a fifth


def pytest_pycollect_makemodule() -> None:
    """Before tests are read: the same examples in every run, on a slow machine, too."""
    from hypothesis import settings

    settings.register_profile("alike", derandomize=True, deadline=None, database=None)
    settings.load_profile("alike")


def pytest_collection_finish() -> None:
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.addoption("--every-family", action="store_true", help="also the rarer encoder-decoders")


def pytest_runtest_setup(item: pytest.Item) -> None:
    database = item.config.getoption("--database")
    if database != "sqlite" and item.get_closest_marker("sqlite"):
        pytest.skip("about SQLite only")
    if database == "sqlite" and "postgresql" in getattr(item, "fixturenames", ()):
        pytest.skip("about PostgreSQL: run with --database postgresql, as `make postgresql` does")


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the homes lie of those tests that make one."""
    return tmp_path_factory.mktemp("homes", numbered=False)


@pytest.fixture(autouse=True)
def home(homes: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh WORKBENCH_HOME; there is nothing on the disk until a test makes it."""
    path = homes / str(next(_numbers)) / "home"
    monkeypatch.setenv("WORKBENCH_HOME", str(path))
    monkeypatch.delenv("WORKBENCH_DATABASE_URL", raising=False)
    # Nor is the keyring of who runs them touched.
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    return path


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database of the newest schema, made once."""
    from storage import schema

    path = tmp_path_factory.mktemp("database") / "workbench.db"
    schema.upgrade(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    return path


@pytest.fixture(scope="session")
def postgresql() -> "Iterator[postgres.Server]":
    """A PostgreSQL server whose database `migrated` is empty and has the newest schema."""
    from storage import schema
    from tests.fakes import postgres

    bin = postgres.binaries()
    if bin is None:
        pytest.skip("PostgreSQL is not installed here (Debian: apt-get install postgresql)")
    with postgres.running(bin) as server:
        server.execute("CREATE DATABASE migrated TEMPLATE template0")
        schema.upgrade(server.url("migrated"))
        yield server


@pytest.fixture
def postgresql_url(postgresql: "postgres.Server") -> Iterator[str]:
    """The address of an empty PostgreSQL database of the newest schema."""
    with postgresql.database(f"test_{next(_numbers)}", "migrated") as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_store(migrated: Path) -> "Store":
    """One store for all tests, each with a file of its own: a query is compiled only once."""
    from sqlalchemy import event

    from storage.database import Store

    store = Store(f"sqlite:///{migrated}")

    @event.listens_for(store.engine, "do_connect")
    def _to_the_present_file(_dialect: Any, _record: Any, where: list[Any], _how: Any) -> None:
        where[0] = store.engine.url.database

    return store


@pytest.fixture
def store(
    home: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> "Iterator[Store]":
    """An empty store in the fresh home, on the database that `--database` chooses."""
    from storage.database import Store, database_url

    home.mkdir(parents=True, exist_ok=True)
    if request.config.getoption("--database") == "postgresql":
        url = request.getfixturevalue("postgresql_url")
        monkeypatch.setenv("WORKBENCH_DATABASE_URL", url)
        opened = Store()
    else:
        shutil.copyfile(request.getfixturevalue("migrated"), home / "workbench.db")
        opened = request.getfixturevalue("sqlite_store")
        opened.url = database_url()
        opened.engine.url = opened.engine.url.set(database=str(home / "workbench.db"))
    yield opened
    opened.close()


@pytest.fixture
def saved(store: "Store", tmp_path: Path) -> Path:
    """A backup of a full home."""
    from tests.helpers import full_home
    from workbench.system.backup.backup import make_backup

    full_home.fill(store)
    return make_backup(store, tmp_path / "all.zip").path


@pytest.fixture(scope="session")
def smol() -> Path:
    """The bundled model that writes."""
    from workbench.engine.models.prepare import ensure_ready
    from workbench.models.bundled import shipped_path

    if shipped_path("SmolLM2-135M-Instruct") is None:
        pytest.skip("the bundled models are not installed (make setup)")
    return ensure_ready("SmolLM2-135M-Instruct")
