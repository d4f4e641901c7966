"""Whose turn it is to compute: first come, first served, handed on ten times a second.

Two answers that are asked at once (base and tuned, say) grow side by side instead of one
waiting for the other, although they share one model and one processor.
"""

import threading
import time
from collections import deque

SLICE_S = 0.1
"""Switching adapters takes about 10 ms, so a turn lasts longer than one quick token."""


class FairLock:
    """A fair lock that its holder can pass on and get back."""

    def __init__(self, slice_s: float = SLICE_S) -> None:
        self._slice_s = slice_s
        self._since = 0.0
        self._changed = threading.Condition()
        self._queue: deque[int] = deque()

    def __enter__(self) -> "FairLock":
        with self._changed:
            self._wait_in_line()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._leave()

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return max(0, len(self._queue) - 1)

    def is_over(self) -> bool:
        """Whether somebody else is waiting, and the holder has had its time."""
        return len(self._queue) > 1 and time.monotonic() - self._since >= self._slice_s

    def pass_on(self) -> None:
        """Let everybody who waits go first, then hold the turn again."""
        with self._changed:
            self._leave()
            self._wait_in_line()

    def _wait_in_line(self) -> None:
        me = threading.get_ident()
        self._queue.append(me)
        self._changed.wait_for(lambda: self._queue[0] == me)
        self._since = time.monotonic()

    def _leave(self) -> None:
        self._queue.popleft()
        self._changed.notify_all()
