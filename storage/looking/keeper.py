"""Takes connections back from looks of which nobody has asked anything for a while.

A page may wait for a model's answer for a minute: meanwhile it holds no connection.
"""

import threading
import time
from typing import Protocol

_EVERY_S = 0.5


class Resting(Protocol):
    """What can be told to give back what it does not need."""

    def rest(self) -> None:
        """Give it back."""


_kept: set[Resting] = set()
_is_some = threading.Condition()
_thread: threading.Thread | None = None


def keep(look: Resting) -> None:
    """Look after it from now on."""
    global _thread
    with _is_some:
        _kept.add(look)
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_run, name="looks", daemon=True)
            _thread.start()
        _is_some.notify()


def leave(look: Resting) -> None:
    """Look after it no longer."""
    with _is_some:
        _kept.discard(look)


def _run() -> None:
    while True:
        with _is_some:
            _is_some.wait_for(lambda: bool(_kept))
            now = list(_kept)
        for look in now:
            look.rest()
        time.sleep(_EVERY_S)
