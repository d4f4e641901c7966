"""Whether a backup could be restored: every byte of it against its list of contents, and kept when."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from storage.tables import now
from workbench.core.errors import WorkbenchError
from workbench.jobs.process.job_dir import read_json, write_json
from workbench.system.backup import reading
from workbench.system.backup.archive import Progress, Stopped

_KEPT = ".checked.json"


@dataclass(frozen=True)
class Checked:
    """How a check came out."""

    at: dt.datetime
    problem: str = ""
    """Why it could not be restored; a sentence, empty if nothing is wrong."""


def check_backup(
    path: Path,
    on_progress: Callable[[int, int], None] | None = None,
    is_stopped: Callable[[], bool] | None = None,
) -> Checked:
    """Read a backup (or a project) whole, without restoring it; the outcome is kept beside it.

    Raises:
        archive.Stopped: `is_stopped` said so.
        WorkbenchError: there is no such file.
    """
    path = path.expanduser().absolute()
    if not path.is_file():
        raise WorkbenchError(f"There is no file {path}: check its name.")
    mark = _mark(path)
    try:
        with reading.opened(path, None) as backup:
            progress = Progress(on_progress, is_stopped)
            progress.total_bytes = backup.size_bytes
            backup.verify(progress)
        found = Checked(now())
    except Stopped:
        raise
    except WorkbenchError as error:
        said = str(error).replace("so nothing was restored", "so it cannot be restored")
        found = Checked(now(), said)
    kept = _kept(path.parent) | {path.name: [mark, found.at.isoformat(), found.problem]}
    write_json(path.parent / _KEPT, {n: v for n, v in kept.items() if (path.parent / n).exists()})
    return found


def last_check(path: Path) -> Checked | None:
    """How the last check of this very file came out; None if there was none since it was written."""
    try:
        mark, at, problem = _kept(path.parent)[path.name]
        return Checked(dt.datetime.fromisoformat(at), str(problem)) if mark == _mark(path) else None
    except (KeyError, TypeError, ValueError, OSError):
        return None


def _mark(path: Path) -> str:
    about = path.stat()
    return json.dumps([about.st_size, about.st_mtime_ns])


def _kept(folder: Path) -> dict[str, list[str]]:
    found = read_json(folder / _KEPT)
    return found if isinstance(found, dict) else {}
