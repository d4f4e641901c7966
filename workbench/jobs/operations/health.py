"""Whether the workbench can do its work: each thing that it needs, and what is wrong with it.

`live`: the process answers. `ready`: it can show pages. Healthy: the rest is there, too, such as
the worker, without which pages work and nothing is trained.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from storage import files, schema
from storage.database import Store
from storage.errors import StorageError
from workbench.core.words import size
from workbench.jobs import worker_process

DATABASE, SCHEMA, HOME, DISK, WORKER = "database", "schema", "home", "disk", "worker"
READY = (DATABASE, SCHEMA, HOME)
"""What pages need."""
SILENT_S = 60.0
"""A worker that says nothing for so long counts as gone; it speaks every 5 s."""
_LEAST_BYTES = 500_000_000


@dataclass(frozen=True)
class Check:
    """One thing that is needed."""

    name: str
    trouble: str = ""
    """What is wrong, and what to do; a sentence, empty if nothing is."""

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong."""
        return not self.trouble


def check(store: Callable[[], Store]) -> list[Check]:
    """Look at everything; takes moments, but 10 s where a database does not answer.

    Args:
        store: opens it, which may fail as a whole.
    """
    return [
        Check(DATABASE, _said(lambda: _database(store()))),
        Check(SCHEMA, _said(lambda: _schema(store()))),
        Check(HOME, _said(_home)),
        Check(DISK, _said(_disk)),
        Check(WORKER, _said(_worker)),
    ]


def is_ready(checks: list[Check]) -> bool:
    """Whether pages can be shown."""
    return all(check.is_well for check in checks if check.name in READY)


def is_healthy(checks: list[Check]) -> bool:
    """Whether all is well."""
    return all(check.is_well for check in checks)


def report(checks: list[Check], well: bool) -> bytes:
    """What was found, as JSON."""
    said = {check.name: check.trouble or "ok" for check in checks}
    return json.dumps({"status": "ok" if well else "trouble", **said}).encode()


def worker_silence_s() -> float | None:
    """Seconds since the worker's last sign of life, on whichever machine; None if it never gave one."""
    alive_at = worker_process.last_sign()
    return None if alive_at is None else max(0.0, time.time() - alive_at)


def _said(look: Callable[[], str]) -> str:
    try:
        return look()
    except (StorageError, OSError) as error:
        return str(error)


def _database(store: Store) -> str:
    with store.read() as session:
        session.execute(sa.text("SELECT 1"))
    return ""


def _schema(store: Store) -> str:
    with store.read() as session:
        found = session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    if found == schema.newest():
        return ""
    return (
        f"The database has schema {found} and this version of the workbench needs "
        f"{schema.newest()}: start this process again, which brings an older one up to date."
    )


def _home() -> str:
    path = files.folder("shared") / f".alive-{time.time_ns()}"
    with files.said_on_disk(path):
        path.touch()
        path.unlink()
    return ""


def _disk() -> str:
    free = files.free_bytes()
    if free >= _LEAST_BYTES:
        return ""
    return (
        f"The disk that holds {files.home()} has {size(free)} left: free some space, see the "
        "page Storage."
    )


def _worker() -> str:
    silence = worker_silence_s()
    if silence is not None and silence <= SILENT_S:
        return ""
    since = "never gave a sign" if silence is None else f"gave no sign for {silence:.0f} seconds"
    return f"The worker {since}: start it; its log is {worker_process.log_path()}."
