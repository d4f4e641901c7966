"""The files of a watched folder: which are whole, which are ours, and where answers go."""

import hashlib
import os
import secrets
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from storage import files
from storage.guard import private
from workbench.core.errors import WorkbenchError
from workbench.core.whole import whole_file

QUIET_S = 3.0
"""A file that has not changed for so long is whole."""
MARK = " answered"
"""Stands behind the name of a file with answers."""
TROUBLE = " could not be answered.txt"
"""The same of the note on one that has none."""
ENDINGS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".tsv", ".jsonl", ".parquet")
_CHUNK = 1 << 20
_Look = tuple[int, int, int]
"""What changes when a file is written: its number, its bytes, its time."""


@dataclass(frozen=True)
class Arrived:
    """A file that is whole."""

    path: Path
    digest: str


class Folder:
    """One watched folder, looked at again and again."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.path = path
        self._clock = clock
        self._seen: dict[str, tuple[_Look, float]] = {}
        self._digests: dict[tuple[str, _Look], str] = {}

    def arrived(self) -> list[Arrived]:
        """The files that are whole, by their names.

        Raises:
            WorkbenchError: the folder is not there, or cannot be read.
        """
        found, seen = [], {}
        for name, look in self._looks().items():
            before, since = self._seen.get(name, (None, 0.0))
            since = since if before == look else self._clock()
            seen[name] = (look, since)
            if self._clock() - since >= QUIET_S and (digest := self._digest(name, look)):
                found.append(Arrived(self.path / name, digest))
        self._seen = seen
        there = {(name, look) for name, (look, _) in seen.items()}
        self._digests = {key: told for key, told in self._digests.items() if key in there}
        return found

    def _looks(self) -> dict[str, _Look]:
        try:
            with os.scandir(self.path) as entries:
                names = sorted(entry.name for entry in entries if is_meant(entry.name))
            stats = {name: self._stat(name) for name in names}
        except OSError as error:
            raise WorkbenchError(
                f"The folder {self.path} cannot be looked into ({error.strerror}): bring it back, or "
                "choose another."
            ) from error
        return {name: look for name, look in stats.items() if look is not None}

    def _stat(self, name: str) -> _Look | None:
        """None of what is no file of its own (a link, a folder), is empty, or has gone meanwhile."""
        try:
            about = (self.path / name).lstat()
        except FileNotFoundError:
            return None
        if not stat.S_ISREG(about.st_mode) or not about.st_size:
            return None
        return about.st_ino, about.st_size, about.st_mtime_ns

    def _digest(self, name: str, look: _Look) -> str:
        """Of the content; empty if it changes while it is read, or cannot be."""
        if (name, look) not in self._digests:
            try:
                found = _sha256(self.path / name)
            except OSError:
                return ""
            if self._stat(name) != look:
                return ""
            self._digests[name, look] = found
        return self._digests[name, look]

    def put(self, content: Path, name: str) -> str:
        """Copy a file into the folder under a name that is free; the name.

        One that is there already, as a look that was broken off has left it, is not put again.
        """
        for free in _numbered(name):
            target = self.path / free
            if target.is_file() and _same(target, content):
                return free
            if not target.exists() and _placed(content, target):
                return free
        raise AssertionError("there is always a free name")

    def say(self, name: str, sentence: str) -> None:
        """Put a note beside a file that was not answered, in place of an earlier one."""
        target = self.path / f"{name}{TROUBLE}"
        with private.taken_elsewhere(target, files.home()), whole_file(target) as part:
            part.write_text(f"{sentence}\n", "utf-8")


def is_meant(name: str) -> bool:
    """Whether a file of this name is to be answered: a table, not hidden, nor made by us or Office."""
    if name.startswith((".", "~$")) or not name.lower().endswith(ENDINGS):
        return False
    return MARK not in Path(name).stem.lower()[-len(MARK) - 5 :]


def answered_name(name: str, suffix: str) -> str:
    """ "mails answered.xlsx"."""
    return f"{Path(name).stem}{MARK}{suffix}"


def _numbered(name: str) -> Iterator[str]:
    path, number = Path(name), 1
    while True:
        yield name if number == 1 else f"{path.stem} ({number}){path.suffix}"
        number += 1


def _placed(content: Path, target: Path) -> bool:
    """Copy a file to its place, whole; not if another took that place meanwhile."""
    part = target.with_name(f".{target.name}-{secrets.token_hex(4)}.part")
    try:
        with private.taken_elsewhere(target, files.home()):
            shutil.copyfile(content, part)
            try:
                os.link(part, target)
            except FileExistsError:
                return False
            except OSError:  # a disk without links
                os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
    return True


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _same(one: Path, other: Path) -> bool:
    return one.stat().st_size == other.stat().st_size and _sha256(one) == _sha256(other)
