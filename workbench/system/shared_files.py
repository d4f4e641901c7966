"""Small files between a page and its browser, for all web processes of a home, for a day.

Where several web processes stand behind one address, the browser's next request may reach another
one than the page's own. So what a page was given, and what it gives, lies in the home and not in
one process's memory: `<home>/shared/KIND/NAME`, a line of JSON about it and then the content.
"""

import contextlib
import json
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage import files
from workbench.core.whole import whole_file

KEPT_S = 24 * 3600.0
"""So long after it was last asked for."""
_SWEPT_EVERY_S = 600.0
_NAME = re.compile(r"[0-9A-Za-z-]{16,128}")


@dataclass(frozen=True)
class SharedFile:
    """One of them."""

    about: dict[str, Any]
    content: bytes


class SharedFiles:
    """Files of one kind; what nobody asks for goes after a day."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._swept_at = -_SWEPT_EVERY_S

    def announce(self, name: str) -> None:
        """Allow a file of this name to be put, by whichever process."""
        self.put(name, b"")

    def is_announced(self, name: str) -> bool:
        """Whether it was announced or put, and not taken away since."""
        return _NAME.fullmatch(name) is not None and self._path(name).is_file()

    def put(self, name: str, content: bytes, /, **about: Any) -> None:
        """Keep it under this name; without `about` it counts as announced only.

        Raises:
            StorageError: the disk is full.
        """
        self._sweep()
        with files.said_on_disk(), whole_file(self._path(name)) as part:
            part.write_bytes(json.dumps(about).encode() + b"\n" + content)

    def get(self, name: str) -> SharedFile | None:
        """The file; None if there is none (any more)."""
        if not self.is_announced(name):
            return None
        try:
            head, _, content = self._path(name).read_bytes().partition(b"\n")
            about = json.loads(head)
        except (OSError, ValueError):
            return None
        self.touch(name)
        return SharedFile(about, content) if about else None

    def touch(self, name: str) -> bool:
        """Keep it for a further day; no if it is not there."""
        try:
            path = self._path(name)
            if path.is_file():
                path.touch()
                return True
        except OSError:
            pass
        return False

    def remove(self, name: str) -> None:
        """Nobody wants it any more."""
        if self.is_announced(name):
            self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return files.folder("shared", self._kind) / name

    def _sweep(self) -> None:
        if time.monotonic() - self._swept_at < _SWEPT_EVERY_S:
            return
        self._swept_at = time.monotonic()
        for path in files.folder("shared", self._kind).iterdir():
            with contextlib.suppress(OSError):  # another process was quicker
                if time.time() - path.stat().st_mtime > KEPT_S:
                    path.unlink()
