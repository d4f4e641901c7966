"""To the machine that waits: what a job's process has written elsewhere, put into the job's folder here.

Everything below works on files alone, so that whoever looks after the job (events, checkpoints,
result) need not know where it ran; it may be interrupted anywhere and done again.
"""

import contextlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.jobs.process.checkpoints import MANIFEST
from workbench.jobs.process.contract import Contract
from workbench.jobs.process.job_dir import JobDir, read_json, segment_numbers, write_json
from workbench.jobs.process.remote.layout import PIECE, AttemptFiles, Files
from workbench.jobs.process.remote.machine import fetch, safely_below
from workbench.jobs.process.remote.order import blob
from workbench.jobs.process.remote.paths import Moves, move_within

FILE = "remote.json"


@dataclass(frozen=True)
class Taken(Contract):
    """What of an attempt elsewhere is here; remote.json in the job's folder."""

    attempt: int
    first_segment: int
    """Which segment of events its first one becomes here."""
    log_bytes: int
    """Where its log begins in the one here."""
    is_submitted: bool = False
    """Whether the cluster was given it."""
    files: dict[str, Any] = field(default_factory=dict)
    """`Files`, as they were listed when they were taken."""


def begun(job: JobDir, attempt: int) -> Taken:
    """What is known of an attempt; at its begin, where its events and its log go."""
    known = read_json(job.path / FILE)
    if isinstance(known, dict) and known.get("attempt") == attempt:
        return Taken.from_dict(known)
    log_bytes = job.log.stat().st_size if job.log.exists() else 0
    taken = Taken(attempt, (segment_numbers(job) or [0])[-1] + 1, log_bytes)
    keep(job, taken)
    return taken


def keep(job: JobDir, taken: Taken) -> None:
    """Remember it."""
    write_json(job.path / FILE, taken.as_dict())


class Incoming:
    """The files of one attempt on their way in; every call may raise `StoreUnreachable`."""

    def __init__(self, files: AttemptFiles, job: JobDir) -> None:
        self._files, self._job = files, job

    def take(self, moves: Moves) -> int:
        """Bring what is new; how many bytes of events and log came.

        Args:
            moves: path on the machine that works → path here.

        Raises:
            WorkbenchError: a file is missing or damaged.
            OSError: this disk is full.
        """
        listed = self._files.told("files")
        came = self._take_grown()  # after that: all that was told before a checkpoint is there then
        if isinstance(listed, dict):
            self._take_files(listed, moves)
        return came

    def _take_grown(self) -> int:
        taken, came = begun(self._job, self._files.attempt), 0
        folder = self._files.key("grown") + "/"
        sizes = self._files.store.sizes(folder.rstrip("/"))
        for name in sorted({key.removeprefix(folder).rpartition("/")[0] for key in sizes}):
            pieces = {int(key.rpartition("/")[2]): size for key, size in sizes.items()
                      if key.removeprefix(folder).rpartition("/")[0] == name}  # fmt: skip
            target, begin = self._here(name, taken)
            came += self._take_pieces(name, pieces, target, begin)
        return came

    def _here(self, name: str, taken: Taken) -> tuple[Path, int]:
        """The file here, and where in it the other one begins."""
        if name == self._job.log.name:
            return self._job.log, taken.log_bytes
        number = taken.first_segment + int(Path(name).stem) - 1
        self._job.events.mkdir(exist_ok=True)
        return self._job.events / f"{number:06d}.jsonl", 0

    def _take_pieces(self, name: str, pieces: dict[int, int], target: Path, begin: int) -> int:
        there = max(pieces) * PIECE + pieces[max(pieces)]
        have = max(0, target.stat().st_size - begin) if target.exists() else 0
        if have >= there:
            return 0
        with target.open("r+b" if target.exists() else "w+b") as handle:
            for piece in range(have // PIECE, max(pieces) + 1):
                content = self._files.store.read(self._files.grown(name, piece)) or b""
                handle.seek(begin + piece * PIECE)
                handle.write(content)
        return there - have

    def _take_files(self, listed: Files, moves: Moves) -> None:
        taken = begun(self._job, self._files.attempt)
        if listed == taken.files:
            return
        for name in _in_order(set(taken.files) - set(listed), last=False):
            with contextlib.suppress(FileNotFoundError):
                safely_below(self._job.path, name).unlink()
            self._drop_empty(name)
        for name in _in_order(listed, last=True):
            if taken.files.get(name) != listed[name]:
                self._take_file(name, str(listed[name][0]))
        for name in listed:  # once all are there, since a checkpoint is sealed with what they say
            move_within(safely_below(self._job.path, name), moves)
        keep(self._job, Taken(**{**vars(taken), "files": listed}))

    def _take_file(self, name: str, sha256: str) -> None:
        target = safely_below(self._job.path, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        came = target.with_name(f".{target.name}.came")
        fetch(self._files.store, blob(self._files.made, sha256), sha256, came)
        os.replace(came, target)

    def _drop_empty(self, name: str) -> None:
        folder = safely_below(self._job.path, name).parent
        while folder != self._job.path and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent


def _in_order(names: Iterable[str], *, last: bool) -> list[str]:
    """A checkpoint's manifest and the result come behind all others (or, to be taken away, first)."""
    return sorted(names, key=lambda name: (_rank(name) if last else -_rank(name), name))


def _rank(name: str) -> int:
    if name == "result.json":
        return 2
    return int(name.endswith(f"/{MANIFEST}"))
