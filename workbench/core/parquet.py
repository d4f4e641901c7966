"""Parquet files that are read only if they are what was written.

An object is named by the sha256 of its content, so whether it still is that can be told; it is
looked at once in the life of a process, and again when the file has changed.
"""

import hashlib
import logging
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.errors import WorkbenchError

logger = logging.getLogger(__name__)

_DIGEST = re.compile(r"[0-9a-f]{64}")


def is_whole(path: Path) -> bool:
    """Whether a file that is named by its sha256 has that content; one of another name may have any.

    One that is not there has not.
    """
    if not path.is_file():
        return False
    if not _DIGEST.fullmatch(path.name):
        return True
    about = path.stat()
    return _digest(path, about.st_ino, about.st_size, about.st_mtime_ns) == path.name


def read(path: Path, damaged: str, **options: Any) -> pa.Table:
    """The table in a file; `options` are those of `pyarrow.parquet.read_table`.

    Args:
        damaged: what to say where it cannot be read: what is lost, and what to do.

    Raises:
        WorkbenchError: `damaged`: the file is not there, torn, or not what its name says.
    """
    check(path, damaged)
    try:
        return pq.read_table(path, **options)
    except (pa.ArrowException, OSError) as error:
        logger.warning("%s cannot be read: %s", path, error)
        raise WorkbenchError(damaged) from error


def check(path: Path, damaged: str) -> None:
    """Refuse a file that is not what its name says.

    Raises:
        WorkbenchError: `damaged`.
    """
    if not is_whole(path):
        logger.warning("%s is not there, or not what its name says", path)
        raise WorkbenchError(damaged)


def digest(path: Path, damaged: str) -> str:
    """The sha256 of a file, which is its name if it has one.

    Raises:
        WorkbenchError: `damaged`: the file is not there, or not what its name says.
    """
    check(path, damaged)
    about = path.stat()
    return _digest(path, about.st_ino, about.st_size, about.st_mtime_ns)


def examples(path: Path, **options: Any) -> pa.Table:
    """The examples of a dataset version, for whoever knows no more of it than its file.

    Raises:
        WorkbenchError: they are gone or damaged.
    """
    return read(path, damaged_examples(path), **options)


def damaged_examples(path: Path) -> str:
    """What to say of examples that are gone or damaged."""
    return (
        f"The examples in {path} are damaged or gone: restore a backup, or save the data again "
        "from its file, then start again."
    )


@lru_cache(maxsize=4096)
def _digest(path: Path, _number: int, _size: int, _changed: int) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
