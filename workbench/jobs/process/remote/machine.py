"""The folder of a machine that works for others: files by their content, and jobs at work.

SCRATCH/objects/ab/abcdef…       what jobs were given; by sha256, kept for the next ones
SCRATCH/encoded/                 examples that a training has encoded
SCRATCH/jobs/HOME-12-3/job       the folder of a job, as long as it works
SCRATCH/jobs/HOME-12-3/inputs    what it was given, by its whole path at home
"""

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from workbench.core.errors import WorkbenchError
from workbench.jobs.process.job_dir import JobDir, write_json
from workbench.jobs.process.remote.file_store import FileStore
from workbench.jobs.process.remote.layout import AttemptFiles
from workbench.jobs.process.remote.order import Order, below, blob
from workbench.jobs.process.remote.paths import Moves, move_within, moved

SCRATCH_VARIABLE = "WORKBENCH_SCRATCH"
"""Names the folder; without it, one of this user's in the system's folder for temporary files."""
UNUSED_S = 14 * 86400
"""What no job has needed for so long goes."""


@dataclass(frozen=True)
class Place:
    """Where one attempt works on this machine."""

    scratch: Path
    name: str

    @property
    def job(self) -> JobDir:
        return JobDir(self.folder / "job")

    @property
    def inputs(self) -> Path:
        return self.folder / "inputs"

    @property
    def folder(self) -> Path:
        return self.scratch / "jobs" / self.name

    def caches(self, order: Order) -> dict[str, str]:
        """Folder of a cache at home → the one here."""
        return {path: str(self.scratch / Path(path).name) for path in order.caches}

    def moves(self, order: Order) -> Moves:
        """Path at home → path here."""
        given = {path: f"{self.inputs}{path}" for path in order.inputs}
        return {order.root: str(self.job.path), **given, **self.caches(order)}

    def moves_home(self, order: Order) -> Moves:
        """Path here → path at home."""
        caches = {here: home for home, here in self.caches(order).items()}
        return {str(self.job.path): order.root, str(self.inputs): "", **caches}


def place_for(files: AttemptFiles, number: int = 0) -> Place:
    """A new place for an attempt; what an earlier start of the same attempt left is thrown away.

    Args:
        number: of this process, where several do it together: two of them may share a machine.
    """
    named = os.environ.get(SCRATCH_VARIABLE)
    scratch = Path(named or Path(tempfile.gettempdir()) / f"slm-workbench-{os.getuid()}").absolute()
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    if scratch.stat().st_uid != os.getuid():
        raise WorkbenchError(
            f"{scratch} belongs to somebody else: set {SCRATCH_VARIABLE} to a folder of your own."
        )
    place = Place(scratch, f"{files.name}-{number}" if number else files.name)
    shutil.rmtree(place.folder, ignore_errors=True)
    place.job.path.mkdir(parents=True)
    return place


def take(
    order: Order, files: AttemptFiles, place: Place, going_on: Callable[[], None] = lambda: None
) -> None:
    """Bring what an order needs to this machine, and write the job's spec.json.

    Args:
        going_on: called before each file; may raise to leave.

    Raises:
        StoreUnreachable: the store does not answer.
        WorkbenchError: a file is not there, or is not what it should be.
    """
    for path, within in order.inputs.items():
        for name, (sha256, _) in within.items():
            going_on()
            key = blob(files.inputs, sha256)
            _give(files.store, key, sha256, below(Path(f"{place.inputs}{path}"), name), place)
    for name, (sha256, _) in order.folder.items():
        going_on()
        target = safely_below(place.job.path, name)
        _give(files.store, blob(files.made, sha256), sha256, target, place)
    moves = place.moves(order)
    for here in place.caches(order).values():
        Path(here).mkdir(exist_ok=True)
    for named in place.folder.rglob("*.json"):
        move_within(named, moves)
    write_json(place.job.spec, moved(order.spec, moves))


def _give(store: FileStore, key: str, sha256: str, target: Path, place: Place) -> None:
    """A second name of the machine's own copy, which is fetched if it is missing."""
    kept = place.scratch / "objects" / sha256[:2] / sha256
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        fetch(store, key, sha256, kept)
    os.utime(kept)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(kept, target)
    except OSError:
        shutil.copyfile(kept, target)


def fetch(store: FileStore, key: str, sha256: str, target: Path) -> None:
    """Fetch a file, which is what its digest says, or is not there.

    Raises:
        StoreUnreachable: the store does not answer.
        WorkbenchError: it is not there, or is damaged.
    """
    with contextlib.suppress(FileNotFoundError):
        store.fetch(key, target)
        with target.open("rb") as handle:
            if hashlib.file_digest(handle, "sha256").hexdigest() == sha256:
                return
        target.unlink()
        raise WorkbenchError(
            f"A file came damaged from the files of the cluster ({key}): start the job again; if it "
            "happens again, see to the disk that they lie on."
        )
    raise WorkbenchError(
        f"A file is missing among the files of the cluster ({key}): start the job again."
    )


def safely_below(folder: Path, name: str) -> Path:
    """The path of a name within a folder.

    Raises:
        WorkbenchError: the name leads out of it.
    """
    path = Path(os.path.normpath(folder / name))
    if not path.is_relative_to(folder) or path == folder:
        raise WorkbenchError(f"'{name}' is no name of a file within a job's folder.")
    return path


def tidy(scratch: Path) -> None:
    """Throw away what no job has needed for long."""
    oldest = time.time() - UNUSED_S
    for path in scratch.glob("objects/*/*"):
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest:
                path.unlink()
    for path in [*scratch.glob("jobs/*"), *scratch.glob("encoded/*")]:
        with contextlib.suppress(FileNotFoundError):
            if _newest(path) < oldest:
                shutil.rmtree(path, ignore_errors=True)


def _newest(folder: Path) -> float:
    return max([folder.stat().st_mtime, *(path.stat().st_mtime for path in folder.glob("*"))])
