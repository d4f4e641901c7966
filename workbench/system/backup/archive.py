"""A backup as a file: one zip archive whose manifest is written last (read in `reading`).

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
import logging
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from workbench.core.errors import WorkbenchError
from workbench.system.backup.manifest import MANIFEST, Manifest

logger = logging.getLogger(__name__)

CHUNK = 1 << 20


class Stopped(WorkbenchError):
    """Somebody pressed Cancel."""


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
        while left > 0 and (chunk := source.read(min(CHUNK, left))):
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
        if name.startswith("objects/") and not name.endswith(f"/{digest.hexdigest()}"):
            logger.warning("%s is damaged, so the backup goes without it", name)
        else:
            self._files[name] = [size, digest.hexdigest()]
        return count


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
