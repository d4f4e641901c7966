"""Brings a database to the schema of this version, keeping a copy of what it was.

Foreign keys are off while a migration runs (a batch alter copies the table and drops the old
one, which would delete child rows in silence) and are checked afterwards.
"""

import contextlib
import functools
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock, Timeout

from storage import address, files
from storage.database import Store, database_url, wait_for_turn
from storage.errors import StorageError
from storage.guard import damage, private, recovered

_MIGRATIONS = Path(__file__).parent / "migrations"
_PATIENCE_S = 120.0


def _nothing() -> None:
    """No check."""


def open_store(url: str | None = None, *, to_restore: bool = False) -> Store:
    """The store, its schema up to date; several processes may call this at once.

    Args:
        to_restore: it may be empty although the home has files: a restore fills both.

    Raises:
        StorageError: the database was written by a newer version of the workbench, it is damaged
            or lost, or it cannot be reached. Nothing is made, changed or swept then.
    """
    url = url or database_url()
    where = address.parsed(url)
    check = _nothing if to_restore else partial(damage.check_first, where)
    damage.check_file(where)
    if damage.is_missing(where):
        check()
    with _one_at_a_time():
        upgrade(url, before_first=check)
    store = Store(url)
    if not to_restore:
        recovered.settle(store)
    private.narrow(files.home())
    return store


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold the lock of upgrades."""
    path = files.home() / "schema.lock"
    try:
        with files.said_on_disk(path), FileLock(path, timeout=_PATIENCE_S):
            yield
    except Timeout:
        raise StorageError(
            f"Another process has been bringing the database up to date for {_PATIENCE_S:.0f} "
            f"seconds (it holds {path}): wait until it is done, or end it, then try again."
        ) from None


def knows(revision: str) -> bool:
    """Whether this version of the workbench can read a database of that schema."""
    return revision in {known.revision for known in _script().walk_revisions()}


def newest() -> str:
    """The schema of this version."""
    return _script().get_current_head() or ""


def upgrade(url: str, revision: str = "head", before_first: Callable[[], None] = _nothing) -> None:
    """Migrate the database at `url` to the newest schema, or up to `revision`, unless it is there.

    `before_first` is called before the first tables are made in an empty database.
    """
    script = _script()
    engine = sa.create_engine(address.parsed(url), poolclass=sa.NullPool)
    try:
        with damage.said(engine.url), engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                wait_for_turn(connection)
            current = MigrationContext.configure(connection).get_current_revision()
            if current == script.get_current_head():
                return
            _check_known(current, script, engine.url)
            if not current:
                _check_ours(connection)
                before_first()
            elif engine.dialect.name == "sqlite":
                _check_sound(connection)
                _back_up(engine.url.database or "", current)
            command.upgrade(_config(_MIGRATIONS, connection), revision)
            connection.commit()
            if engine.dialect.name == "sqlite":
                _check_foreign_keys(connection)
    finally:
        engine.dispose()


def _script() -> ScriptDirectory:
    return _read(_MIGRATIONS)


@functools.cache
def _read(migrations: Path) -> ScriptDirectory:
    """The migrations that there are; reading their files takes longer than asking the database."""
    return ScriptDirectory.from_config(_config(migrations))


def _config(migrations: Path, connection: sa.Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(migrations))
    return config


def _check_known(current: str | None, script: ScriptDirectory, url: sa.URL) -> None:
    known = {revision.revision for revision in script.walk_revisions()}
    if current and current not in known:
        raise StorageError(
            f"The projects in {damage.name_of(url)} were saved by a newer version of the workbench: "
            "update it (git pull, then make run). Nothing was changed."
        )


def _check_ours(connection: sa.Connection) -> None:
    """Refuse to make tables beside those of another program, in a file of its own."""
    there = set(sa.inspect(connection).get_table_names()) - {"alembic_version"}
    if there and connection.dialect.name == "sqlite":
        raise damage.foreign(connection.engine.url)


def _check_sound(connection: sa.Connection) -> None:
    """Refuse to rebuild tables of which a page is damaged."""
    found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if found != "ok":
        raise damage.damaged(connection.engine.url, str(found))


def _back_up(path: str, revision: str) -> None:
    """Copy the database beside itself, consistent even while others write."""
    target = f"{path}.before-{revision}.bak"
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    os.chmod(target, 0o600)


def _check_foreign_keys(connection: sa.Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise StorageError(
            f"The upgrade of the database left {len(broken)} rows without an owner: "
            "put the copy ending in .bak back in its place and report this."
        )
