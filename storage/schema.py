"""Brings a database to the schema of this version, keeping a copy of what it was.

Foreign keys are off while a migration runs (a batch alter copies the table and drops the old
one, which would delete child rows in silence) and are checked afterwards.
"""

import functools
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock
from sqlalchemy.exc import OperationalError

from storage import address, files
from storage.database import Store, database_url, wait_for_turn
from storage.errors import StorageError

_MIGRATIONS = Path(__file__).parent / "migrations"


def open_store(url: str | None = None) -> Store:
    """The store, its schema up to date; several processes may call this at once.

    Raises:
        StorageError: the database was written by a newer version of the workbench, or it
            cannot be reached.
    """
    url = url or database_url()
    with FileLock(files.home() / "schema.lock"):
        upgrade(url)
    return Store(url)


def knows(revision: str) -> bool:
    """Whether this version of the workbench can read a database of that schema."""
    return revision in {known.revision for known in _script().walk_revisions()}


def newest() -> str:
    """The schema of this version."""
    return _script().get_current_head() or ""


def upgrade(url: str, revision: str = "head") -> None:
    """Migrate the database at `url` to the newest schema, or up to `revision`, unless it is there."""
    script = _script()
    engine = sa.create_engine(address.parsed(url), poolclass=sa.NullPool)
    try:
        with _connected(engine) as connection:
            if engine.dialect.name == "postgresql":
                wait_for_turn(connection)
            current = MigrationContext.configure(connection).get_current_revision()
            if current == script.get_current_head():
                return
            _check_known(current, script)
            if current and engine.dialect.name == "sqlite":
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


def _connected(engine: sa.Engine) -> sa.Connection:
    try:
        return engine.connect()
    except OperationalError as error:
        raise address.unreachable(engine.url, error) from None


def _check_known(current: str | None, script: ScriptDirectory) -> None:
    known = {revision.revision for revision in script.walk_revisions()}
    if current and current not in known:
        raise StorageError(
            "These projects were saved by a newer version of the workbench: "
            "update it (git pull, then make run). Nothing was changed."
        )


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
