"""One database, opened the one way that loses no update.

SQLite by default, PostgreSQL by `WORKBENCH_DATABASE_URL`. With a driver's defaults,
concurrent read-modify-write loses updates, and a deferred BEGIN fails as locked; every write
therefore begins with `BEGIN IMMEDIATE` and waits for its turn.
"""

import contextlib
import os
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session, sessionmaker

from storage import files

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "busy_timeout=30000",
    "foreign_keys=ON",
)


def database_url() -> str:
    """The URL from the environment, else the SQLite file in the home."""
    return os.environ.get("WORKBENCH_DATABASE_URL") or f"sqlite:///{files.home() / 'workbench.db'}"


def make_engine(url: str) -> sa.Engine:
    """An engine with the connection rules of this project."""
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
    return engine


class Store:
    """Sessions on one database: `read()` sees, `write()` changes; one action, one of them."""

    def __init__(self, url: str | None = None) -> None:
        self.url = url or database_url()
        self.engine = make_engine(self.url)
        writing = self.engine.execution_options(workbench_write=True)
        self._read = sessionmaker(self.engine, expire_on_commit=False)
        self._write = sessionmaker(writing, expire_on_commit=False)

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """A session on a stable snapshot; whatever it changes is thrown away."""
        with self._read() as session:
            yield session

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back by any exception."""
        with self._write.begin() as session:
            yield session

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def _on_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(connection: sa.Connection) -> None:
    writing = connection.get_execution_options().get("workbench_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
