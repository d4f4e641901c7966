"""The shell that every job process lives in: lock, spec, signs of life, stop, result.

`run(job_path, handlers)` reads spec.json, calls the handler of its kind and writes result.json,
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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.core.errors import NotEnoughMemory, WorkbenchError
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
from workbench.jobs.process.memory import peak_memory_mb, phase_memory_mb
from workbench.jobs.process.report import Report
from workbench.jobs.process.specs import Spec
from workbench.jobs.process.stop import Cancelled, Orphaned, Stop

ALIVE_S = 5.0
LEAVE_S = 120.0
"""How long a process may take to save and leave once its worker has died."""
PRIVATE_UMASK = 0o077
"""What a job makes is for its owner alone, as `storage.guard.private` has it."""
ORPHANED = 3
"""Exit code of a process whose worker died."""


Result = dict[str, Any]
"""What a job leaves in result.json, beside what every job does."""


@dataclass(frozen=True)
class Handler:
    """How a program does one kind of job."""

    spec: type[Spec]
    work: Callable[[Any, JobDir, Report, Stop], Result]
    """Called with the spec, the job's folder, what to tell and when to leave."""


@dataclass(frozen=True)
class _Job:
    """One job at work."""

    folder: JobDir
    values: dict[str, Any]
    """The spec, as spec.json has it."""
    report: Report
    stop: Stop

    def told_to_end(self) -> None:
        """What SIGTERM means."""
        self.stop.pause() if self.folder.pause.exists() else self.stop.cancel()


def run(
    job_path: Path, handlers: Sequence[Handler], *, quiet: Callable[[], None] = lambda: None
) -> int:
    """Do what the job's spec says; the exit code (0 also for a failure that has its result).

    Args:
        quiet: keeps the notes of libraries out of the log; called after the first sign of life.
    """
    os.umask(PRIVATE_UMASK)  # the worker's own is inherited; who starts a job by hand has another
    job = JobDir(job_path)
    try:
        spec = read_spec(job)
        with job.locked():
            stop = Stop()
            report = Report(EventWriter(job, spec["attempt"]), stop)
            return _work(_Job(job, spec, report, stop), handlers, quiet)
    except WorkbenchError as error:
        print(error, file=sys.stderr)
        return 2


def _work(job: _Job, handlers: Sequence[Handler], quiet: Callable[[], None]) -> int:
    job.folder.result.unlink(missing_ok=True)
    with _signs_of_life(job.report), _stop_signal(job):
        quiet()
        _watch_lifeline(job.stop)
        outcome = _outcome(job, handlers)
    if outcome is None:
        return ORPHANED
    _write_result(job, outcome)
    return 0


@contextlib.contextmanager
def _signs_of_life(report: Report) -> Iterator[None]:
    finished = threading.Event()
    thread = threading.Thread(target=_stay_alive, args=(report, finished), daemon=True)
    thread.start()
    try:
        yield
    finally:
        finished.set()
        thread.join()
        report.close()


@contextlib.contextmanager
def _stop_signal(job: _Job) -> Iterator[None]:
    before = signal.signal(signal.SIGTERM, lambda *_: job.told_to_end())
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _outcome(job: _Job, handlers: Sequence[Handler]) -> Result | None:
    """The result; None if the worker died and the job is to go on elsewhere."""
    try:
        handler = _handler_of(job.values["kind"], handlers)
        job.stop.check()
        set_aside(job.folder)
        spec = handler.spec.from_dict(job.values)
        made = handler.work(spec, job.folder, job.report, job.stop)
        return {"status": "succeeded", "reason": "", **made}
    except Cancelled:
        return {"status": "cancelled", "reason": "You stopped it."}
    except Orphaned:
        return None
    except NotEnoughMemory as error:
        told = {"needed_mb": round(error.needed_mb), "there_mb": round(error.there_mb)}
        return {**_failed(str(error)), "out_of_memory": True, **told}
    except WorkbenchError as error:
        return _failed(str(error))
    except BaseException as error:
        _print_traceback(job.folder)
        reason = explain(error, job.report.doing, job.values, job.folder.path)
        drop_torn(job.folder.checkpoints)  # what a full disk cut off; the room is wanted now
        return {**_failed(reason), "out_of_memory": is_out_of_memory(error)}


def _handler_of(kind: str, handlers: Sequence[Handler]) -> Handler:
    for handler in handlers:
        if handler.spec.kind == kind:
            return handler
    raise WorkbenchError(f"This program cannot do jobs of the kind '{kind}'.")


def _failed(reason: str) -> Result:
    # Nothing that a process can explain gets better by doing it again; what can (a killed
    # process, a lost machine) leaves no result, and the worker tries again.
    return {"status": "failed", "reason": reason, "retryable": False}


def _write_result(job: _Job, outcome: Result) -> None:
    result = {
        "attempt": job.values["attempt"],
        "peak_memory_mb": peak_memory_mb(),
        "phase_memory_mb": phase_memory_mb(),
        **outcome,
    }
    write_result(job.folder, result)


def _stay_alive(report: Report, finished: threading.Event) -> None:
    while not finished.is_set():
        try:
            report.alive()
        except OSError as error:  # a full disk ends the job elsewhere, with its explanation
            print(error, file=sys.stderr)
        finished.wait(ALIVE_S)


def _watch_lifeline(stop: Stop) -> None:
    number = os.environ.get(LIFELINE_VARIABLE)
    if number:
        threading.Thread(target=_wait_for_end, args=(stop, int(number)), daemon=True).start()


def _wait_for_end(stop: Stop, lifeline: int) -> None:
    while os.read(lifeline, 64):
        pass
    stop.orphan()
    time.sleep(LEAVE_S)
    # Stuck in native code: a second trainer must be able to take the lock.
    os._exit(ORPHANED)


def _print_traceback(folder: JobDir) -> None:
    text = traceback.format_exc()
    with contextlib.suppress(OSError):  # the log's disk may be what is full
        print(text, file=sys.stderr, flush=True)
        if not _is_stderr(folder.log):
            with folder.log.open("a", encoding="utf-8") as handle:
                handle.write(text)


def _is_stderr(path: Path) -> bool:
    return path.exists() and os.path.samestat(path.stat(), os.fstat(2))
