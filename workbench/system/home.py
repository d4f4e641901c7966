"""The folder that holds everything the user made, and the logs in it."""

from dataclasses import dataclass
from pathlib import Path

from storage import address, files
from storage.database import Store
from storage.errors import StorageError
from storage.guard import private
from storage.rights.installation import check_administrator
from workbench.jobs.log_tail import tail
from workbench.jobs.operations import log

_NOUN = "the folder of the installation, and its logs"
LOGS = ("web", "worker", "reader")


@dataclass(frozen=True)
class HomeFolder:
    """Where the user's work lies."""

    path: Path
    size_bytes: int
    database: str
    """The address of a database that is elsewhere, without its password; else empty."""


def home_folder(store: Store) -> HomeFolder:
    """The folder and its size; a file that goes while it is counted counts as nothing.

    Raises:
        StorageError: who asks is no administrator; so with all that is told here.
    """
    check_administrator(store, _NOUN)
    path, url = files.home(), address.parsed(address.database_url())
    elsewhere = "" if url.get_backend_name() == "sqlite" else address.shown(url)
    return HomeFolder(path, sum(_size(file) for file in path.rglob("*")), elsewhere)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except FileNotFoundError:
        return 0


def news(store: Store) -> str:
    """What the user is to be told of the home, until they have read it (`read`); else empty."""
    check_administrator(store, _NOUN)
    return private.news(files.home())


def read(store: Store) -> None:
    """The user has read the news."""
    check_administrator(store, _NOUN)
    private.told(files.home())


def log_text(store: Store, name: str, lines: int = 200) -> str:
    """The end of one of the LOGS; empty when nothing has been written."""
    check_administrator(store, _NOUN)
    return tail(_log_path(name), lines)


def keep_log(name: str) -> None:
    """Let this process write its log into the home, too; without a home it stays on the screen."""
    try:
        path = _log_path(name)
    except (StorageError, OSError):
        return  # every page says that the home cannot be used
    log.keep(name, path)


def _log_path(name: str) -> Path:
    return files.folder("logs") / f"{name}.log"
