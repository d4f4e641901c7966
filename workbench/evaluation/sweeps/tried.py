"""What has been tried in a sweep, as the study of it needs it, and what ended the sweep."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DONE, BEHIND, LOST, RUNNING = "done", "behind", "lost", "running"
"""What becomes of a trial: scored, stopped since it was behind, or without a score; before, it runs."""
TENTHS = 10
"""A training's way is compared at tenths of it."""
NUMBER, TIME, EVERYTHING, FAILURES, FIRST = "number", "time", "everything", "failures", "first"
DISK = "disk"
"""What ends a sweep: so many were wanted, no further one fits, there is nothing else to try, all fail, or
the first one does, by which time others are at work; or who asked for it may have no more disk."""


@dataclass(frozen=True)
class Tried:
    """A trial that is over, or one that runs, of which only its settings are known."""

    settings: Mapping[str, Any]
    state: str
    """DONE, BEHIND, LOST or RUNNING."""
    score: float | None = None
    losses: Mapping[int, float] = field(default_factory=dict)
    """Tenth of the way → least practice loss by then."""
