"""Keeps processes that work at users' files and models apart, where `WORKBENCH_ISOLATE=bwrap` asks for it.

Under bubblewrap (namespaces of the kernel, no privileges) such a process sees the file system as it
is but may write to its own folders only; what it must not see is empty; and without a network it
reaches nobody. Off by default: there are systems on which users may make no namespaces.
"""

import functools
import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from workbench.core.errors import WorkbenchError

VARIABLE, BWRAP = "WORKBENCH_ISOLATE", "bwrap"
_PRIVATE_TMP = "/var/tmp"
_TRIED_S = 10.0


def is_wanted() -> bool:
    """Whether the setting asks for it.

    Raises:
        WorkbenchError: it asks for something else than bubblewrap.
    """
    said = os.environ.get(VARIABLE, "")
    if said not in ("", BWRAP):
        raise WorkbenchError(
            f"{VARIABLE} is '{said}', and there is only '{BWRAP}': correct the setting, or leave it out."
        )
    return bool(said)


@functools.cache
def why_not() -> str:
    """Why processes cannot be kept apart here; empty if they can."""
    if shutil.which(BWRAP) is None:
        return "bubblewrap is not installed (Debian: apt-get install bubblewrap)"
    command = [*_sandbox((), (), network=False, ends_with_us=True), "true"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_TRIED_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return "" if done.returncode == 0 else done.stderr.strip() or f"it ends with {done.returncode}"


def wrapped(
    command: Sequence[str],
    write: Iterable[Path],
    hide: Iterable[Path] = (),
    *,
    network: bool,
    ends_with_us: bool,
) -> list[str]:
    """The command that runs this one apart; open files are handed down through it.

    Its process is bubblewrap's, whose only child is the program: that one gets the signals, and what
    it ends with is told as a shell tells it (128 and the signal's number).

    Args:
        write: folders that may be written to; one that is not there is passed over.
        hide: folders that are empty for it, and files that it cannot open.
        ends_with_us: whether it is killed when this process ends, rather than told by its lifeline.

    Raises:
        WorkbenchError: that is not possible here.
    """
    if reason := why_not():
        raise WorkbenchError(
            f"{VARIABLE} asks for processes that are kept apart, which is not possible here: {reason}. "
            "Mend that, or leave the setting out, and start the workbench again."
        )
    return [*_sandbox(write, hide, network=network, ends_with_us=ends_with_us), *command]


def _sandbox(
    write: Iterable[Path], hide: Iterable[Path], *, network: bool, ends_with_us: bool
) -> list[str]:
    words = [BWRAP, "--ro-bind", "/", "/", "--dev-bind", "/dev", "/dev", "--tmpfs", _PRIVATE_TMP]
    for path in hide:
        if path.is_dir():
            words += ["--tmpfs", str(path)]
        elif path.exists():
            words += ["--ro-bind", "/dev/null", str(path)]
    for path in write:
        words += ["--bind-try", str(path), str(path)]
    words += [
        "--setenv",
        "TMPDIR",
        _PRIVATE_TMP,
        "--unshare-user",
        "--unshare-ipc",
        "--unshare-uts",
    ]
    words += [] if network else ["--unshare-net"]
    words += ["--die-with-parent"] if ends_with_us else []
    return [*words, "--"]


def exit_code(code: int) -> int:
    """What the program itself ended with, negative for a signal, by what bubblewrap says."""
    return 128 - code if 128 < code < 192 else code
