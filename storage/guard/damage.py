"""A database that cannot be used, in a sentence: what it is, which file, and what to do.

Nothing is written to such a database, and nothing made in its place: the files of the home may be
all that is left.
"""

import contextlib
import shlex
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from storage import address, files
from storage.errors import StorageError
from storage.guard import register

_MAGIC = b"SQLite format 3\0"
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, "XX001", "XX002"}
_IN_USE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, "55P03"}
_FULL = {sqlite3.SQLITE_FULL, "53100"}
_READ_ONLY = {sqlite3.SQLITE_READONLY, "25006"}
_UNREACHABLE = {
    *(sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH),
    *("57P01", "57P02", "57P03"),
}
_NO_TABLE = "42P01"


@contextlib.contextmanager
def said(url: sa.URL) -> Iterator[None]:
    """What keeps a database from working as a StorageError; other errors, being bugs, as they are."""
    try:
        yield
    except DBAPIError as error:
        if (sentence := _explained(url, error)) is None:
            raise
        raise sentence from error


def _explained(url: sa.URL, error: DBAPIError) -> StorageError | None:
    code = _code(error)
    if code in _FULL:
        return files.disk_full()
    if code in _DAMAGED:
        return damaged(url, str(error.orig))
    if code in _IN_USE:
        return _in_use(url)
    if code in _READ_ONLY:
        return files.not_writable(Path(url.database or ""), str(error.orig))
    if code == _NO_TABLE or str(error.orig).startswith("no such table"):
        return empty(url)
    lost = error.connection_invalidated or (code is None and isinstance(error, OperationalError))
    return address.unreachable(url, error) if lost or code in _UNREACHABLE else None


def _code(error: DBAPIError) -> int | str | None:
    """SQLite's number for what happened, or PostgreSQL's SQL state; None without an answer."""
    number = getattr(error.orig, "sqlite_errorcode", None)
    return number & 0xFF if isinstance(number, int) else getattr(error.orig, "sqlstate", None)


def check_file(url: sa.URL) -> None:
    """Refuse a SQLite file that is visibly none, or cut short; it is only read.

    Raises:
        StorageError: with what to do.
    """
    path = _file(url)
    if path is None or not path.exists() or not path.stat().st_size:
        return
    with files.said_on_disk(path), path.open("rb") as handle:
        head = handle.read(100)
    if not head.startswith(_MAGIC):
        raise damaged(url, "it is no database")
    if _is_cut(path, head):
        raise damaged(url, "it is cut short")


def check_first(url: sa.URL) -> None:
    """Refuse to make tables in an empty database if the home's files belong to one that was lost.

    A database that is elsewhere may be new to this home; its files stay untouched then.

    Raises:
        StorageError: with what to do.
    """
    if not register.holds_objects():
        return
    mine = register.name_of(url.render_as_string(hide_password=False))
    if mine == register.OWN or mine in register.listed():
        raise empty(url)
    register.add(register.UNKNOWN)


def is_there(path: str) -> bool:
    """Whether a file of SQLite's is there; what is in memory always is."""
    return not path or ":memory:" in path or Path(path).exists()


def is_missing(url: sa.URL) -> bool:
    """Whether it is a SQLite file that is not there, or has nothing in it."""
    path = _file(url)
    return path is not None and (not path.exists() or not path.stat().st_size)


def damaged(url: sa.URL, why: str) -> StorageError:
    """What to say of a database whose content is not what was written."""
    why = " ".join(why.removeprefix("*** in database main ***").split())
    return StorageError(
        f"The database {name_of(url)} is damaged ({why}), and nothing was changed: {_way_out(url)}."
    )


def empty(url: sa.URL) -> StorageError:
    """What to say of a database without its tables, in a home that has files."""
    path = _file(url)
    state = "is not there" if path and not path.exists() else "is empty"
    return StorageError(
        f"The database {name_of(url)} {state}, while {files.home()} holds what its projects are "
        f"made of, so nothing was changed: {_way_out(url)}. To begin anew, move that folder away."
    )


def foreign(url: sa.URL) -> StorageError:
    """What to say of a file with somebody else's tables."""
    return StorageError(
        f"The database {name_of(url)} is one of another program, and nothing was changed: "
        f"{_way_out(url)}."
    )


def _in_use(url: sa.URL) -> StorageError:
    return StorageError(
        f"Another program has kept the database {name_of(url)} locked for too long: close it (a "
        "viewer of databases, a backup or a copy that hangs), then try again. Nothing was changed."
    )


def _way_out(url: sa.URL) -> str:
    """What can be done about a database that is lost."""
    ways = []
    if backup := _newest(files.home() / "backups", "*.zip"):
        command = f"python -m workbench restore {shlex.quote(str(backup))}"
        ways.append(f"stop the workbench and restore the newest backup ({command})")
    path = _file(url)
    if path and (copy := _newest(path.parent, f"{path.name}*.bak")):
        ways.append(f"put the copy {copy} in its place (it is as old as the last upgrade)")
    if not ways:
        ways.append(
            "put the file back if you have it elsewhere, or restore a backup "
            "(python -m workbench restore FILE)"
            if path
            else "restore a backup (python -m workbench restore FILE)"
        )
    return ", or ".join(ways)


def _newest(folder: Path, pattern: str) -> Path | None:
    there = [path for path in folder.glob(pattern) if path.is_file() and path.name[0] != "."]
    return max(there, key=lambda path: path.stat().st_mtime, default=None)


def _is_cut(path: Path, head: bytes) -> bool:
    """Whether the file is shorter than its head says; what is still in a log is no part of it yet."""
    log = path.with_name(f"{path.name}-wal")
    if head[24:28] != head[92:96] or (log.exists() and log.stat().st_size):
        return False
    page = int.from_bytes(head[16:18], "big")
    pages = int.from_bytes(head[28:32], "big")
    return path.stat().st_size < pages * (65536 if page == 1 else page)


def _file(url: sa.URL) -> Path | None:
    """The file of a SQLite database; None for one in memory or on a server."""
    if url.get_backend_name() != "sqlite" or not url.database or ":memory:" in url.database:
        return None
    return Path(url.database)


def name_of(url: sa.URL) -> str:
    """The file, or the address without its password."""
    return str(url.database) if url.get_backend_name() == "sqlite" else address.shown(url)
