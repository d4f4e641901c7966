"""Groups of texts read at once, one on each core.

Threads that share one product wait for each other a hundred times in a group, which is dear where other
programs want the cores, too; threads with a group of their own wait once.
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import torch

from workbench.engine.runtime import device

Group = TypeVar("Group")
Found = TypeVar("Found")


def on_cores(read: Callable[[Group], Found], groups: Sequence[Group]) -> Iterator[Found]:
    """What `read` gives for each group, in their order.

    As many as there are cores are read at once, and no other before these are asked for: who leaves in
    between leaves nothing running. One that is left over has all cores.
    """
    cores = torch.get_num_threads()
    if device.device().type != "cpu" or cores < 2:
        yield from map(read, groups)
        return
    for start in range(0, len(groups), cores):
        part = groups[start : start + cores]
        yield from list(_threads(cores).map(read, part)) if len(part) > 1 else map(read, part)


@functools.cache
def _threads(count: int) -> ThreadPoolExecutor:
    """As many threads, each of which computes by itself."""
    started = Barrier(count + 1)

    def begin() -> None:
        torch.get_num_threads()  # a thread that was not asked would take the usual number later
        torch.set_num_threads(1)
        started.wait()

    pool = ThreadPoolExecutor(count, "texts", begin)
    for _ in range(count):
        pool.submit(int)
    started.wait()
    torch.set_num_threads(count)  # a thread's own number is also that of threads to come
    return pool
