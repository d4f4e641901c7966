"""How far a checkup is, told through the job's process."""

import time
from dataclasses import dataclass

from workbench.jobs.process.shell import Process

STEPS = 1000


@dataclass
class Watch:
    """Tells the share of the whole checkup that is done, with the time left."""

    process: Process
    start: float = 0.0
    end: float = 1.0
    begun: float = 0.0

    def __call__(self, share: float) -> None:
        """So much of this part is done.

        Raises:
            Cancelled, Orphaned: the process is to leave.
        """
        self.process.check()
        whole = self.start + (self.end - self.start) * min(1.0, max(0.0, share))
        spent = time.monotonic() - self.begun
        left = {"seconds_left": spent * (1 - whole) / whole} if whole > 0.02 and spent > 2 else {}
        self.process.progress(min(STEPS - 1, round(STEPS * whole)), STEPS, **left)

    def part(self, start: float, end: float) -> "Watch":
        """For a part of this one's way."""
        whole = self.end - self.start
        return Watch(self.process, self.start + whole * start, self.start + whole * end, self.begun)
