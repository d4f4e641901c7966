"""Files under the workbench's home: content-addressed objects and named folders.

A blob is stored under its own sha256, so equal content is stored once and a half-written
file can never be mistaken for a whole one: it is hashed while it is written to a temporary
file in the same folder, flushed to disk, and renamed into place.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from storage.errors import StorageError
from storage.guard import private

_CHUNK = 1 << 20
PART = ".part-"
"""How the name of a file that is being written begins."""
BRINGING = ".bringing-"
"""How the name of a folder begins into which a project is unpacked; it holds `lock` locked."""
_CHECKOUT = Path(__file__).resolve().parent.parent


def home() -> Path:
    """The folder that holds everything the user made; created on first use.

    `WORKBENCH_HOME` chooses it; without it, `data/` in the checkout. Whoever has asked for it makes
    files for their owner alone.

    Raises:
        StorageError: it cannot be made.
    """
    path = Path(os.environ.get("WORKBENCH_HOME") or _CHECKOUT / "data").expanduser().absolute()
    private.keep_to_owner()
    try:
        if not path.is_dir():
            private.make(path)
        private.close(path, path.stat())
    except OSError as error:
        raise StorageError(
            f"The folder {path} for your projects cannot be created ({error.strerror}): "
            "set WORKBENCH_HOME to a folder that you may write to."
        ) from error
    return path


def folder(*parts: str) -> Path:
    """A folder under the home, made if it is missing: `folder("logs")`.

    Raises:
        StorageError: it cannot be made: the disk is full, or may not be written to.
    """
    path = home().joinpath(*parts)
    with said_on_disk(path):
        path.mkdir(parents=True, exist_ok=True)
    return path


def job_folder(job_id: int) -> Path:
    """The folder of a job, whether or not it is there."""
    return home() / "jobs" / str(job_id)


def object_path(digest: str) -> Path:
    """Where the object with this sha256 (64 hex digits) lies, whether or not it is there."""
    return home() / "objects" / digest[:2] / digest


class Incoming:
    """An object that arrives piece by piece; until `finish` nothing of it is there.

    Used as a context: whatever ends it before `finish` leaves no file behind.
    """

    def __init__(self) -> None:
        self.size = 0
        self._digest = hashlib.sha256()
        with said_on_disk():
            number, self._name = tempfile.mkstemp(dir=folder("objects"), prefix=PART)
        fcntl.flock(number, fcntl.LOCK_EX)  # tells a sweep that its writer lives
        self._handle = os.fdopen(number, "wb")

    def write(self, chunk: bytes) -> None:
        """Take the next bytes.

        Raises:
            StorageError: the disk is full.
        """
        with said_on_disk():
            self._handle.write(chunk)
        self._digest.update(chunk)
        self.size += len(chunk)

    def finish(self) -> str:
        """Put the whole of it in its place, safe on the disk; its sha256.

        Raises:
            StorageError: the disk is full.
        """
        digest = self._digest.hexdigest()
        with said_on_disk():
            self._handle.flush()
            os.fsync(self._handle.fileno())
            self._handle.close()
            target = object_path(digest)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(self._name, target)
        return digest

    def discard(self) -> None:
        """Leave nothing of what has not been finished."""
        with contextlib.suppress(OSError):  # what a full disk did not take is not wanted either
            self._handle.close()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._name)

    def __enter__(self) -> "Incoming":
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()


def put(stream: BinaryIO) -> str:
    """Store what `stream` still holds and return its sha256.

    Raises:
        StorageError: the disk is full; nothing is left behind.
    """
    with Incoming() as blob:
        while chunk := stream.read(_CHUNK):
            blob.write(chunk)
        return blob.finish()


def put_file(path: Path) -> str:
    """Store a copy of the file at `path` and return its sha256."""
    with path.open("rb") as stream:
        return put(stream)


def free_bytes() -> int:
    """How much the disk that holds the home still takes."""
    return shutil.disk_usage(home()).free


def remove_stale_parts(older_than_s: float) -> None:
    """Delete what processes that were killed had begun to write, if nothing came for so long."""
    for part in folder("objects").glob(f"{PART}*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - part.stat().st_mtime > older_than_s:
                part.unlink()


def disk_full() -> StorageError:
    """What to say when there is no room."""
    return StorageError(
        f"The disk that holds {home()} is full: free some space and try again. "
        "Nothing that was saved before is lost."
    )


def not_writable(path: Path, reason: str = "") -> StorageError:
    """What to say when the home, or something in it, may not be written to."""
    why = f" ({reason})" if reason else ""
    return StorageError(
        f"{path} cannot be written to{why}, so nothing can be saved: make its disk writable and "
        "check that the folder is yours, or set WORKBENCH_HOME to another folder. Nothing was changed."
    )


@contextlib.contextmanager
def said_on_disk(path: Path | None = None) -> Iterator[None]:
    """A disk that is full or may not be written to, in a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise disk_full() from error
        if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            where = path or Path(error.filename or home())
            raise not_writable(where, error.strerror or "") from error
        raise


def size_of(path: Path) -> int:
    """The bytes of a file, or of all files in a folder; what goes meanwhile counts as nothing."""
    try:
        if path.is_dir() and not path.is_symlink():
            return sum(size_of(child) for child in path.iterdir())
        return path.lstat().st_size
    except OSError:
        return 0


def is_locked(path: Path) -> bool:
    """Whether a process holds this file locked; the lock goes when its process ends."""
    try:
        with path.open("rb") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
