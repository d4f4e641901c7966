"""A backup as a file: one zip archive whose manifest is written last.

    manifest.json          format, schema, where it came from, and each member's size and sha256
    rows/<table>.jsonl     the rows of each table, one JSON object a line
    objects/ab/abcd…       uploads, datasets and answers, under their sha256
    jobs/<id>/…            what the jobs made
    models/…               base models that were added

Large files are stored as they are, so any zip program can take them out again.
"""

import contextlib
import errno
import hashlib
import json
import os
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from storage import schema
from workbench.core.errors import WorkbenchError

FORMAT = 1
KIND = "slm-workbench-backup"
MANIFEST = "manifest.json"
_CHUNK = 1 << 20
_MEMBER = re.compile(r"(rows/\w+\.jsonl|objects/[0-9a-f]{2}/[0-9a-f]{64}|jobs/\d+/.+|models/.+)")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


class Stopped(WorkbenchError):
    """Somebody pressed Cancel."""


@dataclass
class Manifest:
    """What a backup says about itself."""

    home: str
    """The home's path where the backup was made."""
    schema: str
    created_at: str
    """ISO 8601, UTC."""
    bundled: dict[str, str] = field(default_factory=dict)
    """Where the models that come with the install were."""
    counts: dict[str, int] = field(default_factory=dict)
    """Table → rows."""
    files: dict[str, list[Any]] = field(default_factory=dict)
    """Member → its size in bytes and its sha256."""
    format: int = FORMAT
    kind: str = KIND


class Progress:
    """How far a backup or a restore is: tells it, and stops it when that is wanted."""

    def __init__(
        self,
        on_progress: Callable[[int, int], None] | None = None,
        is_stopped: Callable[[], bool] | None = None,
    ) -> None:
        self.done_bytes = self.total_bytes = 0
        self._on_progress, self._is_stopped = on_progress, is_stopped

    def advance(self, number_of_bytes: int) -> None:
        """So many bytes more are done.

        Raises:
            Stopped: that is wanted.
        """
        if self._is_stopped and self._is_stopped():
            raise Stopped("Stopped at your request: nothing was changed.")
        self.done_bytes += number_of_bytes
        if self._on_progress:
            self._on_progress(min(self.done_bytes, self.total_bytes), self.total_bytes)


class Writer:
    """A backup in the making; used as a context, so that the archive is closed in any case."""

    def __init__(self, handle: IO[bytes], progress: Progress) -> None:
        self._zip = zipfile.ZipFile(handle, "w", allowZip64=True)
        self._progress = progress
        self._files: dict[str, list[Any]] = {}

    def add_rows(self, name: str, rows: Iterable[dict[str, Any]]) -> int:
        """A table's rows; how many they are."""
        lines = (json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)
        return self._add(f"rows/{name}.jsonl", lines, zipfile.ZIP_DEFLATED)

    def add_file(self, name: str, path: Path) -> None:
        """A file as long as it is now; one that went meanwhile is left out."""
        with contextlib.suppress(FileNotFoundError), path.open("rb") as source:
            self._add(name, self._counted(source), zipfile.ZIP_STORED)

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest and the end."""
        manifest.files = self._files
        self._zip.writestr(MANIFEST, json.dumps(asdict(manifest)), zipfile.ZIP_DEFLATED)
        self._zip.close()

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError, ValueError):  # what broke it off is the error to tell
            self._zip.close()

    def _counted(self, source: IO[bytes]) -> Iterator[bytes]:
        left = os.fstat(source.fileno()).st_size  # who appends meanwhile is not waited for
        while left > 0 and (chunk := source.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk
            self._progress.advance(len(chunk))

    def _add(self, name: str, chunks: Iterable[bytes], compression: int) -> int:
        info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        info.compress_type, info.external_attr = compression, 0o600 << 16
        digest, size, count = hashlib.sha256(), 0, 0
        with self._zip.open(info, "w", force_zip64=True) as member:
            for chunk in chunks:
                member.write(chunk)
                digest.update(chunk)
                size, count = size + len(chunk), count + 1
        self._files[name] = [size, digest.hexdigest()]
        return count


class Reader:
    """A backup that is read back; every byte of it is checked before it counts."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self.path, self.manifest = path, manifest
        self._zip = archive

    @property
    def size_bytes(self) -> int:
        """What its files take when they are unpacked."""
        return sum(size for size, _ in self.manifest.files.values())

    def unpack(self, folder: Path, progress: Progress) -> None:
        """Write all members into `folder`, and check each against the manifest.

        Raises:
            WorkbenchError: one of them is damaged.
        """
        for name in self.manifest.files:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                whole = self._copy(name, target, progress)
            except _BROKEN as error:
                raise damaged(self.path, str(error)) from None
            if not whole:
                raise damaged(self.path, f"{name} is not what was saved")

    def _copy(self, name: str, target: Path, progress: Progress) -> bool:
        size, digest = self.manifest.files[name]
        found = hashlib.sha256()
        with self._zip.open(name) as source, target.open("wb") as copy:
            while chunk := source.read(_CHUNK):
                copy.write(chunk)
                found.update(chunk)
                progress.advance(len(chunk))
            return bool(copy.tell() == size and found.hexdigest() == digest)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Reader]:
    """The backup at `path`.

    Raises:
        WorkbenchError: it is no backup, damaged, or of a newer version.
    """
    if not path.is_file():
        raise WorkbenchError(f"There is no file {path}: check its name.")
    try:
        archive = zipfile.ZipFile(path)
    except _BROKEN:
        raise WorkbenchError(
            f"{path} is no whole backup of the workbench: choose a file that "
            "`python -m workbench backup` or the Storage page has made."
        ) from None
    with archive:
        yield Reader(path, archive, _manifest(path, archive))


def _manifest(path: Path, archive: zipfile.ZipFile) -> Manifest:
    try:
        found = json.loads(archive.read(MANIFEST))
        if found["kind"] != KIND:
            raise KeyError("kind")
    except _BROKEN as error:
        raise damaged(path, str(error)) from None
    except (KeyError, ValueError, TypeError):
        raise WorkbenchError(
            f"{path} is a zip file, but no backup of the workbench: choose another file."
        ) from None
    if found["format"] > FORMAT or not schema.knows(found["schema"]):
        raise WorkbenchError(
            f"{path} was made by a newer version of the workbench: "
            "update this one (git pull, then make setup), then restore it."
        )
    try:
        manifest = Manifest(**found)
        for name, (size, digest) in manifest.files.items():
            if not _is_member(name) or archive.getinfo(name).file_size != int(size) or not digest:
                raise KeyError(name)
    except (KeyError, TypeError, ValueError) as error:
        raise damaged(path, f"{error} is not as the list of contents says") from None
    return manifest


def _is_member(name: str) -> bool:
    parts = name.split("/")
    return bool(_MEMBER.fullmatch(name)) and not {"", ".", ".."} & set(parts) and "\\" not in name


def damaged(path: Path, why: str) -> WorkbenchError:
    """What to say of a backup that is not whole."""
    return WorkbenchError(
        f"{path} is damaged ({why}), so nothing was restored: use another backup."
    )


@contextlib.contextmanager
def full_disk_said(where: Path) -> Iterator[None]:
    """A full disk, or a folder that may not be written to, as a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise WorkbenchError(
                f"The disk of {where} is full: make room, then try again."
            ) from error
        if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
            raise WorkbenchError(
                f"{error.filename or where} may not be written to: choose another folder."
            ) from error
        raise
