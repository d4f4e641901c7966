"""What a conversion may take of the machine, and the sentences when it wants more."""

import contextlib
import errno
import os
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path

import psutil
import pyarrow as pa

from workbench.errors import WorkbenchError
from workbench.words import size

CONVERT_BYTES = 1 << 30
"""Memory beyond the interpreter's own, in addresses; a usual file needs a tenth of it."""
PREPARE_SHARE = 0.6
"""Of the memory that is free when it begins."""
MOST_UNPACKED_BYTES = 32 << 30
MOST_RATIO = 200
"""Tables shrink to a tenth or a twentieth; what shrinks far more was made to fill a disk."""
RATIO_FROM_BYTES = 64 << 20
RESERVE_BYTES = 500_000_000
"""So much of the disk stays free for everything else."""


def for_convert() -> int:
    """How many bytes of addresses a conversion may take."""
    return CONVERT_BYTES


def for_prepare() -> int:
    """How many bytes of addresses preparing may take: it holds the examples in memory."""
    return max(CONVERT_BYTES, int(PREPARE_SHARE * psutil.virtual_memory().available))


def limit_memory(more_bytes: int) -> None:
    """Let this process grow by so much and no more: what asks for more gets a MemoryError."""
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    if not hasattr(resource, "RLIMIT_AS") or os.uname().sysname == "Darwin":
        return  # macOS knows the limit but does not keep it
    wanted = psutil.Process().memory_info().vms + more_bytes
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or wanted < hard:
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))


def check_room(folder: Path, wanted: int, name: str) -> None:
    """Refuse what the disk does not take.

    Raises:
        WorkbenchError: fewer than `wanted` bytes can be spared.
    """
    free = max(0, shutil.disk_usage(folder).free - RESERVE_BYTES)
    if wanted > free:
        raise WorkbenchError(
            f"{name} needs {size(wanted)} on the disk while it is read, but only {size(free)} can "
            f"be spared on the one that holds {folder}: free some space and try again."
        )


@contextlib.contextmanager
def explained(too_large: str) -> Iterator[None]:
    """Errors of the machine in one sentence; `too_large` is the one for want of memory."""
    try:
        yield
    except (MemoryError, pa.ArrowMemoryError):
        raise WorkbenchError(too_large) from None
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise WorkbenchError(
            "The disk became full while the file was read: free some space and try again. "
            "Nothing that was saved before is lost."
        ) from None
