"""The time that a sweep has worked, kept in its job's folder as it goes on."""

import math
from pathlib import Path

from workbench.jobs.process.job_dir import read_json, write_json

FILE = "spent.json"
LONGEST_S = 10.0
"""Between two looks: what goes beyond it, the computer slept or the conductor was dead."""
KEPT_S = 1.0


class Timer:
    """Adds up the seconds in which a try or an exam was at work, over all attempts of the sweep's job."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self.spent_s = self._kept_s = _read(self._path)
        self._at: float | None = None

    def count(self, at: float, *, works: bool) -> None:
        """It is `at` now, by a clock that only goes forward, and something works or nothing does."""
        if works and self._at is not None:
            self.spent_s += min(LONGEST_S, max(0.0, at - self._at))
        self._at = at
        if self.spent_s - self._kept_s >= KEPT_S:
            self.keep()

    def keep(self) -> None:
        """Write it down."""
        write_json(self._path, {"seconds": round(self.spent_s, 2)})
        self._kept_s = self.spent_s


def _read(path: Path) -> float:
    told = read_json(path)
    seconds = told.get("seconds") if isinstance(told, dict) else None
    fine = isinstance(seconds, int | float) and math.isfinite(seconds)
    return max(0.0, float(seconds)) if fine and seconds is not None else 0.0
