"""A reader that comes to harm over files that say so: its file's first line tells how."""

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.data.bulk import reader


class Panic(BaseException):
    """As parsers written in Rust raise it."""


def _deep(depth: int) -> int:
    return _deep(depth + 1) + 1


def _abort_for_memory() -> None:
    """As programs written in Rust do."""
    print("memory allocation of 77808140224 bytes failed", file=sys.stderr, flush=True)
    os.abort()


def _raise(error: BaseException) -> None:
    raise error


def _tried(act: Callable[[], object]) -> None:
    """Raise as the user's sentence what became of an attempt."""
    try:
        act()
    except OSError as error:
        raise WorkbenchError(f"refused: {type(error).__name__}") from None
    raise WorkbenchError("done")


TRIES: dict[str, Callable[[str], object]] = {
    "open": lambda path: Path(path).read_bytes(),
    "list": lambda path: list(Path(path).iterdir()),
    "write": lambda path: Path(path).write_text("x"),
    "remove": lambda path: Path(path).unlink(),
    "connect": lambda port: socket.create_connection(("127.0.0.1", int(port)), 5),
    "listen": lambda port: socket.create_server(("127.0.0.1", int(port))),
    "run": lambda program: os.posix_spawn(program, [program], {}),
    "signal": lambda number: os.kill(int(number), 0),
}
"""What a reader that was taken over would try; the second line of its file says on what."""

HARMS: dict[str, Any] = {
    "abort": os.abort,
    "alloc": _abort_for_memory,
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
    harm, *rest = Path(asked["path"]).read_text("utf-8").split("\n")
    if harm in TRIES:
        _tried(lambda: TRIES[harm](rest[0] or asked["path"]))
    if harm in HARMS:
        HARMS[harm]()


def _read(asked: dict[str, Any]) -> Any:
    _harmed(asked)
    return _table(asked)


def _weighed(asked: dict[str, Any]) -> Any:
    """Comes to harm before the file is read."""
    if Path(asked["path"]).read_text("utf-8").startswith("weigh"):
        os.abort()
    return _heavy(asked)


if __name__ == "__main__":
    reader.WORK["table"] = _read
    reader.WORK["heavy"] = _weighed
    sys.exit(reader.main())
