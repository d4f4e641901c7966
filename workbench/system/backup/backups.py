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
from storage.rights.installation import check_administrator, check_signed_in
from storage.tables import now
from workbench.core.errors import WorkbenchError
from workbench.core.whole import whole_file
from workbench.models.live_names import name_in_programs
from workbench.system.backup import check, project_restore
from workbench.system.backup.archive import Stopped
from workbench.system.backup.backup import make_backup
from workbench.system.backup.project_backup import check_may_save, save_project
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
_BROUGHT = ".brought-"
"""How files are called that wait to be brought here; they are no backups and stay in no list."""
BACKUPS = "the backups"
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
    person_id: int | None = None
    """Who began it; None where nobody has an account."""
    goes: bool = False
    """Whether the file is deleted at the end: it was read, and nobody keeps it."""
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
            if self.goes:
                self.path.unlink(missing_ok=True)
            self.is_over = True

    def _advance(self, done_bytes: int, total_bytes: int) -> None:
        self.done_bytes, self.total_bytes = done_bytes, total_bytes


def start_backup(store: Store) -> Making:
    """Begin a backup in the home's folder for them; one at a time.

    Raises:
        StorageError: who asks is no administrator.
        WorkbenchError: somebody else has something made.
    """
    check_administrator(store, BACKUPS)
    path = _folder() / f"workbench-{now():%Y-%m-%d-%H%M%S}.zip"
    return _begin(
        store, Making(path), lambda tell, stopped: make_backup(store, path, tell, stopped)
    )


def start_saving(store: Store, project_id: int, name: str) -> Making:
    """Begin to save one project, of this name, in a file of whoever asks; one at a time.

    Raises:
        WorkbenchError: they do not own it, or somebody else has something made.
    """
    check_may_save(store, project_id)
    known = name_in_programs(name) or str(project_id)
    path = _own_folder(store) / f"{_PREFIX}{known}-{now():%Y-%m-%d-%H%M%S}.zip"
    return _begin(
        store,
        Making(path, PROJECT),
        lambda tell, stopped: save_project(store, project_id, path, tell, stopped),
    )


def name_in(store: Store, path: Path) -> str:
    """What the project is called in a file that whoever asks may bring here.

    Raises:
        StorageError: the file is somebody else's.
        WorkbenchError: it holds no project.
    """
    _check_own(store, path)
    return project_restore.name_in(path)


def start_bringing(store: Store, path: Path, name: str) -> Making:
    """Begin to bring the project in a file here, under this name; one at a time.

    Args:
        path: a file of the list, which stays, or what `keep_project_file` kept, which goes at the end.

    Raises:
        StorageError: the file is somebody else's.
        WorkbenchError: somebody else has something made.
    """
    _check_own(store, path)
    return _begin(
        store,
        Making(path, BRINGING, goes=path.name.startswith(_BROUGHT)),
        lambda tell, stopped: restore_project(
            store, path, name=name, on_progress=tell, is_stopped=stopped
        ),
    )


def start_check(store: Store, path: Path) -> Making:
    """Begin to look through a backup, whether it could be restored; one at a time.

    Raises:
        StorageError: who asks is no administrator.
        WorkbenchError: somebody else has something made.
    """
    check_administrator(store, BACKUPS)
    return _begin(
        store, Making(path, CHECK), lambda tell, stopped: check.check_backup(path, tell, stopped)
    )


def _folder() -> Path:
    return files.folder("backups")


def _own_folder(store: Store) -> Path:
    """Where files of whoever asks lie; of administrators beside the backups, which they see anyway."""
    if store.acting is None or store.acting.administrator:
        return _folder()
    return files.folder("backups", str(store.acting.person_id))


def _check_own(store: Store, path: Path) -> None:
    check_signed_in(store)
    if path.parent != _own_folder(store):
        check_administrator(store, BACKUPS)


def _begin(store: Store, making: Making, work: Work) -> Making:
    with _starting:
        present = _present.get(_folder())
        if present is not None and not present.is_over:
            if _is_theirs(store, present):
                return present
            raise WorkbenchError(
                "Somebody else is saving or bringing something at the moment, and one is done after "
                "the other: try again in a few minutes."
            )
        making.person_id = store.acting.person_id if store.acting else None
        _present[_folder()] = making
        threading.Thread(target=making.run, args=(work,), name=making.what, daemon=True).start()
        return making


def _is_theirs(store: Store, making: Making) -> bool:
    who = store.acting
    return who is None or who.administrator or making.person_id == who.person_id


def keep_project_file(store: Store, name: str, content: bytes | memoryview) -> Path:
    """Keep a file with a project that was brought by the browser; where it is.

    An administrator's lies beside the backups, and stays; another's goes once it was brought here.

    Raises:
        WorkbenchError: one of this name is there.
        StorageError: the disk is full, or nobody is signed in.
    """
    check_signed_in(store)
    known = name_in_programs(Path(name).stem.removeprefix(_PREFIX)) or "brought"
    path = _own_folder(store) / f"{_PREFIX}{known}.zip"
    if path.parent != _folder():
        for former in path.parent.glob(f"{_BROUGHT}*"):
            former.unlink(missing_ok=True)  # what nobody wanted after all
        path = path.with_name(f"{_BROUGHT}{known}.zip")
    elif path.exists():
        raise WorkbenchError(
            f"There is a file {path.name} in the list already: bring that one, or delete it first."
        )
    with files.said_on_disk(path), whole_file(path) as part:
        part.touch(mode=0o600)
        part.write_bytes(content)
    return path


def present_backup(store: Store) -> Making | None:
    """What is being done for whoever asks, or how the last one of this process ended."""
    check_signed_in(store)
    present = _present.get(_folder())
    return present if present is not None and _is_theirs(store, present) else None


def forget_backup(store: Store) -> None:
    """Forget how the last one ended, once it was told."""
    if (present := present_backup(store)) and present.is_over:
        _present.pop(_folder(), None)


def list_backups(store: Store) -> list[BackupFile]:
    """The backups in the home, the newest first, and everybody's files with a project.

    Raises:
        StorageError: who asks is no administrator.
    """
    check_administrator(store, BACKUPS)
    return _listed(_folder(), "*.zip", "*/*.zip")


def list_saved(store: Store) -> list[BackupFile]:
    """The files in which whoever asks has saved a project, the newest first."""
    check_signed_in(store)
    return [file for file in _listed(_own_folder(store), "*.zip") if file.is_project]


def _listed(folder: Path, *patterns: str) -> list[BackupFile]:
    found = [
        BackupFile(path, about.st_size, dt.datetime.fromtimestamp(about.st_mtime, dt.UTC))
        for pattern in patterns
        for path in folder.glob(pattern)
        if not path.name.startswith(".") and (about := path.stat())
    ]
    return sorted(found, key=lambda backup: (backup.made_at, backup.path), reverse=True)


def delete_backup(store: Store, path: Path) -> None:
    """Delete a file of the list; one that is gone is no error.

    Raises:
        StorageError: it is not theirs.
    """
    _check_own(store, path)
    if path in [file.path for file in _listed(_folder(), "*.zip", "*/*.zip")]:
        path.unlink(missing_ok=True)
