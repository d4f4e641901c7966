"""Keeps this process to the files that it needs: Linux's Landlock, called without any library.

From then on this thread, and what it starts, opens nothing but what is named; and no TCP
connection, no signal to others, no other program, as far as the kernel knows of that. It cannot be
taken back. Where a kernel or a system has no Landlock (Linux before 5.13, macOS), nothing happens.
"""

import ctypes
import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

from workbench.core.paths import CHECKOUT

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION, _BENEATH, _NO_NEW_PRIVILEGES = 1, 1, 38
_READ_FILE, _READ_DIR, _WRITE_FILE = 1 << 2, 1 << 3, 1 << 1
_REFER, _TRUNCATE, _IOCTL = 1 << 13, 1 << 14, 1 << 15
_FIRST = (1 << 13) - 1
_OF_FILES = _READ_FILE | _WRITE_FILE | _TRUNCATE
_TCP, _OTHERS = 0b11, 0b11
KNOWS_TCP, _KNOWS_OTHERS = 4, 6
"""The first versions that do."""
_SYSTEM = (
    "/usr", "/lib", "/lib64", "/nix/store", "/gnu/store", "/etc/ld.so.cache", "/etc/localtime", "/etc/timezone",
    "/etc/mime.types", "/dev/null", "/dev/zero", "/dev/random", "/dev/urandom", "/proc/self",
    "/proc/meminfo", "/proc/stat", "/proc/cpuinfo", "/proc/sys/vm", "/sys/devices/system/cpu",
)  # fmt: skip
"""What libraries read while they work, and what holds nothing of a user's."""


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """Of the kernel's Landlock; 0 without one."""
    if sys.platform != "linux":
        return 0
    return max(0, _call(_CREATE, None, 0, _VERSION))


def programs() -> list[Path]:
    """What this program is made of: Python, its packages and our own modules."""
    ours = [CHECKOUT / name for name in ("workbench", "storage")]
    known = [Path(entry).resolve() for entry in sys.path if entry]
    packages = [path for path in known if not CHECKOUT.is_relative_to(path)]
    return [*ours, *packages, Path(sys.prefix), Path(sys.base_prefix), *map(Path, _SYSTEM)]


def confine(read: Iterable[Path], write: Iterable[Path]) -> bool:
    """From now on only what lies in these folders can be opened; whether the kernel keeps to it.

    Args:
        read: files and folders; those that are not there are passed over.
        write: folders in which everything may be done but run programs.
    """
    known = version()
    if not known:
        return False
    every = _FIRST | (known >= 2) * _REFER | (known >= 3) * _TRUNCATE | (known >= 5) * _IOCTL
    rules = _Ruleset(every, (known >= KNOWS_TCP) * _TCP, (known >= _KNOWS_OTHERS) * _OTHERS)
    size = ctypes.sizeof(rules) if known >= _KNOWS_OTHERS else 16 if known >= KNOWS_TCP else 8
    ruleset = _call(_CREATE, ctypes.byref(rules), size, 0)
    if ruleset < 0:
        return False
    try:
        for path in read:
            _allow(ruleset, path, _READ_FILE | _READ_DIR)
        for path in write:
            _allow(ruleset, path, every & ~(1 | _IOCTL))
        _libc().prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        return _call(_RESTRICT, ruleset, 0) == 0
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(opened).st_mode):
            rights &= _OF_FILES
        rule = _Beneath(rights, opened)
        _call(_ADD, ruleset, _BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(opened)


def _call(number: int, *values: object) -> int:
    return int(_libc().syscall(number, *values))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
