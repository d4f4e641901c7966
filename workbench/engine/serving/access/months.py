"""Tokens that each key has used in this month (UTC), in a file: the log does not reach back so far."""

import datetime as dt
import logging
import threading
from collections.abc import Callable
from pathlib import Path

from workbench.jobs.process.job_dir import read_json, write_json

_log = logging.getLogger(__name__)

FILE = "tokens-of-the-month.json"


class Months:
    """Counts, and keeps what it has counted; a disk that takes nothing stops no answer."""

    def __init__(self, path: Path | None, now: Callable[[], dt.datetime]) -> None:
        """Without a path nothing is kept. One that cannot be read begins anew."""
        self._path, self._now, self._lock = path, now, threading.Lock()
        self._month, self._tokens = _read(path)

    def used(self, key_id: int) -> int:
        """Tokens of this month."""
        with self._lock:
            self._turn()
            return self._tokens.get(key_id, 0)

    def add(self, key_id: int, tokens: int) -> None:
        """Count tokens that were used now."""
        with self._lock:
            self._turn()
            self._tokens[key_id] = self._tokens.get(key_id, 0) + tokens
            kept = {str(key): count for key, count in self._tokens.items()}
            if self._path is None:
                return
            try:
                write_json(self._path, {"month": self._month, "tokens": kept})
                self._path.chmod(0o600)
            except OSError as error:
                _log.warning("tokens of the month could not be kept: %s", error)

    def until_next_s(self) -> float:
        """Seconds until the next month begins."""
        now = self._now()
        first = dt.datetime(now.year + now.month // 12, now.month % 12 + 1, 1, tzinfo=now.tzinfo)
        return (first - now).total_seconds()

    def _turn(self) -> None:
        month = f"{self._now():%Y-%m}"
        if month != self._month:
            self._month, self._tokens = month, {}


def _read(path: Path | None) -> tuple[str, dict[int, int]]:
    told = read_json(path) if path is not None else None
    try:
        kept = told or {}
        return str(kept.get("month", "")), {int(k): int(v) for k, v in kept["tokens"].items()}
    except (KeyError, TypeError, ValueError, AttributeError):
        return "", {}
