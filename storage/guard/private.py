"""What is kept is for its owner alone: modes of the home, and of what leaves it.

Every process that keeps something asks for the home first (`files.home`), and that sets its umask;
what it starts inherits that. A home that an earlier version made wider is closed at once, at its
door; the files behind the door follow at the next start.
"""

import contextlib
import json
import logging
import os
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)

UMASK = 0o077
MARK = "private.json"
"""In the home: that its files were narrowed, how many, and whether that was told."""
_AT_ONCE_S = 0.3
"""So long a start may take; a larger home is narrowed beside the work."""
_users_umask: int | None = None
_not_closed: set[Path] = set()
"""Homes that this process tried to close in vain."""
_narrowing: dict[Path, threading.Thread] = {}


def keep_to_owner() -> None:
    """From now on this process makes files and folders that only their owner may read."""
    global _users_umask
    before = os.umask(UMASK)
    if _users_umask is None:
        _users_umask = before


def make(home: Path) -> None:
    """Make the home, for its owner alone; folders above it as any program would.

    Raises:
        OSError: it cannot be made.
    """
    for parent in reversed([path for path in home.parents if not path.exists()]):
        with contextlib.suppress(FileExistsError):
            parent.mkdir()
            parent.chmod(0o777 & ~(_users_umask or 0))
    home.mkdir(mode=0o700, exist_ok=True)


def close(home: Path, about: os.stat_result) -> None:
    """Keep others out of a home that is open to them; what it holds is narrowed later."""
    if not about.st_mode & UMASK or home in _not_closed:
        return
    if _is_ours(home, about):
        with contextlib.suppress(OSError):
            (home / MARK).unlink(missing_ok=True)
            home.chmod(stat.S_IMODE(about.st_mode) & ~UMASK)
            if not home.stat().st_mode & UMASK:
                return
    _not_closed.add(home)
    logger.warning("%s", problem(home))


def problem(home: Path) -> str:
    """Why others may be able to read what is in the home, and what to do; empty if they cannot."""
    if not home.stat().st_mode & UMASK:
        return ""
    return (
        f"Others who use this computer may be able to read your work, because {home} cannot be "
        "kept to yourself (its disk knows no permissions, or it is not a folder of your own): set "
        "WORKBENCH_HOME to a new folder, on a disk that does."
    )


def narrow(home: Path) -> None:
    """Narrow what an earlier version left open in the home, once; links are not followed."""
    about = home.stat()
    if (home / MARK).exists() or home in _narrowing or about.st_mode & UMASK:
        return
    if not _is_ours(home, about):
        return
    work = _narrowed(home)
    until = time.monotonic() + _AT_ONCE_S
    if all(time.monotonic() < until for _ in work):
        return
    thread = threading.Thread(target=lambda: [None for _ in work], name="narrow")
    _narrowing[home] = thread  # the process that began it ends when it is done
    thread.start()


def _narrowed(home: Path) -> Iterator[None]:
    """Stops again and again, so that whoever waits may look at the clock; the mark comes last."""
    count = 0
    for was_open in _walk(home):
        count += was_open
        yield
    _write(home, {"narrowed": count, "told": not count})
    if count:
        logger.warning("%s", _sentence(home, count))


def _walk(folder: str | Path) -> Iterator[bool]:
    """Narrow whatever is in the folder; for each thing, whether it was open."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):  # it went meanwhile, or is somebody else's
                mode = entry.stat(follow_symlinks=False).st_mode
                if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
                    continue
                if mode & UMASK:
                    os.chmod(entry.path, stat.S_IMODE(mode) & ~UMASK)
                yield bool(mode & UMASK)
                if stat.S_ISDIR(mode):
                    yield from _walk(entry.path)


def news(home: Path) -> str:
    """What was narrowed, as a sentence, until `told`; else empty."""
    mark = _read(home)
    return "" if mark.get("told", True) else _sentence(home, int(mark.get("narrowed", 0)))


def told(home: Path) -> None:
    """The user has read the news."""
    _write(home, {**_read(home), "told": True})


def _sentence(home: Path, count: int) -> str:
    what = "1 file or folder" if count == 1 else f"{count:,} files and folders"
    return (
        f"Other people who use this computer could read {what} in {home}: from now on only you can."
    )


def _read(home: Path) -> dict[str, Any]:
    try:
        mark = json.loads((home / MARK).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return mark if isinstance(mark, dict) else {}


def _write(home: Path, mark: dict[str, Any]) -> None:
    part = home / f".{MARK}.{os.getpid()}.part"
    with contextlib.suppress(OSError):  # it is narrowed again at the next start
        part.write_text(json.dumps(mark), "utf-8")
        os.replace(part, home / MARK)


def _is_ours(home: Path, about: os.stat_result) -> bool:
    """Whether it is a folder of the workbench's own, not one around other things, such as /tmp."""
    inside = (Path(__file__).resolve(), Path("~").expanduser().resolve())
    mine = about.st_uid == os.geteuid() and not about.st_mode & stat.S_ISVTX
    return mine and not any(path.is_relative_to(home.resolve()) for path in inside)


@contextlib.contextmanager
def taken_elsewhere(path: Path, home: Path) -> Iterator[None]:
    """What is written at `path` meanwhile is for other programs, so its mode is as any program's.

    In the home it is the owner's alone, like everything there.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError:
        mode = 0o666 & ~(UMASK if _users_umask is None else _users_umask)
    yield
    with contextlib.suppress(OSError):  # a disk that knows no modes
        if path.is_file() and not path.resolve().is_relative_to(home.resolve()):
            path.chmod(mode)
