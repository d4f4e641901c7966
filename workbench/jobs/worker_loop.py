"""The worker's loop: one step after the other, until it is told to end; a shortage is waited out."""

import errno
import logging
import os
import select
import signal
import time
from collections.abc import Callable
from types import FrameType
from typing import Protocol

from sqlalchemy.exc import OperationalError

from storage.errors import StorageError
from workbench.jobs import worker_process
from workbench.jobs.supervision import Timing

logger = logging.getLogger("workbench.jobs.worker")

_BEAT_S = 5.0
_TROUBLE_S = 1.0
_SHORTAGE = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.ENOMEM,
    errno.EMFILE,
    errno.ENFILE,
    errno.EIO,
    errno.EROFS,
}


class Steps(Protocol):
    """What the loop does again and again."""

    timing: Timing

    def step(self) -> None:
        """Do what can be done now."""


def is_shortage(error: Exception) -> bool:
    """Whether the machine is short of something (disk, memory, the database): it may pass."""
    number = error.errno if isinstance(error, OSError) else None
    return isinstance(error, OperationalError | StorageError) or number in _SHORTAGE


def run(
    worker: Steps, wait: Callable[[float], bool], beside: Callable[[], None] = lambda: None
) -> None:
    """Step until `wait` says to end or the home is gone; a shortage is waited out.

    Args:
        beside: what else is done at each step; an error of it is in the log, and harms no job.
    """
    beat = Beat()
    pause_s, told = 0.0, ""
    while not wait(pause_s) and worker_process.lock_path().exists():
        try:
            beat()
            worker.step()
            _harmless(beside)
            pause_s, told = worker.timing.loop_s, ""
        except Exception as error:
            if not is_shortage(error):
                raise
            if str(error) != told:
                logger.warning("Waiting for the machine: %s", error)
            pause_s, told = _TROUBLE_S, str(error)


def _harmless(step: Callable[[], None]) -> None:
    try:
        step()
    except Exception as error:
        if is_shortage(error):
            raise
        logger.exception("What is done beside the jobs met an error of the workbench")


class Beat:
    """Says every few seconds, in the worker's file, that it is alive."""

    def __init__(self) -> None:
        self._started_at = time.time()
        self._beaten_at = -_BEAT_S

    def __call__(self) -> None:
        if time.monotonic() - self._beaten_at >= _BEAT_S:
            worker_process.write_info(self._started_at)
            self._beaten_at = time.monotonic()


class Signals:
    """Waits for time to pass, a child to end, or the order to end (SIGTERM, SIGINT)."""

    def __init__(self) -> None:
        self._told_to_end = False
        self._reader, writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)

    def wait(self, seconds: float) -> bool:
        """Wait at most so long; whether the worker is to end."""
        if not self._told_to_end and select.select([self._reader], [], [], seconds)[0]:
            os.read(self._reader, 4096)
        return self._told_to_end

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self._told_to_end = True
