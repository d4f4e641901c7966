"""What a process says of itself with its result: the memory that it took, and its libraries."""

import importlib.metadata
import platform
import resource
import sys
from pathlib import Path

PACKAGES = ("torch", "transformers", "peft", "bitsandbytes", "accelerate", "tokenizers")


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


def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that shape a result."""
    found = {name: importlib.metadata.version(name) for name in PACKAGES}
    return {"python": platform.python_version(), **found}
