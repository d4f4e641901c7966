"""Does a share of a training on a machine of a cluster, beside the one that leads (see `carrier`).

It brings the same files and runs the same process. Nothing of what that writes is sent: all that counts
is with the one that leads, whose end is the end here. Only why it cannot take part is told.
"""

import contextlib
import platform
import signal
import time
from collections.abc import Sequence

from workbench.jobs.process.job_dir import read_json
from workbench.jobs.process.remote.carrier import ENDED, LOOK_S, REFUSED, Carrier, carry
from workbench.jobs.process.remote.file_store import StoreUnreachable
from workbench.jobs.process.remote.layout import CANCEL, KILL
from workbench.jobs.process.remote.rank import rank_told
from workbench.jobs.process.shell import ORPHANED

LEADER_S = 60.0
"""So long the one that leads may take to say that this machine cannot take part."""


class Helper(Carrier):
    """One of several machines, but for the one that leads."""

    def run(self, command: Sequence[str]) -> int:
        """Do it; 0 if nothing is wrong with this machine."""
        signal.signal(signal.SIGTERM, self._end)
        self._watch_lifeline()
        code = self._bring() or self._work(command)
        if self._is_over():
            return 0
        told = read_json(self._place.job.result) or {}
        if told.get("status") == "failed":
            reason = f"{platform.node()}: {told['reason']}"
            refused = {"reason": reason, "retryable": bool(told.get("retryable"))}
            self._patiently(lambda: self._files.tell(REFUSED, refused))
            self._wait_for_leader()
            return 0
        return 0 if code in (0, ORPHANED) else code if code > 0 else 128 - code

    def _look(self) -> None:
        with contextlib.suppress(StoreUnreachable):
            what = (self._files.told("told") or {}).get("what", "")
            if what == KILL:
                self._told = what
                self._kill()
            elif self._is_over():
                self._obey(CANCEL)
            elif self._files.told("order") is None:
                self._leave()

    def _is_over(self) -> bool:
        with contextlib.suppress(StoreUnreachable):
            return self._files.told(ENDED) is not None
        return False

    def _wait_for_leader(self) -> None:
        until = time.monotonic() + LEADER_S
        while not self._is_over() and time.monotonic() < until:
            time.sleep(LOOK_S)


def carry_or_help(address: str, command: Sequence[str]) -> int:
    """Do the attempt at an address, or a share of it, as this process was told; the exit code."""
    rank = rank_told()
    return carry(address, command, Carrier if rank is None or rank.leads else Helper)
