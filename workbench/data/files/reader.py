"""Reading of users' files in a process of its own: no byte of them is parsed in this one.

A few processes are kept warm, each for one file at a time (`data.bulk.reader` is their side). One
that dies, hangs or wants too much memory costs its file a sentence, and the next file gets another.
What harmed a reader is remembered as long as this process lives, so that a page that asks at each
of its runs does not harm another; `forget` lets it be tried again.
"""

import atexit
import contextlib
import json
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from storage import files
from storage.errors import StorageError
from workbench.core.errors import WorkbenchError
from workbench.data.bulk import frames, limits
from workbench.data.files import unreadable
from workbench.data.files.reader_process import (
    Fault,
    Gone,
    ReaderProcess,
    TookLong,
    TookMemory,
)
from workbench.data.readers.table import ReadOptions, Table

MOST_AT_ONCE = 3
_KEPT = 2
LARGE_BYTES = 32 << 20
CPU_S, LARGE_CPU_S = 8, 900
_WALL = 2
"""Seconds that may pass for each of the processor's."""
MOST_BYTES, MOST_LARGE_BYTES = 256 << 20, 32 << 30
_REMEMBERED = 1000
LOG = "reader"
_LOG_BYTES = 1 << 20
_Key = tuple[str, int, int]
"""A file: its path, when it changed, its bytes."""

_log = logging.getLogger(__name__)
_idle: list[ReaderProcess] = []
_lock = threading.Lock()
_places = threading.BoundedSemaphore(MOST_AT_ONCE)
_harmful: "OrderedDict[tuple[_Key, str], str]" = OrderedDict()
"""What harmed a reader, read in this way, and by what (see `unreadable`)."""


def read_table(path: Path, name: str = "", options: ReadOptions | None = None) -> Table:
    """The table in the file at `path`; `name` is what the user calls it.

    Raises:
        WorkbenchError: one sentence with the row, column or file, and what to do.
    """
    name, options = name or path.name, options or ReadOptions()
    large = _is_there(path) and is_heavy(path)
    facts, rows = _ask("table", path, name, large=large, options=options.as_dict())
    try:
        return frames.table_of(facts, rows)
    except frames.Torn as error:
        _write_down(f"{name} ({path}): {error!r} {error.__cause__!r}")
        raise WorkbenchError(unreadable.sentence(name)) from error


def kind_and_titles(path: Path, name: str) -> tuple[str, tuple[str, ...]]:
    """One of `kinds.TITLES`, and the names of the sheets of a workbook.

    Raises:
        WorkbenchError: that cannot be told.
    """
    facts, _ = _ask("outline", path, name)
    return str(facts["kind"]), tuple(map(str, facts["titles"]))


def is_heavy(path: Path) -> bool:
    """Whether a file takes a reader longer than a page can wait; not if that cannot be told."""
    if path.stat().st_size > LARGE_BYTES:
        return True
    try:
        return _is_heavy(_key(path))
    except WorkbenchError:
        return False


@lru_cache(1000)
def _is_heavy(key: _Key) -> bool:
    path = Path(key[0])
    return bool(_ask("heavy", path, path.name)[0]["heavy"])


def forget(path: Path) -> None:
    """Let a file be read again that harmed a reader."""
    with _lock:
        for known in [known for known in _harmful if known[0][0] == str(path)]:
            del _harmful[known]
    _is_heavy.cache_clear()


def _is_there(path: Path) -> bool:
    if not path.is_file():
        raise WorkbenchError(f"There is no file {path}: check its name and folder.")
    return True


def _key(path: Path) -> _Key:
    about = path.stat()
    return str(path), about.st_mtime_ns, about.st_size


def _ask(
    work: str, path: Path, name: str, *, large: bool = False, options: dict[str, Any] | None = None
) -> tuple[dict[str, Any], bytearray]:
    """What a reader says of a file.

    Raises:
        WorkbenchError: it cannot be read, or harmed a reader, now or before.
    """
    _is_there(path)
    key, how = _key(path), json.dumps(options) if options else ""
    for known in ((key, ""), (key, how)):
        if known in _harmful:
            raise WorkbenchError(unreadable.sentence(name, _harmful[known]))
    question = _question(work, path, name, large) | {"options": options}
    facts, rows = _answer(question)
    if "fault" in facts:
        _write_down(f"{name} ({path}): {facts['fault']}")
        _remember((key, how), str(facts.get("by")))
        raise WorkbenchError(unreadable.sentence(name, str(facts.get("by"))))
    if "refused" in facts:
        raise OSError(*facts["refused"], str(path))
    if "error" in facts:
        if facts.get("remember"):
            _remember((key, how), unreadable.MEMORY)
        raise WorkbenchError(facts["error"])
    return facts, rows


def _answer(question: dict[str, Any], *, again: bool = False) -> tuple[dict[str, Any], bytearray]:
    """What a reader says; of one that is harmed what is known of that."""
    try:
        with _reader() as reader:
            return reader.ask(question, question["most_bytes"] * 2, question["cpu_s"] * _WALL)
    except Gone as gone:
        if not again:
            return _answer(question, again=True)
        return {"fault": str(gone)}, bytearray()
    except Fault as fault:
        return {"fault": str(fault), "by": _BY.get(type(fault))}, bytearray()


_BY = {TookLong: unreadable.TIME, TookMemory: unreadable.MEMORY}


def _write_down(what: str) -> None:
    """A trace goes into a log of the home's, for the screen of the command line is the user's."""
    _log.warning("A file could not be read; see %s.log", LOG)
    with contextlib.suppress(StorageError, OSError):
        path = files.folder("logs") / f"{LOG}.log"
        begun = path.is_file() and path.stat().st_size < _LOG_BYTES
        with path.open("a" if begun else "w", encoding="utf-8") as log:
            log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {what.strip()}\n")


def _question(work: str, path: Path, name: str, large: bool) -> dict[str, Any]:
    size_mb = path.stat().st_size >> 20
    return {
        "work": work,
        "path": str(path.absolute()),
        "name": name,
        "too_large": unreadable.sentence(name, unreadable.MEMORY),
        "cpu_s": LARGE_CPU_S if large else CPU_S + size_mb,
        "more_bytes": limits.for_prepare() if large else limits.for_convert(),
        "written_bytes": MOST_LARGE_BYTES if large else MOST_BYTES,
        "most_bytes": limits.for_prepare() if large else MOST_BYTES,
    }


def _remember(known: tuple[_Key, str], by: str) -> None:
    with _lock:
        _harmful[known] = by
        while len(_harmful) > _REMEMBERED:
            _harmful.popitem(last=False)


@contextlib.contextmanager
def _reader() -> Iterator[ReaderProcess]:
    """A reader that nobody else asks meanwhile."""
    with _places:
        reader = _take()
        try:
            yield reader
        except BaseException:
            reader.end()
            raise
        _put_back(reader)


def _take() -> ReaderProcess:
    while True:
        with _lock:
            found = _idle.pop() if _idle else None
        if found is None:
            return ReaderProcess()
        if found.is_alive():
            return found
        found.end()


def _put_back(reader: ReaderProcess) -> None:
    with _lock:
        if not reader.leaving and len(_idle) < _KEPT:
            _idle.append(reader)
            return
    reader.end()


@atexit.register
def end_all() -> None:
    """End the readers that wait for a file."""
    with _lock:
        waiting, _idle[:] = _idle[:], []
    for reader in waiting:
        reader.end()
