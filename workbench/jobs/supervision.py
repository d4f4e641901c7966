"""Looks after one attempt at a job, from its process to its recorded end.

An attempt is the worker's own (it started the process) or an orphan (a former worker did, and
is gone). An orphan's process ends itself when its lifeline does; it gets some time to save,
then its process group is ended.
"""

import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage import files, jobs
from storage.database import Store
from storage.tables import (
    ACTIVE,
    CANCELLED,
    CANCELLING,
    FAILED,
    PAUSED,
    PAUSING,
    RUNNING,
    STARTING,
    Job,
    now,
)
from workbench.core.errors import WorkbenchError
from workbench.jobs import ingest_events, outcome, record
from workbench.jobs.job import UNKNOWN, UNKNOWN_WHY
from workbench.jobs.launchers import Handle, Launcher, State
from workbench.jobs.log_tail import MARK, last_words
from workbench.jobs.outcome import Ending, Outcome
from workbench.jobs.process.job_dir import JobDir, read_spec, write_json

logger = logging.getLogger(__name__)

_LONG_GAP_S = 5.0
"""If the worker itself stood still for so long, the signs of life it missed do not count."""


@dataclass(frozen=True)
class Timing:
    """How long the worker waits for what, in seconds."""

    loop_s: float = 0.25
    ingest_s: float = 0.5
    """Between two writes of a job's progress."""
    alive_s: float = 30.0
    """Without a sign of life for so long, a process is ended."""
    first_sign_s: float = 180.0
    """The same for its first sign: before it, libraries are loaded."""
    cancel_grace_s: float = 60.0
    """To save, after it was asked to end; counted anew while it shows that it gets on."""
    cancel_limit_s: float = 300.0
    """But never longer than this."""
    orphan_grace_s: float = 60.0
    """To save, after its worker died."""


def folder_of(job_id: int) -> JobDir:
    """The folder of a job, made if it is missing."""
    path = files.job_folder(job_id)
    path.mkdir(parents=True, exist_ok=True)
    return JobDir(path)


class Attempt:
    """One try at a job, looked at by `step` until that says that it is over."""

    def __init__(
        self, store: Store, launcher: Launcher, timing: Timing, job: Job, *, own: bool
    ) -> None:
        self.is_held = False
        """Whether it is to stand still: paused now, and queued again by itself."""
        self.job = job
        self.folder = folder_of(job.id)
        self.launcher = launcher
        self._store, self._timing, self._own = store, timing, own
        self._state = State(True)
        self._shown = ""
        self._handle = None if own else self._former_handle()
        self._ending: Ending | None = None
        self._outcome: Outcome | None = None
        self._cause = "" if own else self._why_orphaned()
        self._asked_at: float | None = None
        self._told: str | None = None
        self._concludes = own and bool(job.cancel_requested_at)
        self._forced = False
        self._force_at = None if own else time.monotonic() + timing.orphan_grace_s
        self._seen_at = self._sign_at = time.monotonic()
        self._ingested_at = 0.0
        self._progress_at = job.progress_at
        self._patience_s = timing.first_sign_s

    def take_up(self) -> bool:
        """Go on with what a former worker began and did not end with it; whether it was begun."""
        self._handle = self._former_handle()
        if self._handle is None:
            return self.begin()
        self._concludes = bool(read_spec(self.folder).get("conclude"))
        return True

    def begin(self) -> bool:
        """Start the process, unless a cancel came first; whether it has been started."""
        if early := self._no_need_to_start():
            self._settle(early)
            return False
        try:
            self._handle = self._launch()
        except (OSError, WorkbenchError) as error:
            logger.warning("Job %s did not start: %s", self.job.id, error)
            self._settle(Outcome(FAILED, _not_started(error)))
            return False
        with self._store.write() as session:
            jobs.set_handle(session, self.job.id, self.job.attempt, self._handle)
        logger.info("Job %s attempt %s is process %s", *self._who(), self._handle)
        return True

    def step(self, job: Job) -> bool:
        """Look once at an attempt whose row is now `job`; whether it is over."""
        self.job = job
        if not self._is_over():
            self._watch()
            return False
        if self._outcome is None:
            self._ending = self._ending or Ending(cause=self._cause)
            ingest_events.ingest_all(self._store, job.id, self.folder)
            self._outcome = outcome.decide(job, self.folder, self._ending)
        self._record(self._outcome)
        return True

    def abandon(self) -> bool:
        """End the process of a job that is no longer anyone's; whether it is gone."""
        if self._is_over():
            return True
        self._force()
        return False

    def fail(self, reason: str) -> None:
        """End the job for an error that is ours; `step` sees to the process and to the row."""
        self._outcome, self._force_at = Outcome(FAILED, reason), 0.0

    def _no_need_to_start(self) -> Outcome | None:
        """A request that came before the start; a training that has learned is only concluded."""
        if self.job.cancel_requested_at and not outcome.has_learned(self.job, self.folder):
            return Outcome(CANCELLED, "Cancelled before it started.")
        if self.job.pause_requested_at and not self.job.cancel_requested_at:
            return Outcome(PAUSED, "Paused before it started.")
        return None

    def _launch(self) -> Handle:
        self.folder.result.unlink(missing_ok=True)
        self.folder.pause.unlink(missing_ok=True)
        number, attempt = self._who()
        spec = {**self.job.spec, "job_id": number, "attempt": attempt}
        if self.job.cancel_requested_at:
            spec["conclude"] = True
        write_json(self.folder.spec, spec)
        with self.folder.log.open("a", encoding="utf-8") as log:
            log.write(f"{MARK}attempt {attempt}, {now():%Y-%m-%d %H:%M:%S} UTC\n")
        return self.launcher.submit(self.job.kind, self.folder)

    def _who(self) -> tuple[int, int]:
        return self.job.id, self.job.attempt

    def _former_handle(self) -> Handle | None:
        with self._store.read() as session:
            return jobs.last_handle(session, *self._who(), self.launcher.name)

    def _why_orphaned(self) -> str:
        rebooted = self._handle is not None and self.launcher.was_restarted(self._handle)
        return outcome.REBOOTED if rebooted else outcome.WORKER_LOST

    def _is_over(self) -> bool:
        """Whether the process, and all that it started, is gone."""
        if self._handle is not None and self._ending is None:
            self._state = self.launcher.poll(self._handle)
            if self._is_given_up():
                self._ending = Ending(cause=outcome.GIVEN_UP)
            elif self._state.running:
                return False
            else:
                self._ending = self._ended(self._state)
        return not self.folder.is_locked()

    def _is_given_up(self) -> bool:
        """Whether nobody can tell what became of it, and it is not to be waited for."""
        unknown = self._state.running and self._state.unknown_since is not None
        return unknown and self.job.given_up_attempt == self.job.attempt

    def _ended(self, state: State) -> Ending:
        words = last_words(self.folder.log)
        cause = state.cause or self._cause
        return Ending(state.exit_code, cause, state.out_of_memory, words, state.problem)

    def _watch(self) -> None:
        """What there is to do for a process that runs."""
        at = time.monotonic()
        self._listen(at)
        self._show()
        if self._state.waits or self._state.unknown_since is not None:
            self._sign_at = at  # of what has not begun, or cannot be reached, no sign is due
        if self.job.cancel_requested_at and self._told != CANCELLING:
            self._ask_to_end(at, CANCELLING)
        elif (self.job.pause_requested_at or self.is_held) and self._told is None:
            self._ask_to_end(at, PAUSING)
        reached = self._state.unknown_since is None
        if self._force_at is not None and at > self._force_at and reached:
            self._force()
        elif self._own and at - self._sign_at > self._patience_s:
            self._cause = self._cause or outcome.SILENT
            self._force()

    def _listen(self, at: float) -> None:
        """Take in events, and with them signs of life."""
        if at - self._seen_at > _LONG_GAP_S:
            self._sign_at = at
        self._seen_at = at
        if at - self._ingested_at < self._timing.ingest_s:
            return
        self._ingested_at = at
        if ingest_events.ingest(self._store, self.job.id, self.folder):
            self._sign_at, self._patience_s = at, self._timing.alive_s
        if self._asked_at is not None and self.job.progress_at != self._progress_at:
            until = self._asked_at + self._timing.cancel_limit_s
            self._force_at = min(at + self._timing.cancel_grace_s, until)
        self._progress_at = self.job.progress_at

    def _show(self) -> None:
        """Let the job say what its process waits for, and that nobody can tell what it does."""
        state = self._state
        shown = f"{state.waits}{state.unknown_since or ''}"
        if shown == self._shown:
            return
        more: dict[str, Any] = {}
        if state.waits:
            more |= {"phase": "waiting", "message": state.waits}
        if state.unknown_since is not None:
            more |= {UNKNOWN: state.unknown_since, UNKNOWN_WHY: state.unknown_why}
        with self._store.write() as session:
            job = jobs.get(session, self.job.id)  # its events may have come in since it was read
            told = dict(job.progress) if job is not None else {}
            told = {k: v for k, v in told.items() if k not in (UNKNOWN, UNKNOWN_WHY)} | more
            if jobs.change(session, *self._who(), ACTIVE, progress=told):
                self._shown = shown

    def _ask_to_end(self, at: float, state: str) -> None:
        """Tell the process to keep what it has and end, or (PAUSING) to go on another time."""
        with self._store.write() as session:
            jobs.change(session, *self._who(), (STARTING, RUNNING, PAUSING), status=state)
        if state == PAUSING:
            self.folder.pause.touch()
        else:
            self.folder.pause.unlink(missing_ok=True)
        concludes = state == CANCELLING and self._concludes
        if (handle := self._known_handle()) and not concludes:
            self.launcher.stop(handle)
        self._told, self._asked_at = state, at
        grace_s = self._timing.first_sign_s if concludes else self._timing.cancel_grace_s
        self._force_at = at + grace_s  # who concludes has its libraries to load before it can save
        logger.info("Job %s attempt %s was asked to end", *self._who())

    def _force(self) -> None:
        if handle := self._known_handle():
            self.launcher.stop(handle, force=True)
            if not self._forced:
                logger.warning("Job %s attempt %s was ended by force", *self._who())
            self._forced = True

    def _known_handle(self) -> Handle | None:
        """Who works here: one whose worker died before noting it, or left behind, is looked for."""
        if self._handle is None or self._ending is not None:
            self._handle = self.launcher.find(self.folder)
        return self._handle

    def _settle(self, decided: Outcome) -> None:
        self._outcome, self._ending = decided, Ending()

    def _record(self, decided: Outcome) -> None:
        record.record(self._store, self.job, decided, self._ending or Ending())
        logger.info("Job %s attempt %s: %s %s", *self._who(), decided.status, decided.reason)


def _not_started(error: OSError | WorkbenchError) -> str:
    if isinstance(error, WorkbenchError):
        return str(error)
    where = f" ({Path(error.filename)})" if error.filename else ""
    return (
        f"The system refused to start it: {error.strerror}{where}. "
        "Free some disk space or memory, then start it again."
    )
