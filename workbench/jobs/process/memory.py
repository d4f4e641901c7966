"""How much memory a process has held at most, as a whole and phase by phase; and how much is free."""

import contextlib
import platform
import resource
import sys
from pathlib import Path
from typing import Any

import psutil

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_CGROUP = Path("/sys/fs/cgroup")
_RESET_PEAK = "5"
"""What makes Linux begin anew with the most that was held (proc(5), clear_refs)."""
_MB = 2**20


class Peaks:
    """The most that was held, in each phase of the work."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self._phase = ""

    def enter(self, phase: str) -> None:
        """From here on it counts for another phase; one may be entered again."""
        self.by_phase()
        self._phase = phase
        _begin_anew()

    def by_phase(self) -> dict[str, int]:
        """Phase → bytes. Where the system cannot begin anew, each holds those before it as well."""
        if self._phase:
            self._known[self._phase] = max(_most(), self._known.get(self._phase, 0))
        else:
            self._known[""] = _most()
        return {name: most for name, most in self._known.items() if name}

    def most(self) -> int:
        """Bytes, of all phases."""
        self.by_phase()
        return max(self._known.values())


peaks = Peaks()
"""Those of this process."""


def peak_memory_mb() -> int:
    """Most memory this process has held; on a GPU, the larger of the two."""
    return int(peaks.most() // _MB)


def phase_memory_mb() -> dict[str, int]:
    """The same for each phase."""
    return {name: int(most // _MB) for name, most in peaks.by_phase().items()}


def free_memory() -> int:
    """Bytes that this process can still take: of the machine, or of what a container may have."""
    free = int(psutil.virtual_memory().available)
    limit, used = _cgroup("memory.max"), _cgroup("memory.current")
    if limit is None or used is None:
        return free
    return max(0, min(free, limit - used + _given_back()))


def held_memory() -> int:
    """Bytes that this process holds now."""
    return int(psutil.Process().memory_info().rss)


def _begin_anew() -> None:
    if (torch := _torch()) is not None:
        torch.cuda.reset_peak_memory_stats()
    with contextlib.suppress(OSError):
        _CLEAR.write_text(_RESET_PEAK)


def _most() -> int:
    most = _most_resident()
    if (torch := _torch()) is not None:
        most = max(most, int(torch.cuda.max_memory_reserved()))
    return most


def _torch() -> Any:
    torch = sys.modules.get("torch")
    return torch if torch and torch.cuda.is_available() else None


def _cgroup(name: str) -> int | None:
    try:
        text = (_CGROUP / name).read_text().strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None


def _given_back() -> int:
    """Bytes of files that the container holds and gives back before anything is refused."""
    with contextlib.suppress(OSError):
        for line in (_CGROUP / "memory.stat").read_text().splitlines():
            if line.startswith("inactive_file "):
                return int(line.split()[1])
    return 0


def _most_resident() -> int:
    """Most bytes of memory. Linux's `ru_maxrss` would count the parent's, from before the start."""
    if _STATUS.exists():
        lines = _STATUS.read_text().splitlines()
        found = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
        if found:
            return int(found[0]) * 1024
    unit = 1 if platform.system() == "Darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
