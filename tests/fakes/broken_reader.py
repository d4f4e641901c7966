"""A reader that comes to harm over files that say so: its file's first line tells how."""

import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from workbench.data.bulk import reader


class Panic(BaseException):
    """As parsers written in Rust raise it."""


def _deep(depth: int) -> int:
    return _deep(depth + 1) + 1


def _raise(error: BaseException) -> None:
    raise error


HARMS: dict[str, Any] = {
    "abort": os.abort,
    "killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "hang": lambda: threading.Event().wait(),
    "busy": lambda: sum(iter(int, 1)),
    "memory": lambda: bytearray(2 << 30),
    "exit": lambda: sys.exit(0),
    "leave": lambda: os._exit(0),
    "exception": lambda: _raise(Exception("a bug")),
    "panic": lambda: _raise(Panic("index out of bounds")),
    "recursion": lambda: _deep(0),
    "babble": lambda: os.write(0, b"x" * 100),
}
_table, _outline, _heavy = (reader.WORK[work] for work in ("table", "outline", "heavy"))


def _harmed(asked: dict[str, Any]) -> None:
    harm = Path(asked["path"]).read_text("utf-8").split("\n")[0]
    if harm in HARMS:
        HARMS[harm]()


def _read(asked: dict[str, Any]) -> Any:
    _harmed(asked)
    return _table(asked)


if __name__ == "__main__":
    reader.WORK["table"] = _read
    sys.exit(reader.main())
