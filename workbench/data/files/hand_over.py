"""The one file that a reader may open, put into a folder of its own.

A reader is kept to that folder for good (`core.confine`), so each file is put there for as
long as it is asked about: as a second name, which takes no time and no room, or as a copy where the
file lies on another disk.
"""

import contextlib
import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil

from storage import files
from storage.errors import StorageError
from workbench.core.errors import WorkbenchError

_FULL = (errno.ENOSPC, errno.EDQUOT)


def folder() -> Path:
    """A new folder for one reader, in the home, where users' files lie; it names this process.

    Where the home cannot be written to, it lies where the system keeps such folders.
    """
    prefix = f"{os.getpid()}-"
    try:
        above = files.folder("reading")
        _sweep(above)
        return Path(tempfile.mkdtemp(prefix=prefix, dir=above))
    except (StorageError, OSError):
        return Path(tempfile.mkdtemp(prefix=f"workbench-file-{prefix}"))


@contextlib.contextmanager
def handed_over(path: Path, into: Path) -> Iterator[Path]:
    """The file at `path` as it can be read in the folder `into`; `path` if it is none.

    Raises:
        WorkbenchError: the disk is full.
    """
    place = into / "file"
    try:
        put = _put(path, place)
    except OSError as error:
        place.unlink(missing_ok=True)
        if error.errno in _FULL:
            raise WorkbenchError(
                "The disk has no room for reading this file: free some space and try again."
            ) from None
        put = False  # the reader says why it cannot be read
    try:
        yield place if put else path
    finally:
        place.unlink(missing_ok=True)


def _put(path: Path, place: Path) -> bool:
    if not stat.S_ISREG(path.stat().st_mode):
        return False
    place.unlink(missing_ok=True)
    try:
        os.link(path.resolve(), place)
    except OSError:
        shutil.copyfile(path, place)
    return True


def _sweep(above: Path) -> None:
    """Remove what processes left that were killed."""
    for left in above.iterdir():
        number = left.name.partition("-")[0]
        if number.isdigit() and not psutil.pid_exists(int(number)):
            shutil.rmtree(left, ignore_errors=True)
