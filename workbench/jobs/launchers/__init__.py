"""Launchers: where a job's process runs, seen through a few calls."""

from dataclasses import dataclass
from typing import Any, Protocol

from workbench.jobs.process.job_dir import JobDir

Handle = dict[str, Any]
"""By what a launcher knows a process again, after a restart of the worker, too: plain values that
the database keeps, and only that launcher understands."""
NO_CAPACITY, MACHINE_LOST = "no capacity", "machine lost"
"""Why a process ended that nobody is to blame for."""


@dataclass(frozen=True)
class State:
    """What a launcher knows about a process."""

    running: bool
    exit_code: int | None = None
    """Negative for the signal that ended it; None when nobody can know."""
    out_of_memory: bool = False
    """The system ended it, and memory had run out."""
    cause: str = ""
    """NO_CAPACITY, MACHINE_LOST or nothing that the launcher knows of."""
    problem: str = ""
    """The sentence why it could not be started at all."""
    waits: str = ""
    """What it waits for before it begins, in a sentence; no sign of life is due by then."""
    unknown_since: float | None = None
    """Since when nobody can tell whether it runs (seconds since 1970); it counts as running."""
    unknown_why: str = ""
    """Why nobody can, in a sentence."""


class Launcher(Protocol):
    """Starts, watches and ends the processes of jobs. No call waits for another machine."""

    name: str
    """An attempt notes it beside its handle; a job's place is the launcher of this name."""
    outlives_worker: bool
    """Whether its processes go on without a worker, so that the next one takes them up."""
    at_once: int
    """How many jobs of one lane it runs at a time."""

    def submit(self, job_kind: str, job: JobDir) -> Handle:
        """Start the process of a job whose spec.json is written."""
        ...

    def find(self, job: JobDir) -> Handle | None:
        """A process that works in this folder, whoever started it."""
        ...

    def poll(self, handle: Handle) -> State:
        """Whether the process still runs, and how it ended."""
        ...

    def was_restarted(self, handle: Handle) -> bool:
        """Whether the machine of the process was started anew since: no process outlives that."""
        ...

    def stop(self, handle: Handle, *, force: bool = False) -> None:
        """Ask the process to save and end; with `force`, end it and all its children now.

        Does nothing if the process is gone or is not the one that the handle means.
        """
        ...

    def let_go(self, job: JobDir, *, goes_on: bool) -> None:
        """Drop what is kept of an attempt outside of the job's folder; of the whole job unless it
        goes on. A process of it that cannot be reached leaves as soon as it finds that gone.
        """
        ...
