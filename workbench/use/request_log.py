"""What the model server was asked, by whom and how it went; its texts only while they are kept."""

import datetime as dt

from storage import files
from workbench.jobs.process.serve_files import (
    KEEP_TEXTS,
    REQUESTS,
    TEXTS,
    LoggedRequest,
    log_parts,
    logged_requests,
)
from workbench.use import switches

COLUMNS = ("at", "key", "route", "model", "answered_by", "status", "tokens_read", "tokens_written",
           "seconds")  # fmt: skip
"""Of the table and the CSV file."""


def listing(limit: int | None = None) -> list[LoggedRequest]:
    """The requests that the log still knows, the newest first.

    Args:
        limit: how many at most; None for all.
    """
    found = list(logged_requests(files.folder("serve")))[::-1]
    return found if limit is None else found[:limit]


def last_uses() -> dict[int, dt.datetime]:
    """Key → when it was last used, of those that the log still knows."""
    return {
        one.key_id: dt.datetime.fromisoformat(one.at)
        for one in logged_requests(files.folder("serve"))
        if one.key_id is not None
    }


def keeps_texts() -> bool:
    """Whether questions and answers are kept."""
    return switches.is_on(KEEP_TEXTS)


def keep_texts(on: bool) -> None:
    """Keep questions and answers from now on, or stop it; what was kept stays.

    Raises:
        StorageError: the disk takes nothing.
    """
    switches.switch(KEEP_TEXTS, on)


def kept_texts_bytes() -> int:
    """How much was kept of questions and answers."""
    return sum(files.size_of(part) for part in log_parts(files.folder("serve") / TEXTS))


def delete_texts() -> None:
    """Delete all questions and answers that were kept.

    Raises:
        StorageError: the disk allows no change.
    """
    _delete(TEXTS)


def delete_log() -> None:
    """Delete the whole log, texts included; what a key has used today begins anew.

    Raises:
        StorageError: the disk allows no change.
    """
    _delete(TEXTS)
    _delete(REQUESTS)


def _delete(name: str) -> None:
    path = files.folder("serve") / name
    with files.said_on_disk(path):
        for part in log_parts(path):
            part.unlink(missing_ok=True)
