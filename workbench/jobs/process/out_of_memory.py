"""Whether the system ended a process because memory ran out.

The kernel counts such ends (`oom_kill`) for the machine and for each control group; where it
does not (macOS), the memory that was free shortly before is the only trace.
"""

from pathlib import Path

import psutil

_VMSTAT = Path("/proc/vmstat")
_CGROUP = Path("/proc/self/cgroup")
_CGROUP_ROOT = Path("/sys/fs/cgroup")
_LOW_SHARE = 0.04


def kills() -> int | None:
    """How many processes the system ended for memory since the boot; None if it does not say."""
    counts = [count for path in _counters() if (count := _oom_kill(path)) is not None]
    return sum(counts) if counts else None


def is_low() -> bool:
    """Whether hardly any memory is left, on the machine or under a limit set for it."""
    memory = psutil.virtual_memory()
    return memory.available < _LOW_SHARE * memory.total or _limit_is_near()


def _counters() -> list[Path]:
    group = _own_group()
    return [_VMSTAT, group / "memory.events"] if group else [_VMSTAT]


def _own_group() -> Path | None:
    """This process's control group (version 2), if there is one."""
    for line in _lines(_CGROUP):
        if line.startswith("0::"):
            return _CGROUP_ROOT / line[3:].strip().lstrip("/")
    return None


def _oom_kill(path: Path) -> int | None:
    for line in _lines(path):
        if line.startswith("oom_kill "):
            return int(line.split()[1])
    return None


def _limit_is_near() -> bool:
    group = _own_group()
    limit = _number(group / "memory.max") if group else None
    used = _number(group / "memory.current") if group else None
    return bool(limit and used and limit - used < _LOW_SHARE * limit)


def _number(path: Path) -> int | None:
    text = "".join(_lines(path)).strip()
    return int(text) if text.isdigit() else None


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []
