"""The backups in the home, and what is being made of or with one: in a thread of this process.

The thread belongs to the process, not to a page: it goes on while pages come and go.
"""

import datetime as dt
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from storage import files
from storage.database import Store
from storage.errors import StorageError
from storage.tables import now
from workbench.core.errors import WorkbenchError
from workbench.core.whole import whole_file
from workbench.models.live_names import name_in_programs
from workbench.system.backup import check
from workbench.system.backup.archive import Stopped
from workbench.system.backup.backup import make_backup
from workbench.system.backup.project_backup import save_project
from workbench.system.backup.project_restore import Arrived, restore_project

logger = logging.getLogger(__name__)

_OUR_ERROR = (
    "That failed, and it is our mistake: nothing was changed, and the log on the Settings page has the "
    "reason."
)
BACKUP, PROJECT, BRINGING, CHECK = "backup", "project", "bringing", "check"
"""What is done: everything is saved, or one project; one is brought here from a file; a backup is checked."""
_PREFIX = "project-"
"""How files with one project are called in the home."""
Work = Callable[[Callable[[int, int], None], Callable[[], bool]], object]
_starting = threading.Lock()
_present: dict[Path, "Making"] = {}
"""Folder → the backup that is, or was last, made in it."""


@dataclass(frozen=True)
class BackupFile:
    """A backup that is there."""

    path: Path
    size_bytes: int
    made_at: dt.datetime

    @property
    def is_project(self) -> bool:
        """Whether it holds one project; the name says so, and whoever reads it makes sure."""
        return self.path.name.startswith(_PREFIX)


@dataclass
class Making:
    """A backup in the making, or a project on its way here, as far as it is."""

    path: Path
    """The file that is made or read."""
    what: str = BACKUP
    arrived: Arrived | None = None
    """The project that was brought here."""
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

    def run(self, work: Work) -> None:
        """Do it; what happens is told by the fields."""
        try:
            done = work(self._advance, self._stop.is_set)
            self.arrived = done if isinstance(done, Arrived) else None
        except Stopped:
            self.was_stopped = True
        except (WorkbenchError, StorageError) as error:
            self.problem = str(error)
        except Exception:
            logger.exception("The %s %s failed", self.what, self.path)
            self.problem = _OUR_ERROR
        finally:
            self.is_over = True

    def _advance(self, done_bytes: int, total_bytes: int) -> None:
        self.done_bytes, self.total_bytes = done_bytes, total_bytes


def start_backup(store: Store) -> Making:
    """Begin a backup in the home's folder for them; one at a time."""
    path = _folder() / f"workbench-{now():%Y-%m-%d-%H%M%S}.zip"
    return _begin(Making(path), lambda tell, stopped: make_backup(store, path, tell, stopped))


def start_saving(store: Store, project_id: int, name: str) -> Making:
    """Begin to save one project, of this name, in a file beside the backups; one at a time."""
    known = name_in_programs(name) or str(project_id)
    path = _folder() / f"{_PREFIX}{known}-{now():%Y-%m-%d-%H%M%S}.zip"
    return _begin(
        Making(path, PROJECT),
        lambda tell, stopped: save_project(store, project_id, path, tell, stopped),
    )


def start_bringing(store: Store, path: Path, name: str) -> Making:
    """Begin to bring the project in a file here, under this name; one at a time."""
    return _begin(
        Making(path, BRINGING),
        lambda tell, stopped: restore_project(
            store, path, name=name, on_progress=tell, is_stopped=stopped
        ),
    )


def start_check(path: Path) -> Making:
    """Begin to look through a backup, whether it could be restored; one at a time."""
    return _begin(
        Making(path, CHECK), lambda tell, stopped: check.check_backup(path, tell, stopped)
    )


def _folder() -> Path:
    return files.folder("backups")


def _begin(making: Making, work: Work) -> Making:
    with _starting:
        if (present := present_backup()) and not present.is_over:
            return present
        _present[_folder()] = making
        threading.Thread(target=making.run, args=(work,), name=making.what, daemon=True).start()
        return making


def keep_project_file(name: str, content: bytes | memoryview) -> Path:
    """Keep a file with a project that was brought by the browser, beside the backups; where it is.

    Raises:
        WorkbenchError: one of this name is there.
        StorageError: the disk is full.
    """
    known = name_in_programs(Path(name).stem.removeprefix(_PREFIX)) or "brought"
    path = _folder() / f"{_PREFIX}{known}.zip"
    if path.exists():
        raise WorkbenchError(
            f"There is a file {path.name} in the list already: bring that one, or delete it first."
        )
    with files.said_on_disk(path), whole_file(path) as part:
        part.write_bytes(content)
    return path


def present_backup() -> Making | None:
    """What is being done, or how the last one of this process ended."""
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
