"""What one of several trainings in a row tells of itself, as part of the whole."""

import time
from collections.abc import Mapping
from typing import Any

from workbench.jobs.process.report import Report

LEARNING = 0.85
"""The share of a part that learning takes; answering takes the rest."""
_KNOWN_SHARE = 0.01


class PartReport(Report):
    """Says which part it is, and how far all of them are; curves are those of the last part."""

    def __init__(self, whole: Report, number: int, count: int, title: str) -> None:
        """Of part `number` of `count`, from 0; the title begins its sentences."""
        self._whole, self._number, self._count, self._title = whole, number, count, title
        self._phase, self._steps = "", 1
        self._first: tuple[float, float] | None = None
        """How far the whole was, and when, as this part was heard of first."""

    @property
    def _is_last(self) -> bool:
        return self._number == self._count - 1

    def phase(self, name: str, message: str) -> None:
        """The same phase of the whole."""
        self._phase = name
        self._whole.phase(name, f"{self._title}: {message[:1].lower()}{message[1:]}")

    def progress(self, step: int, total_steps: int, **fields: Any) -> None:
        """How far the whole is, in steps of learning; what comes before learning is not counted."""
        share = step / max(1, total_steps)
        if self._phase == "training":
            self._steps, share = total_steps, LEARNING * share
        elif self._phase == "evaluating":
            share = LEARNING + (1 - LEARNING) * share
        else:
            return
        done = (self._number + share) / self._count
        now = time.monotonic()
        before, began = self._first = self._first or (done, now)
        spent, own = now - began, done - before
        told = {name: value for name, value in fields.items() if name != "seconds_left"}
        if own > _KNOWN_SHARE:
            told["seconds_left"] = round(spent * (1 - done) / own, 1)
        total = self._steps * self._count
        self._whole.progress(min(round(done * total), total), total, **told)

    def metric(self, kind: str, step: int, values: Mapping[str, float]) -> None:
        """A point of the last part's curves."""
        if self._is_last:
            self._whole.metric(kind, step, values)

    def measured(self, values: Mapping[str, Any]) -> None:
        """What steps took, in whichever part."""
        self._whole.measured(values)

    def log(self, message: str) -> None:
        """A sentence for the run's log, which says in which part."""
        self._whole.log(f"{self._title}: {message}")
