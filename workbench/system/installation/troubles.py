"""Errors of the last day, as the logs in the home tell them, with the ids of their requests."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from storage import files
from storage.database import Store
from storage.tables import now
from workbench.system.home import LOGS
from workbench.system.installation.state import check_may_look

DAY = dt.timedelta(days=1)
_READ_BYTES = 1_000_000
"""Of each log's end."""
_LINE = re.compile(
    r"(?P<at>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),\d{3} (?P<level>ERROR|CRITICAL) "
    r"(?:\[(?P<request>[\w-]+)\] )?(?P<said>.*)"
)
_BEGINS = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ ")
_RAISED = re.compile(r"[A-Za-z_][\w.]*(Error|Exception|Stopped|Warning|Interrupt|Exit)\b.*")
_MOST_SIGNS = 300


@dataclass(frozen=True)
class Trouble:
    """An error, and how often it came."""

    at: dt.datetime
    """The last time."""
    log: str
    """Whose log has it: one of `system.home.LOGS`."""
    said: str
    """The line, and what was raised if a trace follows it."""
    request_id: str
    """Of the last one; empty where it belongs to no request."""
    times: int = 1


def of_last_day(store: Store) -> list[Trouble]:
    """The newest first; the same error is one entry.

    Raises:
        WorkbenchError: whoever asks does not look after the installation.
    """
    check_may_look(store)
    since = now() - DAY
    found: dict[tuple[str, str], Trouble] = {}
    for name in LOGS:
        for path in (files.home() / "logs" / f"{name}.log{end}" for end in (".1", "")):
            for trouble in _in(path, name):
                if trouble.at >= since:
                    key = (name, trouble.said)
                    times = found[key].times + 1 if key in found else 1
                    found[key] = replace(trouble, times=times)
    return sorted(found.values(), key=lambda trouble: trouble.at, reverse=True)


def _in(path: Path, name: str) -> Iterator[Trouble]:
    trouble: Trouble | None = None
    raised = ""
    for line in _end_of(path):
        if _BEGINS.match(line):
            if trouble is not None:
                yield _whole(trouble, raised)
            trouble, raised = _begun(line, name), ""
        elif _RAISED.fullmatch(line):
            raised = line
    if trouble is not None:
        yield _whole(trouble, raised)


def _begun(line: str, name: str) -> Trouble | None:
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    local = dt.datetime.fromisoformat(match["at"]).astimezone()
    return Trouble(local.astimezone(dt.UTC), name, match["said"], match["request"] or "")


def _whole(trouble: Trouble, raised: str) -> Trouble:
    parts = [trouble.said.rstrip(" :.")] + ([raised] if raised else [])
    return replace(trouble, said=": ".join(filter(None, parts))[:_MOST_SIGNS])


def _end_of(path: Path) -> list[str]:
    try:
        with path.open("rb") as handle:
            start = max(0, handle.seek(0, 2) - _READ_BYTES)
            handle.seek(start)
            lines = handle.read().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return []
    return lines[1:] if start else lines
