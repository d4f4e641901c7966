"""Launchers: where a job's process runs, seen through five calls."""

from dataclasses import dataclass
from typing import Any, Protocol

from workbench.jobs.process.job_dir import JobDir

Handle = dict[str, Any]
"""By what a launcher knows a process again, after a restart of the worker, too: plain values that
the database keeps, and only that launcher understands."""


@dataclass(frozen=True)
class State:
    """What a launcher knows about a process."""

    running: bool
    exit_code: int | None = None
    """Negative for the signal that ended it; None when nobody can know."""
    out_of_memory: bool = False
    """The system ended it, and memory had run out."""


class Launcher(Protocol):
    """Starts, watches and ends the processes of jobs."""

    name: str
    """An attempt notes it beside its handle."""

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
