"""Runs jobs as processes of this machine, each the head of its own process group.

A process gets two open files from the worker: the job's lock, held from before it starts until
it and all its children are gone; and the reading end of a pipe, the lifeline, which ends when
the worker dies.
"""

import contextlib
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import psutil

from storage import files
from storage.errors import StorageError
from storage.guard import secret
from workbench.core.errors import WorkbenchError
from workbench.jobs.cluster import HERE
from workbench.jobs.kinds import JobKind, kind_named
from workbench.jobs.launchers import Handle, State
from workbench.jobs.launchers.priority import step_back
from workbench.jobs.process import address_key, isolation, out_of_memory
from workbench.jobs.process.child import Child, start
from workbench.jobs.process.hub_token import HUB
from workbench.jobs.process.job_dir import JobDir, read_spec

_TOLERANCE_S = 1.5
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def module_command(job_kind: str) -> list[str]:
    """The command for a job of this kind; the job's folder is appended."""
    return kind_named(job_kind).command


@dataclass(frozen=True)
class _Known:
    """One process of one boot of this machine; a number alone would be used again."""

    pid: int
    started_s: float
    """Seconds between the boot and the start of the process."""
    boot_id: str


@dataclass
class _Started:
    child: Child
    oom_kills: int | None
    memory_was_low: bool = False
    forced: bool = False


class LocalLauncher:
    """The launcher for one machine."""

    name = HERE
    outlives_worker = False
    at_once = 1

    def __init__(self, command: Callable[[str], Sequence[str]] = module_command) -> None:
        self._command = command
        self._started: dict[int, _Started] = {}

    def submit(self, job_kind: str, job: JobDir) -> Handle:
        """Start the process in its own session, its output appended to the job's log.

        Raises:
            WorkbenchError: a process works in this folder already.
            OSError: the system starts no process, or the disk is full.
        """
        command = _apart([*self._command(job_kind), str(job.path)], job, kind_named(job_kind))
        with job.lock.open("a") as lock, job.log.open("ab") as log:
            _lock(lock.fileno(), job)
            token = _token(job, _secret_for(job, kind_named(job_kind)))
            child = start(
                command, log=log.fileno(), lock=lock.fileno(), own_group=True, token=token
            )
        number = child.process.pid
        step_back(number)
        self._started[number] = _Started(child, out_of_memory.kills())
        return _handle_of(psutil.Process(number))

    def find(self, job: JobDir) -> Handle | None:
        """A process that holds the job's lock open, whoever started it and whatever it is now."""
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if process.pid != os.getpid() and _has_open(process, job.lock):
                    return _handle_of(process)
        return None

    def poll(self, handle: Handle) -> State:
        """The state of a process; of one that another worker started only whether it runs."""
        known = _Known(**handle)
        started = self._started.get(known.pid)
        if started is None:
            return State(_matching(known) is not None)
        if not _has_ended(started.child.process):
            started.memory_was_low = out_of_memory.is_low()
            return State(True)
        _kill_group(known.pid)  # what it left behind; its number is ours until it is reaped
        code = started.child.process.wait()
        code = isolation.exit_code(code) if isolation.is_wanted() else code
        started.child.let_go()
        del self._started[known.pid]
        return State(False, code, _ran_out_of_memory(started, code))

    def was_restarted(self, handle: Handle) -> bool:
        """Whether this machine was started anew since."""
        return _Known(**handle).boot_id != boot_id()

    def stop(self, handle: Handle, *, force: bool = False) -> None:
        """SIGTERM to the process, or SIGKILL to its whole group; only if it is the right one."""
        known = _Known(**handle)
        if (process := _matching(known)) is None:
            return
        if started := self._started.get(known.pid):
            started.forced |= force
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            if force:
                _kill_group(os.getpgid(known.pid))
            else:
                for one in _programs(process):
                    one.terminate()

    def leave(self, patience_s: float) -> int:
        """Let what was started here save itself and end, as if we were gone, and wait for it.

        Whoever ends us (systemd, a container) may end our children with us, in the midst of that.

        Returns:
            How many still run after `patience_s`.
        """
        children = [started.child for started in self._started.values()]
        self._started.clear()
        for child in children:
            child.let_go()
        until = time.monotonic() + patience_s
        for child in children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, until - time.monotonic()))
        return sum(child.process.poll() is None for child in children)

    def let_go(self, job: JobDir, *, goes_on: bool) -> None:
        """Nothing of it is kept elsewhere."""


def _apart(command: list[str], job: JobDir, kind: JobKind) -> list[str]:
    """The command, kept to what a job of this kind needs, where that is wanted.

    Raises:
        WorkbenchError: it is wanted, and not possible here.
    """
    if not isolation.is_wanted():
        return command
    home = files.home()
    # Made beforehand: in a home that may only be read nobody makes them later.
    shared = ["cache", *(["models"] if kind.changes_models else [])]
    write = [job.path, *map(files.folder, shared)]
    hide = [home / "secrets", *home.glob("workbench.db*")]
    network = kind.asks_hub or kind.asks_address or kind.serves
    return isolation.wrapped(command, write, hide, network=network, ends_with_us=False)


def _programs(process: psutil.Process) -> list[psutil.Process]:
    """What works: under bubblewrap its child, since it passes no signal on."""
    if process.name() != isolation.BWRAP:
        return [process]
    return process.children()


def _secret_for(job: JobDir, kind: JobKind) -> str:
    """The name of the secret that a job is handed; empty of most."""
    if kind.asks_address:
        return address_key.name_for(str(read_spec(job).get("url") or ""))
    return HUB if kind.asks_hub else ""


def _token(job: JobDir, name: str) -> str:
    """The secret of this name; one that cannot be read is told in the job's log."""
    try:
        return secret.read(name) if name else ""
    except StorageError as error:
        with job.log.open("a", encoding="utf-8") as log:
            log.write(f"{error}\n")
        return ""


def boot_id() -> str:
    """What identifies the time since the machine was switched on."""
    return _boot_id()


@cache
def _boot_id() -> str:
    if _BOOT_ID.exists():
        return _BOOT_ID.read_text().strip()
    command = ["sysctl", "-n", "kern.bootsessionuuid"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _handle_of(process: psutil.Process) -> Handle:
    return asdict(_Known(process.pid, _started_s(process), boot_id()))


def _started_s(process: psutil.Process) -> float:
    """Seconds from the boot to the start: unlike a time of day, the clock cannot change it."""
    return float(process.create_time()) - psutil.boot_time()


def _matching(known: _Known) -> psutil.Process | None:
    """The process that is meant, unless it is gone."""
    if known.boot_id != boot_id():
        return None
    try:
        process = psutil.Process(known.pid)
        same = abs(_started_s(process) - known.started_s) < _TOLERANCE_S
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.Error:
        return None


def _has_open(process: psutil.Process, path: Path) -> bool:
    return str(path.resolve()) in {file.path for file in process.open_files()}


def _lock(descriptor: int, job: JobDir, patience_s: float = 0.5) -> None:
    """Lock the job's folder; a look at the lock by someone else passes within moments."""
    until = time.monotonic() + patience_s
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() > until:
                raise WorkbenchError(
                    f"Another process is working in {job.path}: end it, then start the job again."
                ) from None
            time.sleep(0.02)


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether it has ended, leaving it to be reaped: until then its number is not used again."""
    if not hasattr(os, "waitid"):  # macOS before Python 3.13
        return process.poll() is not None
    options = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, process.pid, options) is not None


def _kill_group(number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(number, signal.SIGKILL)


def _ran_out_of_memory(started: _Started, code: int) -> bool:
    if code != -signal.SIGKILL or started.forced:
        return False
    kills = out_of_memory.kills()
    if kills is not None and started.oom_kills is not None and kills > started.oom_kills:
        return True
    return started.memory_was_low
