"""Settings from the environment, secret ones also from a file that `NAME_FILE` names.

In a file a secret stands in no list of processes and in no description of a container.
"""

import functools
import os
from pathlib import Path

from storage.errors import StorageError


def value(name: str) -> str:
    """What `name` is set to, or what is in the file that `name`_FILE names; else empty.

    Raises:
        StorageError: that file cannot be read.
    """
    if said := os.environ.get(name, ""):
        return said
    file = os.environ.get(f"{name}_FILE", "")
    if not file:
        return ""
    try:
        about = os.stat(file)
        return _read(file, about.st_ino, about.st_mtime_ns, about.st_size)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise StorageError(
            f"{name}_FILE names {file}, which cannot be read ({why}): correct the setting, or let "
            "the workbench's user read that file, and start again."
        ) from error


@functools.lru_cache(maxsize=32)
def _read(file: str, _inode: int, _changed_ns: int, _size: int) -> str:
    """What is in it; it is read again when it is another file, since pages ask very often."""
    return Path(file).read_text("utf-8").strip()
