"""Encoded examples are kept, so that a second training on the same data starts at once.

    <home>/cache/encoded/KEY/       facts.json and Arrow files, whole or not there at all
    <home>/cache/encoded/KEY.lock   held by whoever uses them; as old as their last use
    <home>/cache/encoded/KEY.making held by the one who makes them, while the others wait

A key stands for all that shapes them. What is damaged is made again. `storage.cache` says how old
they get, and takes away what nobody holds.
"""

import contextlib
import fcntl
import hashlib
import json
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from workbench.core.whole import whole_folder
from workbench.jobs.process.job_dir import read_json, write_json
from workbench.jobs.process.stop import Check

logger = logging.getLogger(__name__)

FACTS = "facts.json"
WAIT_S = 0.2
_WEIGHTS = {".safetensors", ".bin", ".pt", ".pth", ".gguf", ".onnx", ".h5", ".msgpack"}
_CODE = (
    "core",
    "engine/encoding",
    "engine/causal",
    "engine/encoder",
    "engine/generative/leaning",
    "engine/generative/long_texts",
    "engine/rows.py",
    "models/model_types.py",
)

Facts = dict[str, Any]
Make = Callable[[Path], Facts]
"""Writes files into a folder; what else is to be known of them, for JSON."""

_held: dict[Path, int] = {}
"""Open locks of what this process uses; they go with it."""


def key_of(about: Mapping[str, Any]) -> str:
    """The sha256 of what shapes examples, and of the code that encodes them."""
    told = json.dumps({"code": _code(), **about}, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def files_of(folder: Path) -> dict[str, str]:
    """Name → sha256 of a model's files but for its weights: what its tokenizer comes from."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    return {path.name: _sha256(path) for path in files if path.suffix not in _WEIGHTS}


def kept(folder: Path, key: str, make: Make, check: Check) -> Path:
    """The folder of what `make` writes under this key, made now if it is not there whole.

    It stays as long as this process lives.

    Args:
        check: called while another process makes it; may raise to leave.

    Raises:
        OSError: it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target, lock = folder / key, folder / f"{key}.lock"
    _hold(lock)
    while not is_whole(target):
        with _only_maker(folder / f"{key}.making") as is_only:
            if is_only and not is_whole(target):
                _make_whole(target, make)
        if not is_only:
            check()
            time.sleep(WAIT_S)
    return target


def _hold(lock: Path) -> None:
    """Say until the end of this process that what this lock stands for is in use."""
    number = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(number, fcntl.LOCK_SH)  # waits for no more than a look of who clears the cache
    os.utime(number)
    if lock in _held:
        os.close(_held[lock])
    _held[lock] = number


def facts_of(folder: Path) -> Facts:
    """What was said of the files in a folder of the cache."""
    told: Facts = (read_json(folder / FACTS) or {}).get("about", {})
    return told


def is_whole(folder: Path) -> bool:
    """Whether every file is what it was when it was written."""
    facts = read_json(folder / FACTS)
    if not isinstance(facts, dict) or not isinstance(facts.get("files"), dict):
        return False
    return all(_is(folder / name, digest) for name, digest in facts["files"].items())


@contextlib.contextmanager
def _only_maker(path: Path) -> Iterator[bool]:
    """Whether nobody else makes it; then nobody does until the end of the block."""
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
        path.unlink(missing_ok=True)


def _make_whole(target: Path, make: Make) -> None:
    if target.exists():
        logger.warning("%s is damaged and is made again", target)
        shutil.rmtree(target)
    with whole_folder(target) as part:
        about = make(part)
        files = {path.name: _sha256(path) for path in sorted(part.iterdir())}
        write_json(part / FACTS, {"about": about, "files": files})


def _is(path: Path, digest: str) -> bool:
    try:
        return _sha256(path) == digest
    except OSError:
        return False


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _code() -> dict[str, str]:
    """Of every file that has a part in encoding, so that no update reads what an older one wrote."""
    home = Path(__file__).resolve().parents[2]
    places = [home / name for name in _CODE]
    files = [f for place in places for f in (place.rglob("*.py") if place.is_dir() else [place])]
    return {path.relative_to(home).as_posix(): _sha256(path) for path in sorted(files)}
