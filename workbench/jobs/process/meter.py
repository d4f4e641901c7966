"""How far a job is, with the time left: told through its report by whoever does a part of it."""

import time
from collections.abc import Callable

from workbench.jobs.process.report import Report
from workbench.jobs.process.stop import Check

THOUSANDTHS = 1000
_KNOWN_SHARE, _KNOWN_S = 0.01, 2.0
"""From here on the time left can be told from the time spent."""


class Meter:
    """Tells the share of the whole that is done, and leaves when the job is to end."""

    def __init__(
        self, report: Report, check: Check, total: int | None = None, *, done: float = 0.0
    ) -> None:
        """
        Args:
            total: what is counted, such as the answers to be written; None for thousandths of
                work whose end is told otherwise, so that they are never full.
            done: the share that an earlier attempt has done, which took no time now.
        """
        self._before = done
        self._report, self._check, self._total = report, check, total
        self._start, self._end, self._begun = 0.0, 1.0, time.monotonic()

    def __call__(self, share: float, message: str = "") -> None:
        """So much of this part is done, 0 to 1.

        Raises:
            Cancelled, Orphaned: the job is to be left.
        """
        self._check()
        whole = self._start + (self._end - self._start) * min(1.0, max(0.0, share))
        spent = time.monotonic() - self._begun
        fields: dict[str, object] = {"message": message} if message else {}
        if (own := whole - self._before) > _KNOWN_SHARE and spent > _KNOWN_S:
            fields["seconds_left"] = round(spent * (1 - whole) / own, 1)
        total = self._total if self._total is not None else THOUSANDTHS
        step = round(total * whole)
        if self._total is None:
            step = min(step, total - 1)
        self._report.progress(step, total, **fields)

    def part(self, start: float, end: float) -> "Meter":
        """For a part of this one's way: its 0 is `start` of it, its 1 is `end`."""
        part = Meter(self._report, self._check, self._total, done=self._before)
        way = self._end - self._start
        part._start, part._end = self._start + way * start, self._start + way * end
        part._begun = self._begun
        return part

    def counted(self, number: int) -> Callable[[int], None]:
        """For who says how many of `number` are done."""
        return lambda done: self(done / max(1, number))
