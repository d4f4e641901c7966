"""What a conversion may take of the machine, and the sentences when it wants more."""

import contextlib
import errno
import os
import resource
from collections.abc import Iterator

import psutil
import pyarrow as pa

from workbench.core.errors import WorkbenchError

CONVERT_BYTES = 1 << 30
"""Memory beyond the interpreter's own, in addresses; a usual file needs a tenth of it."""
PREPARE_SHARE = 0.6
"""Of the memory that is free when it begins."""


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


def unlimit_memory() -> None:
    """Let this process grow again, to tell what it found."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


@contextlib.contextmanager
def explain_errors(too_large: str) -> Iterator[None]:
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
