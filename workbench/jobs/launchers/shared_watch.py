"""Looks after one attempt that several machines share, each by a job of its own on the cluster.

A share that is lost costs nothing but time: what no machine has answered is answered at the end, by
the attempt's own job, as if nothing had been shared out.
"""

import logging
import time
from dataclasses import replace

from workbench.jobs.launchers import State
from workbench.jobs.launchers.remote_watch import CANCEL, SENDS, WAITS, Remote, Watch
from workbench.jobs.launchers.shares import Home, Plan, share_of
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.remote.layout import AttemptFiles

logger = logging.getLogger(__name__)


class SharedWatch(Watch):
    """A watch whose shares are watched first."""

    def __init__(
        self,
        remote: Remote,
        job_kind: str,
        job: JobDir,
        files: AttemptFiles,
        submission_id: str,
        plan: Plan,
    ) -> None:
        self._home, self._are_over = Home(job, plan), False
        attempt, _, installation = submission_id.rpartition("-")
        self._shares = [
            Watch(
                remote,
                job_kind,
                share_of(job, number),
                replace(files, share=number),
                f"{attempt}-s{number}-{installation}",
            )
            for number in range(plan.shares)
        ]
        super().__init__(remote, job_kind, job, files, submission_id)

    def leave(self, patience_s: float = 0.0) -> None:
        """Ask no more, after `patience_s` at the latest; what the shares do goes on."""
        super().leave(patience_s)
        for share in self._shares:
            share.leave(patience_s)
        self._home.leave()

    def _look(self) -> bool:
        if self._are_over:
            return super()._look()
        for share in self._shares:
            if self._wanted:
                share.tell(self._wanted)
        states = [share.state for share in self._shares]
        self._home.take()
        if any(state.running for state in states):
            self.state = _of_all([state for state in states if state.running])
            return False
        self._are_over = True
        self._sign_at = time.monotonic()
        return self._is_settled(states)

    def _is_settled(self, states: list[State]) -> bool:
        """Whether the shares' end is the attempt's; else its own job answers what is missing."""
        self._home.close()
        if self._home.result(is_cancelled=self._wanted == CANCEL):
            self.state = State(False, 0)
            return True
        ended = next((one for one in states if one.out_of_memory or one.problem), states[0])
        if ended.out_of_memory or ended.problem or self._wanted or not self._home.has_more:
            self.state = ended
            return True
        logger.warning("%s lost a share; its own job answers the rest", self.submission_id)
        return False


def _of_all(states: list[State]) -> State:
    """What is told of shares that run: the worst that is true of all of them."""
    unknown = [one for one in states if one.unknown_since is not None]
    if len(unknown) == len(states):
        return min(unknown, key=lambda one: one.unknown_since or 0.0)
    waits = {one.waits for one in states}
    return State(True, waits="" if "" in waits else SENDS if SENDS in waits else WAITS)
