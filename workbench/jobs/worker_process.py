"""The worker as a process: there is one for a home, and whoever needs it makes sure of it.

Whoever starts a worker holds its lock already and hands the locked file down, so that there is
no moment in which a second one could start.
"""

import contextlib
import fcntl
import functools
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

import psutil

from storage import files
from workbench.core.paths import CHECKOUT
from workbench.jobs.process.job_dir import read_json, write_json

LOCK_VARIABLE = "WORKBENCH_WORKER_LOCK_FD"
OWN_SERVICE_VARIABLE = "WORKBENCH_WORKER"
"""Set to `service` where the worker runs as a service of its own: nobody else starts one."""

_PROGRAMS = {"workbench.jobs.worker", "workbench.worker"}
"""What workers are started as; the second by code from before it moved."""
_PAUSE_S = 5.0
_SAME_S = 60.0
"""Between the start of a process and the moment at which it says that it is the worker."""
_started: subprocess.Popen[bytes] | None = None
_started_at = -_PAUSE_S


def ensure_worker() -> None:
    """Start a worker that outlives this process, unless one runs; returns at once."""
    global _started, _started_at
    if is_service():
        return
    if _started is not None and _started.poll() is not None:
        _started = None  # it has ended; polling took it off the system's list
    if time.monotonic() - _started_at < _PAUSE_S:
        return
    if (lock := take_lock()) is None:
        _retire_older()
        return
    with lock:
        _started, _started_at = _spawn(lock), time.monotonic()


def is_service() -> bool:
    """Whether the worker is a service of its own, which others start and end."""
    return os.environ.get(OWN_SERVICE_VARIABLE) == "service"


def _retire_older() -> None:
    """Tell a worker of an older version to end: after an update it would do as it always did.

    What it runs saves itself, and goes on with the worker that is started in its place.
    """
    info = _written()
    with contextlib.suppress(psutil.Error, KeyError, TypeError, ValueError):
        if info.get("code", 0.0) >= code_time():
            return
        process = psutil.Process(info["pid"])
        if abs(process.create_time() - info["started_at"]) < _SAME_S and _is_worker(process):
            process.terminate()


def _is_worker(process: psutil.Process) -> bool:
    line = process.cmdline()
    return bool(_PROGRAMS & set(line)) or line[-2:] == ["workbench", "worker"]


@functools.cache
def code_time() -> float:
    """When the newest of this program's files was changed, as of this process's start."""
    folders = (CHECKOUT / "workbench", CHECKOUT / "storage")
    return max(path.stat().st_mtime for folder in folders for path in folder.rglob("*.py"))


def take_lock() -> IO[str] | None:
    """The worker's lock, held as long as the file is open; None if another process has it.

    Raises:
        StorageError: the home may not be written to.
    """
    with files.said_on_disk(lock_path()):
        handle = lock_path().open("a")
    if _is_ours_already(handle):
        return handle
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        return None
    return handle


def lock_path() -> Path:
    """The file that a running worker holds locked."""
    return files.home() / "worker.lock"


def log_path() -> Path:
    """Where the worker writes what it does."""
    return files.folder("logs") / "worker.log"


def worker_info() -> dict[str, Any] | None:
    """pid, started_at and alive_at (seconds since 1970) of the running worker; None without one."""
    lock = take_lock()
    if lock is None:
        return _written()
    lock.close()
    return None


def last_sign() -> float | None:
    """When a worker of this home last said that it is alive (seconds since 1970), wherever it runs."""
    alive_at = _written().get("alive_at")
    return float(alive_at) if isinstance(alive_at, int | float) else None


def _written() -> dict[str, Any]:
    """What the worker's file says; nothing where it is torn."""
    info = read_json(files.home() / "worker.json")
    return info if isinstance(info, dict) else {}


def write_info(started_at: float) -> None:
    """Say that this process is the worker, and alive."""
    at = {"started_at": started_at, "alive_at": time.time()}
    info = {"pid": os.getpid(), "code": code_time(), **at}
    write_json(files.home() / "worker.json", info)


def _is_ours_already(handle: IO[str]) -> bool:
    number = os.environ.get(LOCK_VARIABLE, "")
    try:
        return number.isdigit() and os.path.sameopenfile(int(number), handle.fileno())
    except OSError:
        return False


def _spawn(lock: IO[str]) -> subprocess.Popen[bytes]:
    number = str(lock.fileno())
    with log_path().open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "workbench.jobs.worker"],
            cwd=CHECKOUT,
            env={**os.environ, "WORKBENCH_HOME": str(files.home()), LOCK_VARIABLE: number},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(lock.fileno(),),
            start_new_session=True,
        )
