"""The file contract between the worker and what it runs.

    spec.json                  what to do (written by the worker)
    reserve                    room for result.json on a disk that is full by then
    pause                      there while the process is to leave and go on another time
    lock                       held by the process that works here: there is never a second one
    events/000001.jsonl …      what happened: numbered segments, one JSON object a line
    checkpoints/               the trainer's own; each has a manifest written last
    adapter/                   the trained weights, tokenizer and model_card facts
    log.txt                    stdout and stderr
    result.json                written last, atomically, with the attempt's number

Events have a `type`:
    alive       {}                                          every 5 s, by a thread
    phase       {name, message}                             preparing, training, evaluating, saving …
    progress    {step, total_steps, seconds_left, ...}      at most once a second
    metric      {kind, step, values}                        one point of a curve
    measured    {values}                                    what real steps took: memory, seconds
    log         {message}                                   a sentence for the run's log
    ready       {port}                                      a model server that answers

Every event also carries `at` (seconds since 1970) and `attempt`.
"""

import contextlib
import errno
import fcntl
import json
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from workbench.core.errors import WorkbenchError
from workbench.core.whole import whole_file

SEGMENT_LINES = 2000
RESERVE_BYTES = 128 * 1024
LIFELINE_VARIABLE = "WORKBENCH_LIFELINE_FD"
"""Environment variable with the number of the pipe that ends when the worker dies."""
LOCK_VARIABLE = "WORKBENCH_LOCK_FD"
"""Environment variable with the number of the job's lock file, which the worker locked already."""

TOKEN_VARIABLE = "WORKBENCH_HUB_TOKEN_FD"
"""Environment variable with the number of a pipe that holds the hub's token."""


@dataclass(frozen=True)
class JobDir:
    """The folder of one job."""

    path: Path

    @property
    def spec(self) -> Path:
        return self.path / "spec.json"

    @property
    def pause(self) -> Path:
        return self.path / "pause"

    @property
    def reserve(self) -> Path:
        return self.path / "reserve"

    @property
    def lock(self) -> Path:
        return self.path / "lock"

    @property
    def events(self) -> Path:
        return self.path / "events"

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    @property
    def adapter(self) -> Path:
        return self.path / "adapter"

    @property
    def log(self) -> Path:
        return self.path / "log.txt"

    @property
    def result(self) -> Path:
        return self.path / "result.json"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold this folder's lock; it goes with the process, however that ends.

        The worker locks the folder before it starts a process and hands the open file down, so
        there is no moment at which a second process could slip in; here that counts as held.

        Raises:
            WorkbenchError: another process works here.
        """
        with self.lock.open("a") as handle:
            if not _is_handed_down(handle):
                self._take(handle)
            yield

    def _take(self, handle: IO[str]) -> None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise WorkbenchError(
                f"Another process is working in {self.path}: wait until it ends."
            ) from None

    def is_locked(self) -> bool:
        """Whether a process works here at this moment."""
        try:
            with self.locked():
                return False
        except WorkbenchError:
            return True


def _is_handed_down(handle: IO[str]) -> bool:
    number = os.environ.get(LOCK_VARIABLE, "")
    try:
        return number.isdigit() and os.path.sameopenfile(int(number), handle.fileno())
    except OSError:
        return False


def write_json(path: Path, value: Any) -> None:
    """Write `value` whole or not at all."""
    with whole_file(path, flushed=True) as part, part.open("w", encoding="utf-8") as handle:
        json.dump(value, handle, ensure_ascii=False)


def set_aside(job: JobDir) -> None:
    """Take room for the result while there is some.

    Raises:
        OSError: the disk is full already.
    """
    if not job.reserve.exists() or job.reserve.stat().st_size < RESERVE_BYTES:
        job.reserve.write_bytes(os.urandom(RESERVE_BYTES))  # some disks store nothing for zeros


def write_result(job: JobDir, value: Any) -> None:
    """Write the result, into the room that was set aside if the disk has no other.

    Raises:
        OSError: there is none, either.
    """
    try:
        write_json(job.result, value)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT) or not job.reserve.exists():
            raise
        job.reserve.unlink()
        write_json(job.result, value)
    job.reserve.unlink(missing_ok=True)


def read_json(path: Path) -> Any:
    """The value in `path`, or None if there is no whole one."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None
    except (ValueError, RecursionError):  # torn: no text, no JSON, or nested without end
        return None


def read_spec(job: JobDir) -> dict[str, Any]:
    """The spec, checked for what every job has.

    Raises:
        WorkbenchError: it is missing or not whole.
    """
    spec = read_json(job.spec)
    if not isinstance(spec, dict) or not {"kind", "job_id", "attempt"} <= spec.keys():
        raise WorkbenchError(f"{job.spec} does not say what to do: start the job again.")
    return spec


class EventWriter:
    """Appends events to numbered segments; safe to call from several threads."""

    def __init__(self, job: JobDir, attempt: int) -> None:
        self._folder = job.events
        self._folder.mkdir(parents=True, exist_ok=True)
        self._attempt = attempt
        self._lock = threading.Lock()
        self._lines = 0
        segments = segment_numbers(job)
        self._segment = segments[-1] + 1 if segments else 1
        self._file: IO[str] | None = None

    def write(self, type: str, **fields: Any) -> None:
        """Append one event; a reader sees it once the line is whole."""
        event = {"type": type, "at": time.time(), "attempt": self._attempt, **fields}
        line = json.dumps(event, ensure_ascii=False, allow_nan=False) + "\n"
        with self._lock:
            handle = self._open()
            handle.write(line)
            handle.flush()
            self._lines += 1

    def close(self) -> None:
        """Close the segment; a later event opens it again."""
        with self._lock:
            if self._file:
                self._file.close()
                self._file = None

    def _open(self) -> IO[str]:
        if self._file and self._lines >= SEGMENT_LINES:
            self._file.close()
            self._file, self._lines, self._segment = None, 0, self._segment + 1
        if self._file is None:
            path = self._folder / f"{self._segment:06d}.jsonl"
            self._file = path.open("a", encoding="utf-8")
        return self._file


def segment_numbers(job: JobDir) -> list[int]:
    """The numbers of the segments there are, in order."""
    if not job.events.is_dir():
        return []
    return sorted(int(path.stem) for path in job.events.glob("[0-9]*.jsonl"))


def read_events(
    job: JobDir, segment: int, offset: int, limit: int = 5000
) -> tuple[list[dict[str, Any]], int, int]:
    """Up to `limit` events after byte `offset` of `segment`, and the segment and offset behind them.

    Reads to the last line end only. A segment is left for the next one when that one exists;
    a torn line at its end (its writer was killed) is passed over then.
    """
    events: list[dict[str, Any]] = []
    numbers = set(segment_numbers(job))
    while len(events) < limit:
        path = job.events / f"{segment:06d}.jsonl"
        if segment in numbers:
            lines, offset = _whole_lines(path, offset, limit - len(events))
            events.extend(event for line in lines if (event := _parse(line)))
            if lines:
                continue
        if not any(number > segment for number in numbers):
            break
        segment, offset = min(n for n in numbers if n > segment), 0
    return events, segment, offset


def _whole_lines(path: Path, offset: int, limit: int) -> tuple[list[bytes], int]:
    lines: list[bytes] = []
    with path.open("rb") as handle:
        handle.seek(offset)
        for line in handle:
            if not line.endswith(b"\n") or len(lines) >= limit:
                break
            lines.append(line)
            offset += len(line)
    return lines, offset


def _parse(line: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and "type" in event else None
