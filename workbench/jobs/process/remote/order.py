"""What is sent to another machine: what to do, and the files that it needs, by their content."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.jobs.process.contract import Contract, paths_in
from workbench.jobs.process.facts.versions import versions_here
from workbench.jobs.process.job_dir import JobDir, read_json, read_spec
from workbench.jobs.process.remote.layout import SHARES, AttemptFiles, Files
from workbench.jobs.process.specs import Spec

OWN = {
    "spec.json", "lock", "reserve", "pause", "log.txt", "events", "encoded", "result.json", "remote.json",
    SHARES,
}  # fmt: skip
"""What of a job's folder belongs to one machine or one attempt, or comes another way."""
ALONE = "."
"""The name of a file that is sent without a folder."""
_HEX = set("0123456789abcdef")

DigestOf = Callable[[Path], str]


@dataclass(frozen=True)
class Order(Contract):
    """What a machine is to do."""

    spec: dict[str, Any]
    """As spec.json has it, with the paths of the machine that sends it."""
    root: str
    """The job's folder there."""
    folder: dict[str, Any]
    """What lies in it, to go on from (`Files`)."""
    inputs: dict[str, Any]
    """Path there → `Files`."""
    caches: tuple[str, ...] = ()
    """Folders there in which what can be made again is kept; each machine has its own."""
    versions: dict[str, Any] = field(default_factory=dict)
    """What the machine that sends it does jobs with (`versions_here`)."""


def packed(kind: type[Spec], job: JobDir, digest_of: DigestOf) -> Order:
    """The order for a job whose spec.json is written.

    Args:
        digest_of: a file's sha256.

    Raises:
        WorkbenchError: the spec says nothing that a job of its kind could do.
        OSError: a file went meanwhile.
    """
    spec = read_spec(job)
    inputs: dict[str, Any] = {}
    caches: set[str] = set()
    for path, is_cache in paths_in(kind.from_dict(spec)):
        if is_cache:
            caches.add(str(path))
        else:
            inputs |= {str(one): _files_of(one, digest_of) for one in _with_kin(path)}
    folder = _files_in(job.path, digest_of, leave=OWN)
    return Order(spec, str(job.path), folder, inputs, tuple(sorted(caches)), versions_here())


def _with_kin(path: Path) -> Iterator[Path]:
    """A path, what a trained model in it names, and the model beside it that it went on from."""
    yield path
    facts = read_json(path / "workbench.json") if path.is_dir() else None
    if not isinstance(facts, dict):
        return
    if (path.parent / "start" / "workbench.json").is_file() and path.name != "start":
        yield from _with_kin(path.parent / "start")
    base = facts.get("base")
    named = (facts.get("data"), base.get("path") if isinstance(base, dict) else None)
    yield from (Path(one) for one in named if one and Path(one).exists())


def _files_of(path: Path, digest_of: DigestOf) -> Files:
    """Of what is not there any more, nothing: the job's own process knows whether that matters."""
    if path.is_file():
        return {ALONE: [digest_of(path), path.stat().st_size]}
    return _files_in(path, digest_of)


def _files_in(folder: Path, digest_of: DigestOf, leave: Iterable[str] = ()) -> Files:
    return {
        path.relative_to(folder).as_posix(): [digest_of(path), path.stat().st_size]
        for path in files_below(folder, leave)
    }


def files_below(folder: Path, leave: Iterable[str] = ()) -> list[Path]:
    """The files in a folder that are written, in order; directly in it some names are left out."""
    found: list[Path] = []
    for at, folders, names in os.walk(folder):
        left = set(leave) if at == str(folder) else set()
        folders[:] = sorted(name for name in folders if _counts(name, left))
        found += [Path(at, name) for name in sorted(names) if _counts(name, left)]
    return [path for path in found if path.is_file()]


def _counts(name: str, left: set[str]) -> bool:
    return not name.startswith(".") and name not in left


def sha256_of(path: Path) -> str:
    """A file's sha256; that of an object is its name."""
    if len(path.name) == 64 and set(path.name) <= _HEX and path.parent.name == path.name[:2]:
        return path.name
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def send(order: Order, files: AttemptFiles, going_on: Callable[[], None] = lambda: None) -> None:
    """Put the files of an order into the store, those that it lacks, and the order last.

    Args:
        going_on: called before each file; may raise to leave.

    Raises:
        StoreUnreachable: the store does not answer.
        OSError: a file went meanwhile.
    """
    for path, key in _all_files(order, files):
        going_on()
        if not files.store.has(key):
            files.store.put(path, key)
    files.tell("order", order.as_dict())


def _all_files(order: Order, files: AttemptFiles) -> Iterator[tuple[Path, str]]:
    """The files of the machine that sends, and their keys."""
    for name, (sha256, _) in order.folder.items():
        yield Path(order.root) / name, blob(files.made, sha256)
    for path, within in order.inputs.items():
        for name, (sha256, _) in within.items():
            yield below(Path(path), name), blob(files.inputs, sha256)


def below(path: Path, name: str) -> Path:
    """A file in a folder, or the one that was sent alone."""
    return path if name == ALONE else path / name


def blob(folder: str, sha256: str) -> str:
    """The key of a file that is known by its content."""
    return f"{folder}/{sha256[:2]}/{sha256}"
