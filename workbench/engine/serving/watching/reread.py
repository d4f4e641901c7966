"""A small file of another process, read again once it has changed."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

from workbench.jobs.process.job_dir import read_json

T = TypeVar("T")


class Reread(Generic[T]):
    """What a JSON file says now; what it said before while it is gone or torn."""

    def __init__(self, path: Path, meaning: Callable[[Any], T | None], at_first: T) -> None:
        """Args:
        meaning: of the JSON value, which may be anything; None for what is not to be believed.
        at_first: while there never was a file.
        """
        self._path, self._meaning, self._value = path, meaning, at_first
        self._stamp: tuple[int, int, int] | None = None
        self._lock = threading.Lock()

    def now(self) -> T:
        """The value, read anew if the file has changed."""
        with self._lock:
            stamp = self._stamp_now()
            if stamp and stamp != self._stamp:
                self._stamp = stamp
                found = self._meaning(read_json(self._path))
                self._value = self._value if found is None else found
            return self._value

    def _stamp_now(self) -> tuple[int, int, int] | None:
        try:
            about = self._path.stat()
        except OSError:
            return None
        return about.st_ino, about.st_mtime_ns, about.st_size
