"""Where machines leave files for each other: a folder that they share, or a bucket.

A file appears whole or not at all, and is known by its key, a path with slashes.
"""

from pathlib import Path
from typing import Protocol

from workbench.core.errors import WorkbenchError


class StoreUnreachable(WorkbenchError):
    """The store does not answer, or refuses; it may pass."""


class FileStore(Protocol):
    """Files by their keys; every call may raise `StoreUnreachable`."""

    def put(self, source: Path, key: str) -> None:
        """Keep a copy of a file."""
        ...

    def write(self, key: str, content: bytes) -> None:
        """Keep some bytes."""
        ...

    def read(self, key: str) -> bytes | None:
        """What is kept; None if there is nothing."""
        ...

    def fetch(self, key: str, target: Path) -> None:
        """Copy what is kept to a file of this machine.

        Raises:
            FileNotFoundError: there is nothing.
        """
        ...

    def sizes(self, prefix: str) -> dict[str, int]:
        """Key → bytes of all that lies below a key."""
        ...

    def has(self, key: str) -> bool:
        """Whether something is kept."""
        ...

    def remove(self, prefix: str) -> None:
        """Let go of a key and of all that lies below it."""
        ...
