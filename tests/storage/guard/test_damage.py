"""A database that cannot be used: one sentence with the file and what to do, nothing touched."""

import io
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import database, files, schema, sweep
from storage.database import Store
from storage.errors import StorageError
from storage.guard import register
from storage.schema import open_store
from storage.tables import Project
from tests.helpers import full_home

pytestmark = pytest.mark.sqlite

Spoil = Callable[[Path], None]


@pytest.fixture
def used(store: Store) -> Path:
    """The database of a home with objects and jobs, closed."""
    full_home.fill(store)
    store.close()
    return files.home() / "workbench.db"


def contents(home: Path) -> dict[Path, bytes]:
    """Every file but the locks, which say nothing."""
    return {p: p.read_bytes() for p in home.rglob("*") if p.is_file() and p.suffix != ".lock"}


def halved(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def random_pages(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:4096] + os.urandom(len(content) - 4096))


def without_tables(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 7")


def of_another_program(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda path: path.write_bytes(os.urandom(9000)), "is damaged (it is no database)"),
        (lambda path: path.write_text("a film"), "is damaged (it is no database)"),
        (halved, "is damaged (it is cut short)"),
        (random_pages, "is damaged (database disk image is malformed)"),
        (lambda path: path.write_bytes(b""), "is empty"),
        (without_tables, "is empty"),
        (Path.unlink, "is not there"),
        (of_another_program, "is one of another program"),
    ],
)
def test_a_lost_database_is_a_sentence_and_nothing_is_touched(
    used: Path, home: Path, spoil: Spoil, says: str
) -> None:
    spoil(used)
    open_store_refused(home, says)
    backup = home / "backups" / "workbench-2026-01-01.zip"
    backup.parent.mkdir()
    backup.write_text("")
    assert f"python -m workbench restore {backup}" in open_store_refused(home, says)
    copy = home / "workbench.db.before-0002.bak"
    copy.write_text("")
    assert f"put the copy {copy} in its place" in open_store_refused(home, says)


def open_store_refused(home: Path, says: str) -> str:
    before = contents(home)
    with pytest.raises(StorageError) as refused:
        open_store()
    sentence = str(refused.value)
    assert f"The database {home / 'workbench.db'} {says}" in sentence
    assert "restore" in sentence
    assert "\n" not in sentence
    assert contents(home) == before
    return sentence


@pytest.mark.parametrize("left", [None, b""])
def test_an_empty_database_in_an_empty_home_is_just_new(home: Path, left: bytes | None) -> None:
    if left is not None:
        (files.home() / "workbench.db").write_bytes(left)
    open_store().close()


def test_a_store_that_is_open_writes_to_no_file_that_is_gone(used: Path, home: Path) -> None:
    store = open_store()
    with store.read() as session:
        session.scalars(sa.select(Project)).all()
    used.rename(home / "elsewhere.db")
    with pytest.raises(StorageError, match="is not there"), store.write() as session:
        session.add(Project(name="into the void"))
    assert not used.exists()
    (home / "elsewhere.db").rename(used)
    with store.write() as session:
        session.add(Project(name="kept"))
    store.close()


def test_a_store_that_is_open_goes_on_with_the_file_that_took_its_place(
    used: Path, home: Path
) -> None:
    store = open_store()
    with store.write() as session:
        session.add(Project(name="later"))
    store.close()
    shutil.copyfile(used, home / "restored.db")
    with store.write() as session:
        session.add(Project(name="lost"))
    os.replace(home / "restored.db", used)
    for log in home.glob("workbench.db-*"):
        log.unlink()
    with store.read() as session:
        assert session.scalars(sa.select(Project.name)).all() == ["Mails", "later"]
    store.close()


def test_damage_that_comes_while_it_is_open_is_a_sentence(used: Path) -> None:
    store = open_store()
    with store.read() as session:
        session.scalars(sa.select(Project)).all()
    content = used.read_bytes()
    with used.open("r+b") as handle:
        handle.seek(4096)
        handle.write(os.urandom(len(content) - 4096))
    store.close()
    with pytest.raises(StorageError, match="is damaged"):
        full_home.all_rows(store)
    store.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    pragmas = [name.replace("30000", "20") for name in database._PRAGMAS]
    monkeypatch.setattr(database, "_PRAGMAS", tuple(pragmas))


@pytest.fixture
def locked(used: Path) -> Iterator[None]:
    """Another program that keeps the database to itself."""
    with closing(sqlite3.connect(used, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        yield


@pytest.mark.usefixtures("impatient", "locked")
def test_a_database_that_another_program_keeps_locked_is_a_sentence(used: Path) -> None:
    store = Store()
    with (
        pytest.raises(StorageError, match=f"kept the database {used} locked"),
        store.write() as session,
    ):
        session.add(Project(name="p"))
    store.close()


def test_an_upgrade_that_hangs_elsewhere_is_a_sentence(
    used: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "_PATIENCE_S", 0.05)
    with (
        schema.FileLock(home / "schema.lock"),
        pytest.raises(StorageError, match=r"bringing the database up to date .*schema\.lock"),
    ):
        open_store()


def test_a_damaged_database_is_not_upgraded(used: Path, home: Path) -> None:
    """A page that no query of the start reads."""
    with closing(sqlite3.connect(used)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
        connection.commit()
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'messages'")
        page = root.fetchone()[0]
    with used.open("r+b") as handle:
        handle.seek((page - 1) * 4096)
        handle.write(b"\xff" * 4096)
    open_store_refused(home, "is damaged")


def test_a_damaged_database_sweeps_nothing(
    store: Store, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A damaged index may hide the rows that name a file."""
    full_home.fill(store)
    orphan = files.object_path(files.put(io.BytesIO(b"perhaps named by a lost row")))
    os.utime(orphan, (0, 0))
    with store.write() as session:
        root = sa.text(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_messages_conversation_id'"
        )
        page = session.scalar(root)
    store.close()
    with (home / "workbench.db").open("r+b") as handle:
        handle.seek((page - 1) * 4096)
        handle.write(b"\xff" * 4096)
    assert sweep.sweep(store) == 0
    assert orphan.exists()
    assert "is damaged" in caplog.text


def test_a_database_elsewhere_that_is_new_keeps_the_files_of_the_former(
    used: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no rows for them, but who knows what database had."""
    used.unlink()
    monkeypatch.setenv("WORKBENCH_DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")
    for path in home.rglob("*"):
        os.utime(path, (0, 0))
    store = open_store()
    assert sweep.sweep(store) == 0
    store.close()
    assert register.holds_objects()


def test_a_database_elsewhere_that_was_known_and_is_empty_now_is_refused(
    used: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_DATABASE_URL", f"sqlite:///{tmp_path / 'mine.db'}")
    store = open_store()
    sweep.sweep(store)
    store.close()
    (tmp_path / "mine.db").unlink()
    with pytest.raises(StorageError, match=r"mine\.db is not there"):
        open_store()
    open_store(to_restore=True).close()
