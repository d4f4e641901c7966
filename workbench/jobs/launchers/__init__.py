"""Launchers: where a job's process runs, seen through three calls."""

from dataclasses import asdict, dataclass
from typing import Any, Protocol

from workbench.jobs.process.job_dir import JobDir


@dataclass(frozen=True)
class Handle:
    """One process of one boot of one machine; a number alone would be used again."""

    pid: int
    started_s: float
    """Seconds between the boot and the start of the process."""
    boot_id: str

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for the database."""
        return asdict(self)


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

    def submit(self, kind: str, job: JobDir) -> Handle:
        """Start the process of a job whose spec.json is written."""
        ...

    def find(self, job: JobDir) -> Handle | None:
        """A process that works in this folder, whoever started it."""
        ...

    def poll(self, handle: Handle) -> State:
        """Whether the process still runs, and how it ended."""
        ...

    def stop(self, handle: Handle, *, force: bool = False) -> None:
        """Ask the process to save and end; with `force`, end it and all its children now.

        Does nothing if the process is gone or is not the one that the handle means.
        """
        ...
