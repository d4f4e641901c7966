"""One database, opened the one way that loses no update.

SQLite by default, PostgreSQL by `WORKBENCH_DATABASE_URL`. With a driver's defaults,
concurrent read-modify-write loses updates, and a deferred BEGIN fails as locked; every write
therefore begins by waiting for its turn: with `BEGIN IMMEDIATE` on SQLite, with one advisory lock
on PostgreSQL. Writes are short, so one at a time is fast enough, and none ever has to be repeated.
"""

import contextlib
import copy
import os
import weakref
from collections.abc import Callable, Hashable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import ORMExecuteState, Session, sessionmaker

from storage import acting, address
from storage.acting import Acting
from storage.address import database_url
from storage.audit import watching
from storage.guard import damage
from storage.looking import look as looks
from storage.rights.session import ActingSession

__all__ = ["Store", "database_url", "make_engine", "wait_for_turn"]

_PRAGMAS = (
    "busy_timeout=30000",
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
)
_WRITERS = 0x534C4D57  # "SLMW": the advisory lock of everyone who writes to this database
_TURN = f"SELECT set_config('lock_timeout', '30s', true), pg_advisory_xact_lock({_WRITERS})"
_CONNECT_S = 10
_POOL = 10
"""Connections that stay open; what was used last is used first, since it knows the statements."""
_CHANGED = "workbench.changed"
_Found = TypeVar("_Found")


def make_engine(url: str, **options: Any) -> sa.Engine:
    """An engine with the connection rules of this project."""
    where = address.parsed(url)
    if where.get_backend_name() == "postgresql":
        arguments = {} if "connect_timeout" in where.query else {"connect_timeout": _CONNECT_S}
        kept = {"pool_pre_ping": True, "pool_size": _POOL, "pool_use_lifo": True}
        engine = sa.create_engine(where, connect_args=arguments, **(kept | options))
        from storage import postgresql

        event.listen(engine, "connect", postgresql.on_connect)
    else:
        engine = sa.create_engine(where, **options)
        event.listen(engine, "do_connect", _on_do_connect)
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "checkout", _on_checkout)
    event.listen(engine, "begin", _on_begin)
    return engine


def wait_for_turn(connection: sa.Connection) -> None:
    """Wait, at most 30 s, until nobody else writes to this PostgreSQL database.

    Nobody else does then until the transaction ends.
    """
    connection.exec_driver_sql(_TURN)


class Store:
    """Sessions on one database: `read()` sees, `write()` changes; one action, one of them.

    Both raise a StorageError when the database does not answer, is damaged, or locked by another
    program for 30 s, and when its disk is full or may not be written to.
    """

    def __init__(self, url: str | None = None) -> None:
        self.url = url or database_url()
        self.engine = make_engine(self.url)
        reading = self.engine
        if self.engine.dialect.name == "postgresql":
            reading = self.engine.execution_options(isolation_level="REPEATABLE READ")
        writing = self.engine.execution_options(workbench_write=True)
        self._reading = reading
        self._read, self._write = _sessions(reading), _sessions(writing)
        watching.listen(self._write[1])
        for sessions in self._read:
            event.listen(sessions, "after_flush", _on_flush)
            event.listen(sessions, "do_orm_execute", _on_execute)
        self.acting: Acting | None = None
        """For whom; None for the workbench itself."""
        # Whoever forgets to close it still gives the connections back, to PostgreSQL as it wants.
        weakref.finalize(self, self.engine.dispose)

    def acting_as(self, somebody: Acting | None) -> "Store":
        """This store, asked by somebody; both share their connections."""
        other = copy.copy(self)
        other.acting = somebody
        return other

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """A session on a stable snapshot; whatever it changes is thrown away."""
        with damage.said(self.engine.url):
            if (look := looks.here(self._reading)) is None:
                with self._session(self._read) as session:
                    yield session
                return
            with look.connection() as connection, self._session(self._read, connection) as session:
                yield session
                if session.info.get(_CHANGED):
                    look.spoil()

    @contextlib.contextmanager
    def looking(self) -> Iterator[None]:
        """Let this thread read from one snapshot while the block runs; see `storage.looking`."""
        with looks.looking(self._reading):
            yield

    def known(self, key: Hashable, find: Callable[[], _Found]) -> _Found:
        """What was found for this key in the snapshot that this thread looks at, for who asks.

        Found anew with each snapshot, each time without one. Nobody may change what is found.
        """
        if (look := looks.here(self._reading)) is None:
            return find()
        return look.known((self.acting, key), find)

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back by any exception.

        Of a store that acts for somebody it ends with a line in the audit log, by the name of the
        service that asked for it.
        """
        action = watching.service() if self.acting is not None else ""
        with damage.said(self.engine.url):
            with self._session(self._write) as session, session.begin():
                yield session
                watching.close(session, action)
            looks.changed()
            watching.keep_head(session, self.engine.url)

    def _session(self, sessions: "_Sessions", connection: sa.Connection | None = None) -> Session:
        """One that goes by the rights of whom it acts for; the workbench's own knows of none."""
        own, acting_ones = sessions
        how: dict[str, Any] = {}
        if connection is not None:
            how = {"bind": connection, "join_transaction_mode": "rollback_only"}
        if self.acting is None:
            return own(**how)
        return acting_ones(info=acting.note(self.acting), **how)

    def size_bytes(self) -> int:
        """The room that the database takes, wherever its server keeps it."""
        if self.engine.dialect.name == "postgresql":
            with self.read() as session:
                size = session.scalar(
                    sa.select(sa.func.pg_database_size(sa.func.current_database()))
                )
            return int(size or 0)
        path = Path(self.engine.url.database or "")
        return sum(file.stat().st_size for file in path.parent.glob(f"{path.name}*"))

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


_Sessions = tuple[sessionmaker[Session], sessionmaker[ActingSession]]
"""The workbench's own, and somebody's."""


def _sessions(engine: sa.Engine) -> _Sessions:
    return (
        sessionmaker(engine, expire_on_commit=False),
        sessionmaker(engine, class_=ActingSession, expire_on_commit=False),
    )


def _on_flush(session: Session, _context: Any) -> None:
    session.info[_CHANGED] = True


def _on_execute(state: ORMExecuteState) -> None:
    if not state.is_select:
        state.session.info[_CHANGED] = True


def _on_do_connect(_dialect: Any, _record: Any, arguments: Any, _options: Any) -> None:
    """Make no new database where one was: SQLite would."""
    if arguments and not damage.is_there(arguments[0]):
        raise damage.empty(sa.URL.create("sqlite", database=arguments[0]))


def _on_checkout(connection: Any, record: Any, _proxy: Any) -> None:
    """Write to no file that was deleted or replaced meanwhile: its name leads elsewhere now."""
    path, about = record.info.get("file", ("", None))
    if not path:
        return
    if not damage.is_there(path):
        raise damage.empty(sa.URL.create("sqlite", database=path))
    if not os.path.samestat(os.stat(path), about):
        raise DisconnectionError(f"{path} is another file now")


def _on_connect(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    path = next(row[2] for row in cursor.execute("PRAGMA database_list") if row[1] == "main")
    record.info["file"] = (path, os.stat(path)) if path else ("", None)
    cursor.close()


def _on_begin(connection: sa.Connection) -> None:
    writing = connection.get_execution_options().get("workbench_write", False)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
    elif writing:
        wait_for_turn(connection)
