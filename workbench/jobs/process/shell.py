"""The shell that every job process lives in: lock, spec, signs of life, stop, result.

`run(job_path, kinds)` reads spec.json, calls the function for its kind and writes result.json,
whatever happens, except when the worker has died or the job is paused: then it is left as it is,
with a whole checkpoint, for the next attempt.
"""

import contextlib
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.jobs.process.checkpoints import drop_torn
from workbench.jobs.process.failures import explain, is_out_of_memory
from workbench.jobs.process.job_dir import (
    LIFELINE_VARIABLE,
    EventWriter,
    JobDir,
    read_spec,
    set_aside,
    write_result,
)
from workbench.jobs.process.memory import peak_memory_mb

ALIVE_S = 5.0
PROGRESS_S = 1.0
LEAVE_S = 120.0
"""How long a process may take to save and leave once its worker has died."""
ORPHANED = 3
"""Exit code of a process whose worker died."""


class Cancelled(Exception):
    """The user asked to stop (SIGTERM)."""


class Orphaned(Exception):
    """The worker died (end of the lifeline), or the user paused the job (SIGTERM and a file)."""


class Process:
    """One job at work: where it lives, what it is to do, and how it says what happens.

    `stop` and `orphaned` are set from outside; long loops call `check` or look at them. Whoever is
    stopped keeps what it has as its result; whoever is orphaned or paused leaves none, but a whole
    checkpoint, from which the next attempt goes on.
    """

    def __init__(self, job: JobDir, spec: dict[str, Any], events: EventWriter) -> None:
        self.job, self.spec, self._events = job, spec, events
        self.stop = threading.Event()
        self.orphaned = threading.Event()
        self.doing = "starting"
        self._last_progress = 0.0
        self._at_once = self._telling = False

    def phase(self, name: str, message: str) -> None:
        """Enter a phase: preparing, embedding, training, evaluating, saving."""
        self.doing = message[:1].lower() + message[1:]
        self._tell("phase", name=name, message=message)

    def progress(self, step: int, total_steps: int, **fields: Any) -> None:
        """How far the phase is; at most one a second reaches the events, and always the last."""
        now = time.monotonic()
        if now - self._last_progress >= PROGRESS_S or step >= total_steps:
            self._last_progress = now
            self._tell("progress", step=step, total_steps=total_steps, **fields)

    def metric(self, kind: str, step: int, values: Mapping[str, float]) -> None:
        """One point of the curves `train` or `validation`."""
        self._events.write("metric", kind=kind, step=step, values=dict(values))

    def log(self, message: str) -> None:
        """A sentence for the run's log."""
        print(message, flush=True)
        self._events.write("log", message=message)

    def ready(self, port: int) -> None:
        """A server answers on this port."""
        self._events.write("ready", port=port)

    def alive(self) -> None:
        """A sign of life."""
        self._events.write("alive")

    def close(self) -> None:
        """No event comes after this."""
        self._events.close()

    def _tell(self, event: str, **fields: Any) -> None:
        """Write an event, whole: nobody interrupts that."""
        self._telling = True
        try:
            self._events.write(event, **fields)
        finally:
            self._telling = False
        if self._at_once:
            self.check()

    def told_to_end(self) -> None:
        """What SIGTERM means.

        Raises:
            Cancelled, Orphaned: in work that is left at once.
        """
        if self.job.pause.exists():
            self.orphaned.set()
        else:
            self.stop.set()
        if self._at_once and not self._telling:
            self.check()

    @contextlib.contextmanager
    def leaving_at_once(self) -> Iterator[None]:
        """Here SIGTERM interrupts, wherever the work is: for work that keeps nothing of a part."""
        self._at_once = True
        try:
            yield
        finally:
            self._at_once = False

    def conclude(self) -> None:
        """Stop with what an earlier attempt has learned, if that is all that is wanted."""
        if self.spec.get("conclude"):
            self.stop.set()

    @property
    def stopping(self) -> bool:
        """Whether to leave at the next good moment."""
        return self.stop.is_set() or self.orphaned.is_set()

    def check(self) -> None:
        """Leave here if asked to.

        Raises:
            Cancelled: by the user.
            Orphaned: the worker died, or the user paused the job.
        """
        if self.orphaned.is_set():
            raise Orphaned
        if self.stop.is_set():
            raise Cancelled


Kind = Callable[[Process], dict[str, Any]]


def run(
    job_path: Path, kinds: Mapping[str, Kind], *, quiet: Callable[[], None] = lambda: None
) -> int:
    """Do what the job's spec says; the exit code (0 also for a failure that has its result).

    Args:
        quiet: keeps the notes of libraries out of the log; called after the first sign of life.
    """
    job = JobDir(job_path)
    try:
        spec = read_spec(job)
        with job.locked():
            return _work(Process(job, spec, EventWriter(job, spec["attempt"])), kinds, quiet)
    except WorkbenchError as error:
        print(error, file=sys.stderr)
        return 2


def _work(process: Process, kinds: Mapping[str, Kind], quiet: Callable[[], None]) -> int:
    process.job.result.unlink(missing_ok=True)
    with _signs_of_life(process), _stop_signal(process):
        quiet()
        _watch_lifeline(process)
        outcome = _outcome(process, kinds)
    if outcome is None:
        return ORPHANED
    _write_result(process, outcome)
    return 0


@contextlib.contextmanager
def _signs_of_life(process: Process) -> Iterator[None]:
    finished = threading.Event()
    thread = threading.Thread(target=_stay_alive, args=(process, finished), daemon=True)
    thread.start()
    try:
        yield
    finally:
        finished.set()
        thread.join()
        process.close()


@contextlib.contextmanager
def _stop_signal(process: Process) -> Iterator[None]:
    before = signal.signal(signal.SIGTERM, lambda *_: process.told_to_end())
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _outcome(process: Process, kinds: Mapping[str, Kind]) -> dict[str, Any] | None:
    """The result; None if the worker died and the job is to go on elsewhere."""
    kind = process.spec["kind"]
    try:
        if kind not in kinds:
            raise WorkbenchError(f"This program cannot do jobs of the kind '{kind}'.")
        process.check()
        set_aside(process.job)
        return {"status": "succeeded", "reason": "", **kinds[kind](process)}
    except Cancelled:
        return {"status": "cancelled", "reason": "You stopped it."}
    except Orphaned:
        return None
    except WorkbenchError as error:
        return _failed(str(error))
    except BaseException as error:
        _print_traceback(process)
        reason = explain(error, process.doing, process.spec, process.job.path)
        drop_torn(process.job.checkpoints)  # what a full disk cut off; the room is wanted now
        return {**_failed(reason), "out_of_memory": is_out_of_memory(error)}


def _failed(reason: str) -> dict[str, Any]:
    # Nothing that a process can explain gets better by doing it again; what can (a killed
    # process, a lost machine) leaves no result, and the worker tries again.
    return {"status": "failed", "reason": reason, "retryable": False}


def _write_result(process: Process, outcome: dict[str, Any]) -> None:
    result = {
        "attempt": process.spec["attempt"],
        "peak_memory_mb": peak_memory_mb(),
        **outcome,
    }
    write_result(process.job, result)


def _stay_alive(process: Process, finished: threading.Event) -> None:
    while not finished.is_set():
        try:
            process.alive()
        except OSError as error:  # a full disk ends the job elsewhere, with its explanation
            print(error, file=sys.stderr)
        finished.wait(ALIVE_S)


def _watch_lifeline(process: Process) -> None:
    number = os.environ.get(LIFELINE_VARIABLE)
    if number:
        threading.Thread(target=_wait_for_end, args=(process, int(number)), daemon=True).start()


def _wait_for_end(process: Process, lifeline: int) -> None:
    while os.read(lifeline, 64):
        pass
    process.orphaned.set()
    time.sleep(LEAVE_S)
    # Stuck in native code: a second trainer must be able to take the lock.
    os._exit(ORPHANED)


def _print_traceback(process: Process) -> None:
    text = traceback.format_exc()
    with contextlib.suppress(OSError):  # the log's disk may be what is full
        print(text, file=sys.stderr, flush=True)
        if not _is_stderr(process.job.log):
            with process.job.log.open("a", encoding="utf-8") as handle:
                handle.write(text)


def _is_stderr(path: Path) -> bool:
    return path.exists() and os.path.samestat(path.stat(), os.fstat(2))
