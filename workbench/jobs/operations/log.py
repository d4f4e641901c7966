"""The log of a process: lines to read, or with `WORKBENCH_LOG=json` one JSON object a line.

Such an object says when, how grave, which process, and the ids of request, person and job, so that
an administrator finds all that belongs to the id which an error on a page shows.
"""

import contextlib
import fcntl
import json
import logging
import logging.handlers
import os
import sys
import time
from pathlib import Path

from storage.operations import request

VARIABLE, JSON = "WORKBENCH_LOG", "json"
_LOG_BYTES = 2_000_000
_LINE = "%(asctime)s %(levelname)s %(of_request)s%(message)s"


class JsonLines(logging.Formatter):
    """A record as a JSON object: time (UTC), level, process, logger, message, ids, trace."""

    def __init__(self, process: str) -> None:
        """`process` is what it is: web, worker, …"""
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the message holds."""
        seconds = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        about = request.current()
        said = {
            "time": f"{seconds}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "process": self._process,
            "pid": record.process,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": about.id or None,
            "person_id": about.person_id,
            "job_id": about.job_id,
            "trace": self.formatException(record.exc_info) if record.exc_info else None,
        }
        return json.dumps({name: value for name, value in said.items() if value is not None})


class Lines(logging.Formatter):
    """A record as a line to read, with the id of its request where it has one."""

    def __init__(self) -> None:
        super().__init__(_LINE)

    def format(self, record: logging.LogRecord) -> str:
        """The line, and a trace below it."""
        about = request.current().id
        record.of_request = f"[{about}] " if about else ""
        return super().format(record)


class SharedFile(logging.handlers.WatchedFileHandler):
    """A log file of limited size that several processes write: whoever fills it begins a new one."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        super().emit(record)
        with contextlib.suppress(OSError):
            if os.path.getsize(self.baseFilename) > _LOG_BYTES:
                self._turn()

    def _turn(self) -> None:
        with open(self.baseFilename, "ab") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            same = os.path.samestat(os.fstat(handle.fileno()), os.stat(self.baseFilename))
            if same:  # else another process was quicker
                os.replace(self.baseFilename, f"{self.baseFilename}.1")


def keep(process: str, path: Path) -> None:
    """Write this process's log to a file, and as JSON to its output where that is wanted."""
    root = logging.getLogger()
    with contextlib.suppress(OSError):  # every page says that the home cannot be used
        in_file = SharedFile(path, encoding="utf-8", delay=True)
        in_file.setFormatter(Lines())
        root.addHandler(in_file)
    if is_json():
        # Streamlit's own lines come this way, too, and not a second time in its own form.
        spoken = logging.StreamHandler(sys.stdout)
        spoken.setFormatter(JsonLines(process))
        root.addHandler(spoken)
        if root.level > logging.INFO:
            root.setLevel(logging.INFO)


def is_json() -> bool:
    """Whether this process writes its log as JSON, too."""
    return os.environ.get(VARIABLE) == JSON


def begin(request_id: str) -> None:
    """From now on this thread or task works at this request; its lines say so."""
    request.begin(request_id)


def request_id() -> str:
    """Of the request that this thread or task works at; empty where it works at none."""
    return request.current().id
