"""The log of requests: a line each, without texts; these in a file of their own while they are kept.

A log that cannot be written (a full disk) stops no answer.
"""

import datetime as dt
import json
import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workbench.jobs.process.serve_files import (
    KEEP_TEXTS,
    LONGEST_LOG,
    OLDER_LOGS,
    REQUESTS,
    TEXTS,
    LoggedRequest,
    logged_requests,
)

_log = logging.getLogger(__name__)


class RequestLog:
    """Appends to the logs in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    def add(self, request: LoggedRequest, question: Any, answers: Any) -> None:
        """Keep a request; its texts only where the user wants that."""
        try:
            with self._lock:
                self._append(self._folder / REQUESTS, request.as_dict())
                if (self._folder / KEEP_TEXTS).exists():
                    told = {"question": question, "answers": answers}
                    self._append(self._folder / TEXTS, {**request.as_dict(), **told})
        except OSError as error:
            _log.warning("a request could not be logged: %s", error)

    def tokens(self) -> Iterator[tuple[int, int, dt.date]]:
        """Key, tokens and day (UTC) of each request that is still known and had a key."""
        for one in logged_requests(self._folder):
            if one.key_id is not None:
                day = dt.datetime.fromisoformat(one.at).date()
                yield one.key_id, one.tokens_read + one.tokens_written, day

    def _append(self, path: Path, value: dict[str, Any]) -> None:
        """One write, so that the lines of two servers stay whole."""
        line = json.dumps(value, ensure_ascii=False) + "\n"
        if path.exists() and path.stat().st_size > LONGEST_LOG:
            _turn(path)
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line.encode("utf-8", "backslashreplace"))
        finally:
            os.close(descriptor)


def _turn(path: Path) -> None:
    """Make room for a new log; the oldest part goes."""
    for number in range(OLDER_LOGS - 1, -1, -1):
        part = path.with_name(f"{path.name}.{number}") if number else path
        if part.exists():
            os.replace(part, path.with_name(f"{path.name}.{number + 1}"))
