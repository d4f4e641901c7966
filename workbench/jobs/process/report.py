"""How a job's work says what happens: events in its folder, which the worker reads."""

import time
from collections.abc import Mapping
from typing import Any

from workbench.jobs.process.job_dir import EventWriter
from workbench.jobs.process.memory import peaks
from workbench.jobs.process.stop import Stop

PROGRESS_S = 1.0


class Report:
    """Phases, progress, points of curves and sentences of one job at work."""

    def __init__(self, events: EventWriter, stop: Stop) -> None:
        self._events, self._stop = events, stop
        self._last_progress = 0.0
        self.doing = "starting"
        """What the work is at, within a sentence."""

    def phase(self, name: str, message: str) -> None:
        """Enter a phase: preparing, embedding, trying, turn, training, evaluating, saving."""
        self.doing = message[:1].lower() + message[1:]
        peaks.enter(name)
        self._tell("phase", name=name, message=message)

    def progress(self, step: int, total_steps: int, **fields: Any) -> None:
        """How far the phase is; at most one a second reaches the events, and always the last."""
        now = time.monotonic()
        if now - self._last_progress >= PROGRESS_S or step >= total_steps:
            self._last_progress = now
            self._tell("progress", step=step, total_steps=total_steps, **fields)

    def metric(self, kind: str, step: int, values: Mapping[str, float]) -> None:
        """One point of the curves `train` or `validation`."""
        self._events.write("metric", kind=kind, step=step, values=dict(values))

    def measured(self, values: Mapping[str, Any]) -> None:
        """What real steps took: memory, seconds."""
        self._tell("measured", values=dict(values))

    def log(self, message: str) -> None:
        """A sentence for the run's log."""
        print(message, flush=True)
        self._events.write("log", message=message)

    def ready(self, port: int) -> None:
        """A server answers on this port."""
        self._events.write("ready", port=port)

    def refused(self, **fields: Any) -> None:
        """Requests with a key that a server did not take; for the audit log."""
        self._tell("refused", **fields)

    def alive(self) -> None:
        """A sign of life."""
        self._events.write("alive")

    def close(self) -> None:
        """No event comes after this."""
        self._events.close()

    def _tell(self, event: str, **fields: Any) -> None:
        """Write an event, whole: nobody interrupts that."""
        with self._stop.held():
            self._events.write(event, **fields)
