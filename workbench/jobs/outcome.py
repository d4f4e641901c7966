"""How an attempt at a job ended, in states and in the user's words.

A result of this attempt beats everything else, even a cancel that came too late; without one,
a cancel that was asked for beats the exit code. What nobody is to blame for is tried again.
"""

import signal
from dataclasses import dataclass
from typing import Any

from storage.tables import CANCELLED, FAILED, PAUSED, PAUSING, QUEUED, SUCCEEDED, Job
from workbench.core.recipe import FIELDS
from workbench.jobs.kinds import kind_named
from workbench.jobs.launchers import MACHINE_LOST, NO_CAPACITY
from workbench.jobs.process.job_dir import JobDir, read_json

MAX_RETRIES = 2
WORKER_LOST, REBOOTED, SILENT = "worker lost", "rebooted", "silent"
GIVEN_UP = "given up"
"""Nobody could tell whether it still runs, and who is in charge said to wait no longer."""

_NO_CAPACITY = "No capacity: the cluster had no free machine for it in time; it waits again."
_LOST_BY_FORCE = " It did not end by itself in time, so nothing of it was kept."


@dataclass(frozen=True)
class Ending:
    """What the worker saw of an attempt's end."""

    exit_code: int | None = None
    cause: str = ""
    """WORKER_LOST, REBOOTED, SILENT, GIVEN_UP, one of the launcher's, or nothing that the worker
    knows of."""
    out_of_memory: bool = False
    last_words: str = ""
    """The last line of the log."""
    problem: str = ""
    """The sentence why it could not be started at all."""


@dataclass(frozen=True)
class Outcome:
    """The state that a job goes to, and why; `queued` means that it is tried again."""

    status: str
    reason: str = ""
    result: dict[str, Any] | None = None
    is_try: bool = True
    """Whether it counts among the tries that a job has."""


def read_result(folder: JobDir, attempt: int) -> dict[str, Any] | None:
    """The result that this attempt wrote, or None."""
    result = read_json(folder.result)
    whole = isinstance(result, dict) and result.get("status") in (SUCCEEDED, FAILED, CANCELLED)
    return result if whole and result.get("attempt") == attempt else None


def decide(job: Job, folder: JobDir, ending: Ending) -> Outcome:
    """What becomes of a job whose process has ended."""
    result = read_result(folder, job.attempt)
    if result is not None and _counts(job, result):
        return _by_result(job, folder, result)
    if job.cancel_requested_at:
        return _ended_by_cancel(job, folder, ending)
    if job.status == PAUSING or job.pause_requested_at:
        return _interrupted(job, folder)
    if ending.cause == NO_CAPACITY:
        return Outcome(QUEUED, _NO_CAPACITY, is_try=False)
    if ending.problem:
        return Outcome(FAILED, ending.problem)
    if ending.out_of_memory:
        result = {"status": FAILED, "attempt": job.attempt, "out_of_memory": True}
        return Outcome(FAILED, _memory(job), result)
    if kind_named(job.kind).serves:
        return _server_ended(ending)
    if cause := _blameless(job, ending, told_to_end=result is not None):
        return _again(job, folder, cause)
    return Outcome(FAILED, _unexplained(job, ending))


def _ended_by_cancel(job: Job, folder: JobDir, ending: Ending) -> Outcome:
    if has_learned(job, folder) and job.retries < MAX_RETRIES:
        return Outcome(QUEUED, "Stopping; the best state so far is being saved.")
    forced = ending.exit_code == -signal.SIGKILL
    return Outcome(CANCELLED, _cancelled(job) + (_LOST_BY_FORCE if forced else ""))


def _interrupted(job: Job, folder: JobDir) -> Outcome:
    """A pause that the process obeyed, unless the user has changed their mind meanwhile."""
    if job.pause_requested_at is None:
        return Outcome(QUEUED, f"It was paused for a while; {_goes_on(job, folder)}.", is_try=False)
    step = job.progress.get("step") if job.progress.get("phase") == "training" else None
    at = f" at step {step}" if step and has_learned(job, folder) else ""
    return Outcome(PAUSED, f"Paused at your request{at}.")


def has_learned(job: Job, folder: JobDir) -> bool:
    """Whether there is a whole checkpoint of a training."""
    return kind_named(job.kind).learns and any(folder.checkpoints.glob("*/manifest.json"))


def _counts(job: Job, result: dict[str, Any]) -> bool:
    """A cancel that nobody asked for (the system is shut down) is not the end of a job."""
    return (
        result["status"] != CANCELLED
        or bool(job.cancel_requested_at)
        or kind_named(job.kind).serves
    )


def _by_result(job: Job, folder: JobDir, result: dict[str, Any]) -> Outcome:
    status, reason = result["status"], str(result.get("reason") or "")
    if status == FAILED and result.get("retryable") and not job.cancel_requested_at:
        return _again(job, folder, reason.rstrip(".") or f"The {_noun(job)} failed")
    if status == CANCELLED:
        reason = reason or _cancelled(job)
    return Outcome(status, reason, result)


def _again(job: Job, folder: JobDir, cause: str) -> Outcome:
    if job.retries >= MAX_RETRIES:
        tried = f"it was tried {job.retries + 1} times. Look at the log, then start it again."
        return Outcome(FAILED, f"{cause}; {tried}")
    return Outcome(QUEUED, f"{cause}; {_goes_on(job, folder)}.")


def _goes_on(job: Job, folder: JobDir) -> str:
    if has_learned(job, folder):
        return f"training goes on from step {_last_step(folder)}"
    if kind_named(job.kind).goes_on:
        return f"the {_noun(job)} goes on from where it was"
    return f"the {_noun(job)} starts again from its beginning"


def _blameless(job: Job, ending: Ending, *, told_to_end: bool) -> str:
    """Why the process ended through no fault of the job's own, or nothing."""
    causes = {
        WORKER_LOST: "The worker was restarted",
        REBOOTED: "The computer was restarted",
        SILENT: f"The {_noun(job)} no longer answered and was ended",
        MACHINE_LOST: f"The cluster's machine that did the {_noun(job)} was lost",
        GIVEN_UP: "The cluster's machine that did not answer was given up",
    }
    if ending.cause in causes:
        return causes[ending.cause]
    if ending.exit_code is not None and ending.exit_code < 0:
        return f"The {_noun(job)} was ended from outside (signal {-ending.exit_code})"
    return f"The {_noun(job)} was ended from outside" if told_to_end else ""


def _server_ended(ending: Ending) -> Outcome:
    if ending.exit_code == 0:
        return Outcome(SUCCEEDED)
    why = "with the worker" if ending.cause in (WORKER_LOST, REBOOTED) else "unexpectedly"
    words = f" It said last: {ending.last_words}" if ending.last_words else ""
    return Outcome(
        FAILED, f"The model server ended {why}; it starts again with the next question.{words}"
    )


def _memory(job: Job) -> str:
    ended = f"The system ended the {_noun(job)} because memory ran out"
    if not kind_named(job.kind).fits_recipe:
        return f"{ended}: close other programs, then start it again."
    names = ("per_device_train_batch_size", "max_length")
    lower = " or ".join(f"'{FIELDS[name].metadata['label']}'" for name in names)
    turn_on = FIELDS["gradient_checkpointing"].metadata["label"]
    return f"{ended}: lower {lower}, or turn on '{turn_on}', then start it again."


def _unexplained(job: Job, ending: Ending) -> str:
    words = f": {ending.last_words}" if ending.last_words else "."
    return (
        f"The {_noun(job)} ended without a result (exit code {ending.exit_code}){words} "
        "The log has the details."
    )


def _last_step(folder: JobDir) -> int:
    names = (path.parent.name for path in folder.checkpoints.glob("*/manifest.json"))
    return max(int(name.rpartition("-")[2]) for name in names)


def _cancelled(job: Job) -> str:
    return kind_named(job.kind).stopped


def _noun(job: Job) -> str:
    return kind_named(job.kind).noun
