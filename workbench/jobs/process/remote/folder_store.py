"""A folder that several machines share, by NFS or the like, or of this machine alone."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from workbench.core.whole import whole_file
from workbench.jobs.process.remote.file_store import StoreUnreachable


class FolderStore:
    """Files below one folder; see `FileStore`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, source: Path, key: str) -> None:
        """Keep a copy of a file."""
        with self._said(), self._new(key) as part:
            shutil.copyfile(source, part)

    def write(self, key: str, content: bytes) -> None:
        """Keep some bytes."""
        with self._said(), self._new(key) as part:
            part.write_bytes(content)

    def read(self, key: str) -> bytes | None:
        """What is kept; None if there is nothing."""
        with self._said():
            self._reached()
            try:
                return (self._folder / key).read_bytes()
            except FileNotFoundError:
                return None

    def fetch(self, key: str, target: Path) -> None:
        """Copy what is kept to a file of this machine."""
        with self._said():
            self._reached()
            if not (self._folder / key).is_file():
                raise FileNotFoundError(key)
            with whole_file(target) as part:
                shutil.copyfile(self._folder / key, part)

    def sizes(self, prefix: str) -> dict[str, int]:
        """Key → bytes of all that lies below a key."""
        found: dict[str, int] = {}
        with self._said():
            self._reached()
            for folder, _, names in os.walk(self._folder / prefix):
                for name in names:
                    path = Path(folder, name)
                    if not name.startswith("."):
                        with contextlib.suppress(FileNotFoundError):
                            found[path.relative_to(self._folder).as_posix()] = path.stat().st_size
        return found

    def has(self, key: str) -> bool:
        """Whether something is kept."""
        with self._said():
            self._reached()
            return (self._folder / key).is_file()

    def remove(self, prefix: str) -> None:
        """Let go of a key and of all that lies below it."""
        path = self._folder / prefix
        with self._said():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _new(self, key: str) -> Iterator[Path]:
        self._reached()
        target = self._folder / key
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with whole_file(target, flushed=True) as part:
                yield part
        except FileNotFoundError as error:
            if target.parent.is_dir():
                raise
            raise StoreUnreachable(
                f"The folder of {key} went while it was written: its attempt was given up."
            ) from error

    def _reached(self) -> None:
        """A share that is not mounted is an empty folder, or none: nothing is made there."""
        if not self._folder.is_dir():
            raise StoreUnreachable(
                f"The folder {self._folder} that the cluster shares is not there: mount it, or make "
                "it once where it belongs."
            )

    @contextlib.contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise
        except OSError as error:
            raise StoreUnreachable(
                f"The folder {self._folder} that the cluster shares cannot be used "
                f"({error.strerror}): see to its mount, its rights and its free space."
            ) from error
