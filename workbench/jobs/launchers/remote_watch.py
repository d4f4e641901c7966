"""Looks after one attempt on a cluster, in a thread of its own, since every answer may take long.

What decides is what the job's own process leaves in the store (begun, ended, the result with the
attempt's number); what Ray says is a hint. It may take a job for lost whose process works on, so
without an exit code nothing counts as ended that has shown a sign of life within `QUIET_S`.
"""

import contextlib
import errno
import logging
import shlex
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.jobs.cluster import Cluster
from workbench.jobs.kinds import kind_named
from workbench.jobs.launchers import MACHINE_LOST, NO_CAPACITY, State
from workbench.jobs.launchers.ray_jobs import (
    PENDING,
    WORKERS,
    ClusterUnreachable,
    JobInfo,
    RayJobs,
    Resources,
    last_line,
)
from workbench.jobs.process.job_dir import JobDir, read_spec
from workbench.jobs.process.remote import incoming
from workbench.jobs.process.remote.file_store import StoreUnreachable
from workbench.jobs.process.remote.incoming import Incoming, Taken
from workbench.jobs.process.remote.layout import CANCEL, KILL, PAUSE, AttemptFiles
from workbench.jobs.process.remote.order import DigestOf, packed, send
from workbench.jobs.process.remote.sharing import ALONE, machines_for

logger = logging.getLogger(__name__)

LOOK_S = 1.0
MOST_S = 15.0
"""Between two looks while nobody answers."""
QUIET_S = 30.0
"""Without a sign of life for so long, a process that Ray takes for lost is."""
DOUBT_S = 15.0
"""The same where the cluster does not answer: it counts as unknown then, well before the worker would
end it for its silence (`Timing.alive_s`); it shows a sign every 5 seconds."""
STOP_WAIT_S = 330
"""Between Ray's SIGTERM and its SIGKILL: longer than the worker lets a process save."""
SENDS, WAITS = "Sending its files to the cluster", "Waiting for a free machine of the cluster"
_OUR_ERROR = "The workbench made an error while looking after this job on the cluster: the worker's log has it."


@dataclass(frozen=True)
class Remote:
    """What all attempts on one cluster have in common."""

    cluster: Cluster
    jobs: RayJobs
    digest_of: DigestOf


class _Left(Exception):
    """The worker has no more interest in it, or it was asked to end before it was sent."""


class Watch:
    """One attempt on its way: sent, watched, told to end, brought home."""

    def __init__(
        self, remote: Remote, job_kind: str, job: JobDir, files: AttemptFiles, submission_id: str
    ) -> None:
        self._remote, self._kind, self._job, self._files = remote, job_kind, job, files
        self.submission_id = submission_id
        self.state = State(True, waits=SENDS)
        self._incoming = Incoming(files, job)
        self._moves: dict[str, str] | None = None
        """Path on its machine → here; None until its process has begun."""
        self._wanted = self._told = ""
        self._sign_at = time.monotonic()
        self._unknown_since: float | None = None
        self._ends, self._wake = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name=submission_id)
        self._thread.start()

    def tell(self, what: str) -> None:
        """Let its process know that it is to end: PAUSE, CANCEL or KILL, the last of which counts."""
        if what != self._wanted:
            self._wanted = what
            self._wake.set()

    def leave(self, patience_s: float = 0.0) -> None:
        """Ask no more, after `patience_s` at the latest; what it does goes on."""
        self._ends.set()
        self._wake.set()
        self._thread.join(patience_s)

    def _run(self) -> None:
        pause_s = LOOK_S
        while not self._ends.is_set():
            try:
                if self._look():
                    return
                pause_s = LOOK_S if self.state.unknown_since is None else min(2 * pause_s, MOST_S)
            except _Left:
                self.state = State(False)
                return
            except (StoreUnreachable, ClusterUnreachable) as error:
                self._cannot_tell(error)
                pause_s = min(2 * pause_s, MOST_S)
            except WorkbenchError as error:
                logger.warning("%s: %s", self.submission_id, error)
                self.state = State(False, problem=str(error))
                return
            except Exception as error:
                if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                    self._cannot_tell(error)
                    pause_s = MOST_S
                    continue
                logger.exception("%s met an error of the workbench", self.submission_id)
                self.state = State(False, problem=_OUR_ERROR)
                return
            self._wake.wait(pause_s)
            self._wake.clear()

    def _look(self) -> bool:
        """Look once at everything; whether it is over."""
        if not self._taken.is_submitted:
            self._submit()
        stored, came = self._try(self._bring)
        if came:
            self._sign_at = time.monotonic()
        if stored is None and self._moves is not None and self._is_ended():
            return True
        asked, info = self._try(lambda: self._remote.jobs.info(self.submission_id))
        self._pass_on(info)
        if stored is None and asked is None and self._is_lost(info):
            return self._is_ended() or self._settle(info)
        alive = asked is None or self._quiet_s < DOUBT_S
        if stored is not None or not alive:
            self._cannot_tell(stored or asked)
            return False
        self._unknown_since = None
        waits = self._has_no_machine(info)
        self.state = State(True, waits=WAITS if waits else "")
        return False

    @property
    def _taken(self) -> Taken:
        return incoming.begun(self._job, self._files.attempt)

    @property
    def _quiet_s(self) -> float:
        return time.monotonic() - self._sign_at

    def _submit(self) -> None:
        """Give it to the cluster, once: who finds it there already has given it before."""
        self._remote.jobs.check()
        if self._remote.jobs.info(self.submission_id) is None:
            order = packed(kind_named(self._kind).spec, self._job, self._remote.digest_of)
            send(order, self._files, self._check_wanted)
            self._check_wanted()
            self._give()
        incoming.keep(self._job, Taken(**{**vars(self._taken), "is_submitted": True}))
        logger.info("%s was given to the cluster", self.submission_id)

    def _give(self) -> None:
        cluster, files = self._remote.cluster, self._files
        program = f"{shlex.quote(cluster.python)} -m {kind_named(self._kind).program}"
        # `exec` puts the program in line for Ray's signals, in place of a shell.
        line = f"cd {shlex.quote(cluster.checkout)} && exec {program} {shlex.quote(files.address)}"
        resources = Resources(cluster.cpus, cluster.gpus)
        # Whoever may ask the cluster can read these: no secret belongs here.
        variables = {"RAY_JOB_STOP_WAIT_TIME_S": str(STOP_WAIT_S)}
        metadata = {"home": files.home, "job": str(files.job_id), "attempt": str(files.attempt)}
        workers, alone = machines_for(read_spec(self._job), cluster.workers)
        if workers > 1:  # what is given to the cluster learns nothing: it gets the machines itself
            line = f"{line} {workers} {cluster.cpus:g} {cluster.gpus:g}"
            resources, metadata[WORKERS] = Resources(0, 0), str(workers)
        if alone:
            variables[ALONE] = alone
        self._remote.jobs.submit(self.submission_id, line, resources, variables, metadata)

    def _check_wanted(self) -> None:
        if self._wanted or self._ends.is_set():
            raise _Left

    def _try(self, do: Callable[[], Any]) -> tuple[WorkbenchError | None, Any]:
        """What it gives, or why nobody answers."""
        try:
            return None, do()
        except (StoreUnreachable, ClusterUnreachable) as error:
            return error, None

    def _bring(self) -> bool:
        """Bring what is new, once its process has begun; whether it has shown a sign of life."""
        first = self._moves is None
        if first:
            begun = self._files.told("begun")
            self._moves = begun["moves"] if begun else None
        if self._moves is None:
            return False
        return bool(self._incoming.take(self._moves)) or first

    def _is_ended(self) -> bool:
        """Whether its process has said that it ended; then all of it is here."""
        ended = self._files.told("ended")
        if ended is None:
            return False
        self._incoming.take(self._moves or {})
        cause = MACHINE_LOST if ended.get("lost") else ""
        self.state = State(
            False,
            ended.get("exit_code"),
            bool(ended.get("out_of_memory")),
            NO_CAPACITY if ended.get("no_capacity") else cause,
        )
        return True

    def _pass_on(self, info: JobInfo | None) -> None:
        """Tell its process what it was not told yet; one that has not begun is ended by Ray."""
        what = self._wanted
        if not what or what == self._told:
            return
        self._files.tell("told", {"what": what})
        if what in (CANCEL, KILL) or self._has_no_machine(info):
            with contextlib.suppress(ClusterUnreachable):
                self._remote.jobs.stop(self.submission_id)
        self._told = what

    def _has_no_machine(self, info: JobInfo | None) -> bool:
        """Whether Ray has it, but no machine for it yet."""
        if info is None or (self._moves is not None and info.status != PENDING):
            return False
        return info.status == PENDING or (info.workers > 1 and not info.is_over)

    def _is_lost(self, info: JobInfo | None) -> bool:
        """Whether its process is gone without a word."""
        if info is not None and not info.is_over:
            return False
        # Ray waits for the process and so knows that it ended, or has never begun one.
        seen = info is not None and (info.exit_code is not None or self._moves is None)
        return seen or self._quiet_s > QUIET_S

    def _settle(self, info: JobInfo | None) -> bool:
        """Say how a process ended that has said nothing itself."""
        if self._moves is not None:
            self._incoming.take(self._moves)
        code = info.exit_code if info is not None else None
        if info is not None and info.found_no_machine:
            self.state = State(False, cause=NO_CAPACITY)
        elif code is not None and code > 0 and self._moves is None and not self._told:
            self.state = State(False, code, problem=self._not_begun(info))
        elif code is not None or (info is not None and self._told):
            self.state = State(False, code)
        else:
            self.state = State(False, cause=MACHINE_LOST)
        logger.warning("%s ended without a word: %s, %s", self.submission_id, info, self.state)
        return True

    def _not_begun(self, info: JobInfo | None) -> str:
        words = last_line(info.message) if info is not None else ""
        return (
            f"The cluster's machine could not begin it ({words}): see that the workbench is installed "
            f"in {self._remote.cluster.checkout} on each of its machines, as it is here."
        )

    def _cannot_tell(self, error: Exception | None) -> None:
        if self._unknown_since is None:
            logger.warning("%s cannot be told of: %s", self.submission_id, error)
            self._unknown_since = time.time()
        self.state = State(True, unknown_since=self._unknown_since, unknown_why=str(error))


__all__ = ["CANCEL", "KILL", "PAUSE", "Remote", "Watch"]
