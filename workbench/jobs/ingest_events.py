"""Turns a job's events into rows: exactly once, whoever dies in between.

How far the events were read is kept with the job and moves in the transaction that writes the
rows; a reader that was overtaken by another one changes nothing.
"""

import datetime as dt
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from storage import acting, audit, jobs, runs
from storage.database import Store
from storage.tables import RUNNING, STARTING, Job
from workbench.jobs.kinds import kind_named
from workbench.jobs.process.job_dir import JobDir, read_events

logger = logging.getLogger(__name__)

Event = dict[str, Any]

_OF_A_PHASE = ("step", "total_steps", "seconds_left", "epoch", "tokens_per_second")
"""How far a phase is: of the next one that says nothing."""


@dataclass
class _Digest:
    """What a batch of events says, added up."""

    attempt: int
    progress: dict[str, Any]
    points: list[tuple[str, int, dict[str, Any]]] = field(default_factory=list)
    alive_at: dt.datetime | None = None
    progress_at: dt.datetime | None = None

    def add(self, event: Event) -> None:
        """Take in one event; of a former attempt only its points of a curve."""
        at = dt.datetime.fromtimestamp(float(event["at"]), dt.UTC)
        if event["type"] == "metric":
            self.points.append((str(event["kind"]), int(event["step"]), dict(event["values"])))
        if event["attempt"] != self.attempt:
            return
        self.alive_at = at
        if event["type"] != "alive":
            self.progress_at = at
        if event["type"] == "phase" and event["name"] != self.progress.get("phase"):
            for name in _OF_A_PHASE:
                self.progress.pop(name, None)
        self.progress.update(_shown(event))


def _shown(event: Event) -> dict[str, Any]:
    """What the page shows of this event."""
    match event["type"]:
        case "phase":
            return {"phase": event["name"], "message": event.get("message", "")}
        case "progress":
            return {k: v for k, v in event.items() if k not in ("type", "at", "attempt")}
        case "measured":
            return {"measured": dict(event["values"])}
        case "log":
            return {"message": event["message"]}
        case "ready":
            return {"phase": "ready", "port": int(event["port"])}
    return {}


def ingest(store: Store, job_id: int, folder: JobDir, *, limit: int = 5000) -> int:
    """Write what happened since the last call to the database; how many events there were.

    The first event of the current attempt makes a starting job a running one.
    """
    with store.read() as session:
        job = jobs.get(session, job_id)
    if job is None:
        return 0
    events, *read_to = read_events(folder, job.event_segment, job.event_offset, limit)
    if not events and tuple(read_to) == (job.event_segment, job.event_offset):
        return 0
    digest = _digest(job, events)
    with store.write() as session:
        moved = jobs.advance(session, job, (read_to[0], read_to[1]), _values(job, digest))
        if moved and job.run_id is not None and kind_named(job.kind).learns:
            runs.put_metrics(session, job.run_id, digest.points)
        if moved:
            log_refusals(session, events)
    return len(events) if moved else 0


def log_refusals(session: Session, events: Iterable[Event]) -> None:
    """Say in the audit log what a model server says of keys that it refused."""
    for event in events:
        if event.get("type") == "refused":
            known = event.get("key_id") is not None
            told = {name: event.get(name) for name in ("why", "begins", "name", "times")}
            audit.record(
                session,
                "key_refused",
                kind="api_keys" if known else "",
                thing_id=event.get("key_id"),
                project_id=event.get("project_id"),
                details={name: value for name, value in told.items() if value},
                address=str(event.get("address") or ""),
                via=acting.API,
            )


def ingest_all(store: Store, job_id: int, folder: JobDir) -> None:
    """Write everything that is left, after the process has ended."""
    while ingest(store, job_id, folder):
        pass


def _digest(job: Job, events: Iterable[Event]) -> _Digest:
    digest = _Digest(job.attempt, dict(job.progress))
    for event in events:
        try:
            digest.add(event)
        except (KeyError, TypeError, ValueError):
            logger.warning("Job %s wrote an event that says nothing: %s", job.id, event)
    return digest


def _values(job: Job, digest: _Digest) -> dict[str, Any]:
    """The columns of the job that the events change."""
    values: dict[str, Any] = {}
    if digest.alive_at:
        values["alive_at"] = digest.alive_at
        if job.status == STARTING:
            values["status"] = RUNNING
    if digest.progress_at:
        values |= {"progress_at": digest.progress_at, "progress": digest.progress}
    return values
