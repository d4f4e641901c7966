"""Reader of files: a process that is asked for one file after another and parses them.

    python -m workbench.data.bulk.reader FOLDER

It can open what is put into FOLDER, and no other file of the user, where the system can do that.
Its standard input is a socket (see `frames`); it ends with who asks, when nobody has asked for
some minutes, and after whatever may have left it in disorder. What it needs is loaded before the
first question, so that a small file is a matter of milliseconds.
"""

import os
import resource
import select
import shutil
import signal
import socket
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from workbench.core import confine
from workbench.core.errors import WorkbenchError
from workbench.data.asking import ask
from workbench.data.bulk import frames, limits, weight
from workbench.data.readers import kinds, plain, read_table
from workbench.data.readers.archives import packed
from workbench.data.readers.table import options_from
from workbench.data.readers.tables import sheets

__all__ = ["ask", "main", "packed", "plain"]

IDLE_S = 300
PRIVATE_UMASK = 0o077
_GROWN_BYTES = 256 << 20
"""Who has grown so much leaves: a fresh one takes less of the memory."""
_Answer = tuple[dict[str, Any], Any]


def main() -> int:
    """Answer until nobody asks any more."""
    os.umask(PRIVATE_UMASK)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    wire = socket.socket(fileno=0)
    confined = _confined()
    threading.Thread(target=_leave_with_parent, args=(wire,), daemon=True).start()
    begun_with = psutil.Process().memory_info().vms
    frames.send(wire, {"ready": True, "confined": confined})
    while select.select([wire], [], [], IDLE_S)[0]:
        try:
            asked, _ = frames.receive(wire, 0)
        except (frames.Torn, OSError):
            _remove_folder()
            return 0
        facts, rows = _answer(asked)
        facts["leaving"] = facts.get("leaving") or _grown(begun_with)
        limits.unlimit_memory()
        frames.send(wire, facts, memoryview(rows))
        if facts["leaving"]:
            return 0
    return 0


def _confined() -> bool:
    """Keep to the folder that files are handed over in, and to our own for what is unpacked."""
    if not sys.argv[1:]:
        return False
    read = [*confine.programs(), Path(sys.argv[1])]
    return confine.confine(read, [Path(tempfile.gettempdir())])


def _leave_with_parent(wire: socket.socket) -> None:
    """In the midst of a file, too: the other end is closed when its process ends."""
    watch = select.poll()
    watch.register(wire, select.POLLHUP)
    watch.poll()
    _remove_folder()
    os._exit(0)


def _remove_folder() -> None:
    """Its own, for want of a parent that would do it; what is in it where no more is allowed."""
    folder = Path(tempfile.gettempdir())
    if folder.name.startswith(frames.FOLDER_PREFIX):
        shutil.rmtree(folder, ignore_errors=True)


def _grown(begun_with: int) -> bool:
    return bool(psutil.Process().memory_info().vms > begun_with + _GROWN_BYTES)


def _answer(asked: dict[str, Any]) -> _Answer:
    """What was asked for, or why it cannot be had; whatever happens."""
    try:
        _limit(asked)
        with limits.explain_errors(asked["too_large"]):
            return WORK[asked["work"]](asked)
    except WorkbenchError as error:
        heavy = isinstance(error.__context__, MemoryError)
        return {"error": str(error), "remember": heavy, "leaving": heavy}, b""
    except OSError as error:
        if not error.errno or str(error.filename) != asked["path"]:
            return _fault()
        return {"refused": [error.errno, error.strerror]}, b""
    except RecursionError:
        return _fault(by="depth")
    except BaseException:  # a panic of a parser written in Rust is no Exception
        return _fault()


def _fault(by: str = "") -> _Answer:
    return {"fault": traceback.format_exc(limit=-20), "by": by, "leaving": True}, b""


def _limit(asked: dict[str, Any]) -> None:
    limits.limit_memory(asked["more_bytes"])
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    spent = int(used.ru_utime + used.ru_stime) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (spent + asked["cpu_s"], hard))
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (asked["written_bytes"], hard))


def _table(asked: dict[str, Any]) -> _Answer:
    table = read_table(Path(asked["path"]), asked["name"], options_from(asked["options"]))
    if table.data.nbytes > asked["most_bytes"]:
        raise WorkbenchError(asked["too_large"])
    return frames.facts_and_rows(table)


def _outline(asked: dict[str, Any]) -> _Answer:
    path, name = Path(asked["path"]), asked["name"]
    kind = kinds.kind_of(path, name)
    titles = sheets.titles(path, name) if kind == kinds.XLSX else ()
    return {"kind": kind, "titles": list(titles)}, b""


def _heavy(asked: dict[str, Any]) -> _Answer:
    return {"heavy": weight.is_heavy(Path(asked["path"]))}, b""


WORK: dict[str, Callable[[dict[str, Any]], _Answer]] = {
    "table": _table,
    "outline": _outline,
    "heavy": _heavy,
}
"""What can be asked for."""

if __name__ == "__main__":
    sys.exit(main())
