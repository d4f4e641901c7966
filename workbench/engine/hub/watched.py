"""Work with the hub in a thread of its own, while its job stays ready to leave."""

import threading
from collections.abc import Callable, Iterator

from workbench.jobs.process.stop import Stop

LOOK_S = 0.5
THREAD = "hub"
"""What the thread is called."""


def while_working(
    work: Callable[[], None], stop: Stop, check: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """Do the work; yields now and then, and once more after its end.

    Args:
        check: looks at every turn whether to go on, and raises if not.

    Raises:
        Cancelled, Orphaned: the process is to leave; the work is left alone, and ends with it.
        Exception: what the work, or the check, has raised.
    """
    failed: list[BaseException] = []

    def done() -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=done, name=THREAD, daemon=True)
    thread.start()
    while True:
        thread.join(LOOK_S)
        is_over = not thread.is_alive()
        stop.check()
        if failed:
            raise failed[0]
        check()
        yield
        if is_over:
            return
