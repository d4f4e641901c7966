"""Work that leaves no threads behind.

Each thread that computes gets a team of OpenMP's, which stays as long as it does. With more of them
than cores none waits awake for the next product any more, and each of a step's hundreds has to wake
its team: a token takes half as long again.
"""

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def apart(work: Callable[[], T]) -> T:
    """What `work` gives, done in a thread that ends with it.

    Raises:
        BaseException: whatever it raises.
    """
    found: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run, name="apart")
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return found[0]
