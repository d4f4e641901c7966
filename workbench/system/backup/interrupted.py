"""Jobs that a backup caught at work: they go on here, or say why they cannot; folders are not watched."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import files, jobs
from storage.tables import (
    ACTIVE,
    CANCELLED,
    CANCELLING,
    FAILED,
    OPEN,
    PAUSED,
    PAUSING,
    QUEUED,
    Job,
    JobAttempt,
    Watch,
    now,
)
from workbench.jobs.kinds import kind_named
from workbench.jobs.process.specs import ImportSpec

_RESTORED = "The workbench was restored from a backup; the job starts again from what was saved."
_SERVER = "The model server ended with the backup; it starts again with the next question."
_ASTRAY = "The download would go to a folder that is not the workbench's: start it anew."
_NOT_SENT = (
    "Nothing leaves this computer because a backup says so: start it again if you want that."
)
_STOPPED = "Stopped at your request."
_NOT_WATCHED = (
    "The folder is not watched any more because a backup was restored: switch it on again if you want "
    "that."
)


def settle(session: Session, home: Path) -> int:
    """Give every job that was open a state that fits; how many will go on.

    `home` is where the files of the home are at this moment.
    """
    going_on = 0
    for job in jobs.listing(session, OPEN):
        was_active = job.status in ACTIVE
        status, reason = _state_of(job, home)
        job.status = status
        if was_active or status not in OPEN:
            job.reason = reason
        if was_active:
            job.progress, job.alive_at, job.progress_at = {}, None, None
        if status not in OPEN:
            job.finished_at = now()
        going_on += status == QUEUED
    ended = sa.update(JobAttempt).where(JobAttempt.ended_at.is_(None))
    session.execute(ended.values(ended_at=now(), reason=_RESTORED))
    watched = sa.update(Watch).where(Watch.is_on)
    session.execute(watched.values(is_on=False, trouble=_NOT_WATCHED))
    return going_on


def _state_of(job: Job, home: Path) -> tuple[str, str]:
    if kind_named(job.kind).serves:
        return FAILED, _SERVER
    if kind_named(job.kind).sends:
        return FAILED, _NOT_SENT
    target = Path(str(job.spec.get("target")))
    if job.kind == ImportSpec.kind and target.parent != files.home() / "models":
        return FAILED, _ASTRAY
    if job.status == CANCELLING and not kind_named(job.kind).learns:
        return CANCELLED, _STOPPED
    if missing := next(_missing(job, home), None):
        return FAILED, (
            f"It cannot go on after the backup was restored, because {missing} was not in it: "
            "start it again."
        )
    if job.status in (PAUSED, PAUSING):
        return PAUSED, _RESTORED
    return QUEUED, _RESTORED


def _missing(job: Job, home: Path) -> Iterator[Path]:
    """Files and folders that the job reads and that are not there; a download makes its own."""
    if job.kind == ImportSpec.kind:
        return
    for text in _texts(job.spec):
        path = Path(text)
        if path.is_relative_to(files.home()):
            inside = path.relative_to(files.home())
            own = path.is_relative_to(files.job_folder(job.id))
            if not own and not (home / inside).exists():
                yield path


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
