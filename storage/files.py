"""Files under the workbench's home: content-addressed objects and named folders.

A blob is stored under its own sha256, so equal content is stored once and a half-written
file can never be mistaken for a whole one: it is hashed while it is written to a temporary
file in the same folder, flushed to disk, and renamed into place.
"""

import contextlib
import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from storage.errors import StorageError

_CHUNK = 1 << 20
_CHECKOUT = Path(__file__).resolve().parent.parent


def home() -> Path:
    """The folder that holds everything the user made; created on first use.

    `WORKBENCH_HOME` chooses it; without it, `data/` in the checkout.
    """
    path = Path(os.environ.get("WORKBENCH_HOME") or _CHECKOUT / "data").expanduser().absolute()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"The folder {path} for your projects cannot be created ({error.strerror}): "
            "set WORKBENCH_HOME to a folder that you may write to."
        ) from error
    return path


def folder(*parts: str) -> Path:
    """A folder under the home, made if it is missing: `folder("jobs", "12")`."""
    path = home().joinpath(*parts)
    path.mkdir(parents=True, exist_ok=True)
    return path


def object_path(digest: str) -> Path:
    """Where the object with this sha256 (64 hex digits) lies, whether or not it is there."""
    return home() / "objects" / digest[:2] / digest


def put(stream: BinaryIO) -> str:
    """Store what `stream` still holds and return its sha256.

    Raises:
        StorageError: the disk is full; nothing is left behind.
    """
    digest = hashlib.sha256()
    with _temporary() as (handle, temporary):
        with handle:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                handle.write(chunk)
            handle.flush()
            os.fsync(handle.fileno())
        target = object_path(digest.hexdigest())
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(temporary, target)
    return digest.hexdigest()


def put_file(path: Path) -> str:
    """Store a copy of the file at `path` and return its sha256."""
    with path.open("rb") as stream:
        return put(stream)


@contextlib.contextmanager
def _temporary() -> Iterator[tuple[BinaryIO, str]]:
    number, name = tempfile.mkstemp(dir=folder("objects"), prefix=".part-")
    try:
        yield os.fdopen(number, "wb"), name
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise StorageError(
            f"The disk that holds {home()} is full: free some space and try again. "
            "Nothing that was saved before is lost."
        ) from error
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
