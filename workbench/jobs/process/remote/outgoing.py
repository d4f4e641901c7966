"""From the machine that works: what a job's process writes goes into the store as it comes."""

import contextlib
import time
from pathlib import Path

from workbench.jobs.process.checkpoints import MANIFEST
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.remote.layout import PIECE, AttemptFiles, Files
from workbench.jobs.process.remote.order import OWN, blob, files_below, sha256_of

LOOK_S = 60.0
"""Between two looks at files that are no checkpoints and no parts of answers."""
_MARKS = ("checkpoints/*/" + MANIFEST, "parts/*.parquet")
"""Files that say that something is worth keeping."""


class Outgoing:
    """The files of one attempt on their way out; every call may raise `StoreUnreachable`."""

    def __init__(self, files: AttemptFiles, job: JobDir) -> None:
        self._files, self._job = files, job
        self._sent: dict[str, int] = {}
        """File that only grows → bytes that are in the store."""
        self._known: dict[Path, tuple[tuple[int, int], str]] = {}
        """Size, time of change and digest of files that are in the store."""
        self._told: Files | None = None
        self._marks: set[Path] = set()
        self._looked_at = float("-inf")

    def send(self) -> None:
        """Send what is new."""
        marks = self._marks_there()
        self._send_grown()  # whoever has a checkpoint has all that was told before it
        if marks != self._marks or time.monotonic() - self._looked_at > LOOK_S:
            self._send_folder(marks, with_result=False)
            self._marks, self._looked_at = marks, time.monotonic()

    def send_all(self) -> None:
        """Send what is left once the process has ended; the result with it."""
        self._send_grown()
        self._send_folder(self._marks_there(), with_result=True)

    def _marks_there(self) -> set[Path]:
        return {path for pattern in _MARKS for path in self._job.path.glob(pattern)}

    def _send_grown(self) -> None:
        for path in [self._job.log, *sorted(self._job.events.glob("[0-9]*.jsonl"))]:
            if path.is_file():
                self._send_pieces(path, path.relative_to(self._job.path).as_posix())

    def _send_pieces(self, path: Path, name: str) -> None:
        sent, size = self._sent.get(name, 0), path.stat().st_size
        with path.open("rb") as handle:
            while sent < size:
                piece = sent // PIECE
                handle.seek(piece * PIECE)
                content = handle.read(PIECE)
                self._files.store.write(self._files.grown(name, piece), content)
                sent = self._sent[name] = piece * PIECE + len(content)

    def _send_folder(self, marks: set[Path], *, with_result: bool) -> None:
        """Send the files that changed, then the list of all; checkpoints without mark stay here."""
        listed: Files = {}
        result = [self._job.result] if with_result and self._job.result.is_file() else []
        for path in [*files_below(self._job.path, OWN), *result]:
            if not self._is_torn(path, marks):
                with contextlib.suppress(FileNotFoundError):  # an old checkpoint went meanwhile
                    listed[path.relative_to(self._job.path).as_posix()] = self._send_file(path)
        if listed != self._told:
            self._files.tell("files", listed)
            self._told = listed

    def _is_torn(self, path: Path, marks: set[Path]) -> bool:
        within = path.relative_to(self._job.path).parts
        return within[0] == "checkpoints" and not (
            len(within) > 2 and self._job.checkpoints / within[1] / MANIFEST in marks
        )

    def _send_file(self, path: Path) -> list[object]:
        while True:
            before = path.stat()
            look = (before.st_size, before.st_mtime_ns)
            if self._known.get(path, (None, ""))[0] != look:
                digest = sha256_of(path)
                key = blob(self._files.made, digest)
                if not self._files.store.has(key):
                    self._files.store.put(path, key)
                after = path.stat()
                if (after.st_size, after.st_mtime_ns) != look:
                    continue  # it was written meanwhile
                self._known[path] = (look, digest)
            return [self._known[path][1], look[0]]
