"""Whether a job's work is to be left, and how: kept as it is, or for another attempt to go on."""

import contextlib
import threading
from collections.abc import Callable, Iterator

Check = Callable[[], None]
"""Leaves the work by an exception if it is to be left; long loops call it."""


class Cancelled(Exception):
    """The user asked to stop (SIGTERM)."""


class Orphaned(Exception):
    """The worker died (end of the lifeline), or the user paused the job (SIGTERM and a file)."""


class Stop:
    """The request to leave, set from outside; the work calls `check` or looks at it.

    Whoever is cancelled keeps what it has as its result; whoever is orphaned or paused leaves
    none, but a whole checkpoint, from which the next attempt goes on.
    """

    def __init__(self) -> None:
        self._cancelled, self._orphaned = threading.Event(), threading.Event()
        self._at_once = self._holding = False

    def cancel(self) -> None:
        """The user wants it to end with what it has.

        Raises:
            Cancelled: in work that is left at once.
        """
        self._cancelled.set()
        self._leave_at_once()

    def pause(self) -> None:
        """The user wants it to go on another time.

        Raises:
            Orphaned: in work that is left at once.
        """
        self._orphaned.set()
        self._leave_at_once()

    def orphan(self) -> None:
        """The worker has died; said by another thread than the work's."""
        self._orphaned.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether to keep what there is and end."""
        return self._cancelled.is_set()

    @property
    def is_orphaned(self) -> bool:
        """Whether to leave for another attempt."""
        return self._orphaned.is_set()

    @property
    def is_wanted(self) -> bool:
        """Whether to leave at the next good moment, one way or the other."""
        return self.is_cancelled or self.is_orphaned

    def check(self) -> None:
        """Leave here if asked to.

        Raises:
            Cancelled: by the user.
            Orphaned: the worker died, or the user paused the job.
        """
        if self.is_orphaned:
            raise Orphaned
        if self.is_cancelled:
            raise Cancelled

    def wait_until_orphaned(self, timeout_s: float) -> bool:
        """Wait for the worker's death; whether it came."""
        return self._orphaned.wait(timeout_s)

    @contextlib.contextmanager
    def at_once(self) -> Iterator[None]:
        """Here SIGTERM interrupts, wherever the work is: for work that keeps nothing of a part."""
        self._at_once = True
        try:
            yield
        finally:
            self._at_once = False

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """What is done here is done to its end, even in work that is left at once.

        Raises:
            Cancelled, Orphaned: afterwards, if it was asked to leave meanwhile.
        """
        self._holding = True
        try:
            yield
        finally:
            self._holding = False
        self._leave_at_once()

    def _leave_at_once(self) -> None:
        if self._at_once and not self._holding:
            self.check()
