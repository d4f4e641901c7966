"""What the application and the model server tell each other in files beside models.json.

    live.json            projects' names in programs, and which of their models is live
    keys.json            hashes of the keys that are good, with their limits
    revoked-keys.json    the same of those that were revoked last, to know them when they come
    keep-texts           there while questions and answers are kept
    stay-awake           there while the server is not to end when nobody asks
    port                 where it answers, so that its address stays the same
    requests.jsonl       one line for each request that was answered, without its texts
    texts.jsonl          the texts, while they are kept

The logs are the server's, the others the application's. Logs are cut at `LONGEST_LOG`
bytes; older parts are called requests.jsonl.1 and so on, up to `OLDER_LOGS`.
"""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workbench.core.errors import WorkbenchError
from workbench.jobs.process.contract import Contract

LIVE, KEYS, PORT = "live.json", "keys.json", "port"
REVOKED = "revoked-keys.json"
KEEP_TEXTS, STAY_AWAKE = "keep-texts", "stay-awake"
REQUESTS, TEXTS = "requests.jsonl", "texts.jsonl"
LONGEST_LOG = 1 << 20
OLDER_LOGS = 5
OWN = "workbench"
"""Whose requests those with the server's own key are."""


@dataclass(frozen=True, kw_only=True)
class LiveName(Contract):
    """A name that follows what is live in a project."""

    id: str
    """mails:live"""
    project: str
    """The project's own name."""
    project_id: int
    model: str = ""
    """run-3; empty while nothing is live."""


@dataclass(frozen=True, kw_only=True)
class AccessKey(Contract):
    """A key that is good."""

    id: int
    name: str
    key_hash: str
    """sha256, 64 hex digits."""
    project_id: int | None = None
    """The project whose models alone it may ask."""
    requests_a_minute: int | None = None
    tokens_a_day: int | None = None
    tokens_a_month: int | None = None


@dataclass(frozen=True, kw_only=True)
class LoggedRequest(Contract):
    """One request that was answered, or refused."""

    at: str
    """When it came, in UTC, ISO 8601."""
    key_id: int | None = None
    key: str = ""
    """The key's name; `workbench` for the server's own, empty for none that is good."""
    route: str
    model: str = ""
    """As it was asked for."""
    answered_by: str = ""
    """The model behind that name."""
    status: int
    """499: whoever asked left before the answer was whole."""
    tokens_read: int = 0
    tokens_written: int = 0
    seconds: float = 0.0


def log_parts(path: Path) -> Iterator[Path]:
    """The parts of a log that there may be, the oldest first."""
    for number in range(OLDER_LOGS, 0, -1):
        yield path.with_name(f"{path.name}.{number}")
    yield path


def logged_requests(folder: Path) -> Iterator[LoggedRequest]:
    """The requests that the log in a folder still knows, the oldest first."""
    for part in log_parts(folder / REQUESTS):
        yield from requests_in(part)


def requests_in(part: Path) -> Iterator[LoggedRequest]:
    """Those of one part of a log; a line that is torn, or of another version, is passed over."""
    try:
        text = part.read_text("utf-8", "replace")
    except OSError:
        return
    for line in text.split("\n"):
        with contextlib.suppress(ValueError, RecursionError, WorkbenchError):
            yield LoggedRequest.from_dict(json.loads(line))
