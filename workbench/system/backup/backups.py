"""The backups in the home, and the one that is being made: in a thread of this process.

The thread belongs to the process, not to a page: it goes on while pages come and go.
"""

import datetime as dt
import logging
import threading
from dataclasses import dataclass, field
from pathlib import Path

from storage import files
from storage.database import Store
from storage.errors import StorageError
from storage.tables import now
from workbench.core.errors import WorkbenchError
from workbench.system.backup.archive import Stopped
from workbench.system.backup.backup import make_backup

logger = logging.getLogger(__name__)

_OUR_ERROR = (
    "The backup failed, and it is our mistake: the log on the Settings page has the reason."
)
_starting = threading.Lock()
_present: dict[Path, "Making"] = {}
"""Folder → the backup that is, or was last, made in it."""


@dataclass(frozen=True)
class BackupFile:
    """A backup that is there."""

    path: Path
    size_bytes: int
    made_at: dt.datetime


@dataclass
class Making:
    """A backup in the making, as far as it is."""

    path: Path
    done_bytes: int = 0
    total_bytes: int = 0
    is_over: bool = False
    problem: str = ""
    """Why there is none; a sentence."""
    was_stopped: bool = False
    _stop: threading.Event = field(default_factory=threading.Event)

    @property
    def share(self) -> float:
        """How much is done, from 0 to 1."""
        return self.done_bytes / self.total_bytes if self.total_bytes else 0.0

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to stop."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Ask it to stop; nothing of it stays."""
        self._stop.set()

    def run(self, store: Store) -> None:
        """Make it; what happens is told by the fields."""
        try:
            make_backup(store, self.path, self._advance, self._stop.is_set)
        except Stopped:
            self.was_stopped = True
        except (WorkbenchError, StorageError) as error:
            self.problem = str(error)
        except Exception:
            logger.exception("The backup %s failed", self.path)
            self.problem = _OUR_ERROR
        finally:
            self.is_over = True

    def _advance(self, done_bytes: int, total_bytes: int) -> None:
        self.done_bytes, self.total_bytes = done_bytes, total_bytes


def start_backup(store: Store) -> Making:
    """Begin a backup in the home's folder for them; one at a time."""
    with _starting:
        if (present := present_backup()) and not present.is_over:
            return present
        folder = files.folder("backups")
        making = Making(folder / f"workbench-{now():%Y-%m-%d-%H%M%S}.zip")
        _present[folder] = making
        threading.Thread(target=making.run, args=(store,), name="backup", daemon=True).start()
        return making


def present_backup() -> Making | None:
    """The backup that is being made, or how the last one of this process ended."""
    return _present.get(files.folder("backups"))


def forget_backup() -> None:
    """Forget how the last one ended, once it was told."""
    if (present := present_backup()) and present.is_over:
        del _present[files.folder("backups")]


def list_backups() -> list[BackupFile]:
    """The backups in the home, the newest first."""
    found = [
        BackupFile(path, about.st_size, dt.datetime.fromtimestamp(about.st_mtime, dt.UTC))
        for path in files.folder("backups").glob("*.zip")
        if not path.name.startswith(".") and (about := path.stat())
    ]
    return sorted(found, key=lambda backup: (backup.made_at, backup.path), reverse=True)


def delete_backup(name: str) -> None:
    """Delete the backup of this file name; one that is gone is no error."""
    for backup in list_backups():
        if backup.path.name == name:
            backup.path.unlink(missing_ok=True)
