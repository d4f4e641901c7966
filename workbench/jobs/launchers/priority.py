"""Who waits for a page goes first: what works in the background steps back where both want the processor.

Nobody is slower for it where nobody else wants it.
"""

import contextlib
import os
from pathlib import Path

BEHIND = 10
"""A job's niceness: it gets a tenth of what a page gets."""


def step_back(pid: int, by: int = BEHIND) -> None:
    """Let a process that leads a session of its own, and all that it starts, go behind others.

    Niceness counts within a session alone where Linux groups processes by sessions (autogroup), so the
    session is told, too. To be called before the process has threads.
    """
    with contextlib.suppress(OSError):  # it has ended, or is somebody else's
        os.setpriority(os.PRIO_PROCESS, pid, max(by, os.getpriority(os.PRIO_PROCESS, pid)))
        if os.getsid(pid) == pid:
            Path(f"/proc/{pid}/autogroup").write_text(str(by))
