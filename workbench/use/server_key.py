"""The key of the model server: made at first use, kept in the home for its owner's eyes only.

Processes hand each other the file's path, never the key: it stands in no job, no log and no
command line.
"""

import contextlib
import os
import secrets
import stat
from pathlib import Path

from filelock import FileLock

from storage import files
from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.core.whole import whole_file

VARIABLE = "WORKBENCH_SERVER_KEY"
OFF = "off"
SHORTEST = 16
_BEGINS = "wb-"


def key_file() -> Path | None:
    """The file with the key, made if it is missing; None where the setting turns keys off.

    Raises:
        WorkbenchError: the setting or the file is not what it should be.
    """
    if _is_off():
        return None
    path = files.folder("serve") / "key"
    if not _content(path):
        _make(path)
    _of_owner_only(path)
    if not _is_key(_content(path)):
        raise WorkbenchError(
            f"The file {path} holds no key of {SHORTEST} characters or more, without blanks: "
            "delete it, and a new one is made."
        )
    return path


def key() -> str:
    """The key; empty where the setting turns keys off.

    Raises:
        WorkbenchError: the setting or the file is not what it should be.
    """
    path = key_file()
    return _content(path) if path else ""


def told(store: Store) -> str:
    """The key as it is shown to people: it opens the models of all projects, so to administrators only.

    Raises:
        WorkbenchError: the setting or the file is not what it should be.
    """
    return key() if store.acting is None or store.acting.administrator else ""


def _is_off() -> bool:
    setting = os.environ.get(VARIABLE, "").strip().lower()
    if setting not in ("", "on", OFF):
        raise WorkbenchError(
            f"{VARIABLE} can only be '{OFF}', so that the model server asks for no key: "
            "leave it out for a key of its own."
        )
    return setting == OFF


def _content(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        raise WorkbenchError(
            f"The key of the model server in {path} cannot be read ({error}): delete the file, "
            "and a new one is made."
        ) from error


def _is_key(text: str) -> bool:
    return len(text) >= SHORTEST and text.isascii() and text.isprintable() and " " not in text


def _make(path: Path) -> None:
    """Whole or not at all; where processes come at the same time, the first one's key holds."""
    with FileLock(path.with_suffix(".lock")):
        if _content(path):
            return
        with whole_file(path, flushed=True) as part:
            part.touch(mode=0o600)
            part.write_text(f"{_BEGINS}{secrets.token_urlsafe(32)}\n", "utf-8")


def _of_owner_only(path: Path) -> None:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        with contextlib.suppress(OSError):  # a disk that knows no owners
            path.chmod(0o600)
