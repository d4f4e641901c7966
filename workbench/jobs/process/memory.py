"""How much memory a process has held at most, told with its result."""

import platform
import resource
import sys
from pathlib import Path


def peak_memory_mb() -> int:
    """Most memory this process has held; on a GPU, the larger of the two."""
    peak = _most_resident() // 2**20
    torch = sys.modules.get("torch")
    if torch and torch.cuda.is_available():
        peak = max(peak, torch.cuda.max_memory_reserved() // 2**20)
    return int(peak)


def _most_resident() -> int:
    """Most bytes of memory. Linux's `ru_maxrss` would count the parent's, from before the start."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text().splitlines()
        found = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
        if found:
            return int(found[0]) * 1024
    unit = 1 if platform.system() == "Darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
