"""Whose turn it is to compute: first come, first served, handed on after every token.

Two answers that are asked at once (base and tuned, say) grow side by side instead of one
waiting for the other, although they share one model and one processor.
"""

import threading
from collections import deque


class Turns:
    """A fair lock that its holder can pass on and get back."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._queue: deque[int] = deque()

    def __enter__(self) -> "Turns":
        with self._changed:
            self._wait_in_line()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._leave()

    def wanted(self) -> bool:
        """Whether somebody else is waiting."""
        return len(self._queue) > 1

    def pass_on(self) -> None:
        """Let everybody who waits go first, then hold the turn again."""
        with self._changed:
            self._leave()
            self._wait_in_line()

    def _wait_in_line(self) -> None:
        me = threading.get_ident()
        self._queue.append(me)
        self._changed.wait_for(lambda: self._queue[0] == me)

    def _leave(self) -> None:
        self._queue.popleft()
        self._changed.notify_all()
