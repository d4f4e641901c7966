"""What a training has encoded, kept for the next one on the same data: how old, how large, and away.

    <home>/cache/encoded/KEY/       what was encoded (`workbench/engine/encoding/cache.py` writes it)
    <home>/cache/encoded/KEY.lock   held by whoever uses it; as old as its last use
    <home>/cache/encoded/.KEY-…/    what is being written, by one who holds the lock

It can be made again, so no backup has it.
"""

import fcntl
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from storage import files

UNUSED_S = 30 * 86400
"""What nobody has used for so long goes by itself."""


@dataclass(frozen=True)
class Entry:
    """What one kind of training needs of one version of the data."""

    paths: tuple[Path, ...]
    lock: Path

    @property
    def unused_s(self) -> float:
        """Seconds since its last use."""
        stands_for = self.lock if self.lock.exists() else self.paths[0]
        try:
            return time.time() - stands_for.stat().st_mtime
        except FileNotFoundError:
            return 0.0

    @property
    def is_free(self) -> bool:
        """Whether nobody uses it at this moment."""
        return not files.is_locked(self.lock)

    @property
    def is_whole(self) -> bool:
        """Whether it was written to its end."""
        return any(not path.name.startswith(".") and path.is_dir() for path in self.paths)


def folder() -> Path:
    """Where encoded examples lie, whether or not it is there."""
    return files.home() / "cache" / "encoded"


def entries() -> Iterator[Entry]:
    """Everything in the cache."""
    by_key: dict[str, list[Path]] = {}
    for path in sorted(folder().glob("*")):
        key = path.name.lstrip(".").split("-")[0].split(".")[0]
        by_key.setdefault(key, []).append(path)
    for key, paths in by_key.items():
        yield Entry(tuple(paths), folder() / f"{key}.lock")


def remove(entry: Entry) -> int:
    """Take it away, unless somebody uses it; the bytes that this frees."""
    size = sum(files.size_of(path) for path in entry.paths)
    try:
        with entry.lock.open("a") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for path in entry.paths:
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)
            entry.lock.unlink(missing_ok=True)
    except OSError:
        return 0
    return size - sum(files.size_of(path) for path in entry.paths)
