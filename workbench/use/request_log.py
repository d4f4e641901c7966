"""What the model server was asked, by whom and how it went; its texts only while they are kept."""

import contextlib
import datetime as dt
from functools import lru_cache
from pathlib import Path

from storage import files
from storage.database import Store
from storage.programs import api_keys
from storage.rights.installation import check_administrator
from workbench.jobs.process.serve_files import (
    KEEP_TEXTS,
    OLDER_LOGS,
    REQUESTS,
    TEXTS,
    LoggedRequest,
    log_parts,
    requests_in,
)
from workbench.use import switches

COLUMNS = ("at", "key", "route", "model", "answered_by", "status", "tokens_read", "tokens_written",
           "seconds")  # fmt: skip
"""Of the table and the CSV file."""
_NOUN = "the log of requests"


def listing(limit: int | None = None) -> list[LoggedRequest]:
    """The requests that the log still knows, the newest first.

    Args:
        limit: how many at most; None for all.
    """
    found = _known()[::-1]
    return found if limit is None else found[:limit]


def seen_by(store: Store, project_id: int) -> list[LoggedRequest]:
    """The requests of a project that who asks may see, the newest first.

    Where people have accounts these are those with the project's keys, for its members; administrators
    see all, and so does everybody where nobody has an account.
    """
    if is_ours(store):
        return listing()
    with store.read() as session:
        mine = {
            key.id
            for key in api_keys.listing(session, revoked=True)
            if key.project_id == project_id
        }
    return [one for one in listing() if one.key_id in mine]


def is_ours(store: Store) -> bool:
    """Whether who asks may see, keep and delete the log of all: it is one for the installation."""
    return store.acting is None or store.acting.administrator


def last_uses() -> dict[int, dt.datetime]:
    """Key → when it was last used, of those that the log still knows."""
    return {
        one.key_id: dt.datetime.fromisoformat(one.at) for one in _known() if one.key_id is not None
    }


def _known() -> list[LoggedRequest]:
    """All of them, the oldest first; what has not changed since it was last read is not read again."""
    found: list[LoggedRequest] = []
    for part in log_parts(files.folder("serve") / REQUESTS):
        with contextlib.suppress(FileNotFoundError):
            about = part.stat()
            found += _read(part, about.st_ino, about.st_mtime_ns, about.st_size)
    return found


@lru_cache(maxsize=OLDER_LOGS + 1)
def _read(part: Path, _number: int, _changed: int, _size: int) -> tuple[LoggedRequest, ...]:
    return tuple(requests_in(part))


def keeps_texts(store: Store) -> bool:
    """Whether questions and answers are kept.

    Raises:
        StorageError: who asks is no administrator; so with all that follows.
    """
    check_administrator(store, _NOUN)
    return switches.is_on(KEEP_TEXTS)


def keep_texts(store: Store, on: bool) -> None:
    """Keep questions and answers from now on, or stop it; what was kept stays.

    Raises:
        StorageError: the disk takes nothing.
    """
    check_administrator(store, _NOUN)
    switches.switch(KEEP_TEXTS, on)


def kept_texts_bytes(store: Store) -> int:
    """How much was kept of questions and answers."""
    check_administrator(store, _NOUN)
    return sum(files.size_of(part) for part in log_parts(files.folder("serve") / TEXTS))


def delete_texts(store: Store) -> None:
    """Delete all questions and answers that were kept.

    Raises:
        StorageError: the disk allows no change.
    """
    check_administrator(store, _NOUN)
    _delete(TEXTS)


def delete_log(store: Store) -> None:
    """Delete the whole log, texts included; what a key has used today begins anew.

    Raises:
        StorageError: the disk allows no change.
    """
    check_administrator(store, _NOUN)
    _delete(TEXTS)
    _delete(REQUESTS)


def _delete(name: str) -> None:
    path = files.folder("serve") / name
    with files.said_on_disk(path):
        for part in log_parts(path):
            part.unlink(missing_ok=True)
