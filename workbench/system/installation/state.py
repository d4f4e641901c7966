"""Facts of the installation: its worker, database, people, backups and versions."""

import datetime as dt
import platform
from dataclasses import dataclass

import sqlalchemy as sa

from storage import address, schema
from storage.accounts import persons
from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.jobs import worker_process
from workbench.system import doctor
from workbench.system.backup import backups, check
from workbench.system.backup.backups import BackupFile
from workbench.system.backup.check import Checked

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"


@dataclass(frozen=True)
class Worker:
    """The process that does the work."""

    pid: int
    started_at: dt.datetime
    alive_at: dt.datetime
    code_at: dt.datetime
    """Of when its program is: it is replaced where this installation's is newer."""


@dataclass(frozen=True)
class Database:
    """Where rows are kept."""

    kind: str
    version: str
    place: str
    """A path, or an address without its password."""
    schema: str
    size_bytes: int


@dataclass(frozen=True)
class People:
    """Who has an account; nobody on one's own computer."""

    count: int
    administrators: int
    disabled: int


@dataclass(frozen=True)
class LastBackup:
    """The newest backup of everything in the home, and how its check came out."""

    file: BackupFile
    checked: Checked | None


def check_may_look(store: Store) -> None:
    """Refuse who does not look after the installation; on one's own computer that is everybody.

    Raises:
        WorkbenchError: they are no administrator.
    """
    if store.acting is not None and not store.acting.administrator:
        raise WorkbenchError(
            "Only administrators look after the installation, its disk and its backups: ask one of "
            "them if something is wrong with it."
        )


def worker(store: Store) -> Worker | None:
    """The worker that runs now.

    Raises:
        WorkbenchError: whoever asks does not look after the installation.
    """
    check_may_look(store)
    info = worker_process.worker_info() or {}
    try:
        return Worker(
            int(info["pid"]), *(_moment(info[name]) for name in ("started_at", "alive_at", "code"))
        )
    except (KeyError, TypeError, ValueError):
        return None


def _moment(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def database(store: Store) -> Database:
    """The database that is used.

    Raises:
        WorkbenchError: whoever asks does not look after the installation.
    """
    check_may_look(store)
    url = store.engine.url
    query = "SELECT version()" if _is_postgresql(store) else "SELECT sqlite_version()"
    with store.read() as session:
        said = str(session.scalar(sa.text(query)))
    if _is_postgresql(store):
        place, version = address.shown(url), said.split()[1]
    else:
        place, version = str(url.database), said
    kind = POSTGRESQL if _is_postgresql(store) else SQLITE
    return Database(kind, version, place, schema.newest(), store.size_bytes())


def _is_postgresql(store: Store) -> bool:
    return store.engine.dialect.name == "postgresql"


def people(store: Store) -> People:
    """How many people have an account."""
    with store.read() as session:
        found = persons.listing(session)
    return People(
        len(found),
        sum(person.administrator and person.disabled_at is None for person in found),
        sum(person.disabled_at is not None for person in found),
    )


def last_backup(store: Store) -> LastBackup | None:
    """The newest backup in the home; None if there is none.

    Raises:
        StorageError: who asks is no administrator.
    """
    newest = next((file for file in backups.list_backups(store) if not file.is_project), None)
    return LastBackup(newest, check.last_check(newest.path)) if newest else None


def versions() -> dict[str, str]:
    """What runs here, by its name."""
    packages = {name: version or "missing" for name, version in doctor.package_versions().items()}
    return {"Python": platform.python_version(), "System": platform.platform(terse=True)} | packages
