"""Which of a job's processes this one is, where several machines of a cluster learn together.

The one with the number 0 leads: it has the job's folder, tells what happens and writes the result. The
others do the same steps on their share of each batch, and are heard of only where something is wrong.
"""

import os
from dataclasses import dataclass

VARIABLE = "WORKBENCH_RANK"
"""Environment variable that says it; without it, a process is the only one of its job."""


@dataclass(frozen=True)
class Rank:
    """One of several processes, and where they meet."""

    number: int
    count: int
    host: str
    port: int
    """Of the store of torch.distributed by which they find each other."""

    @property
    def leads(self) -> bool:
        return self.number == 0

    @property
    def as_text(self) -> str:
        """For `VARIABLE`."""
        return f"{self.number} {self.count} {self.host} {self.port}"


def rank_told() -> Rank | None:
    """What the environment says; None for the only process of a job."""
    told = os.environ.get(VARIABLE, "").split()
    if not told:
        return None
    number, count, host, port = told
    return Rank(int(number), int(count), host, int(port))
