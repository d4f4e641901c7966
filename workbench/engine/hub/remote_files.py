"""Files of a repository of the hub: where they go, and whether what came is what they must be."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError

PARTS = ".parts"
"""The folder of files on their way, beside those that are here."""


@dataclass(frozen=True)
class RemoteFile:
    """A file of a repository, and what it must be."""

    path: str
    size_bytes: int
    sha256: str
    """Of a large file; else empty."""
    blob_id: str
    """The sha1 by which git knows it; empty where it is not told."""

    @property
    def digest(self) -> str:
        """What names it while it is on its way."""
        return self.sha256 or self.blob_id or hashlib.sha256(self.path.encode()).hexdigest()


def remote_files(info: Any, wanted: Iterable[str]) -> list[RemoteFile]:
    """The files of these paths, as the hub's answer on a repository (with metadata) has them.

    The small ones come first: what a model is, is here before its weights.
    """
    paths = set(wanted)
    found = [
        RemoteFile(
            path=file.rfilename,
            size_bytes=int(file.size or 0),
            sha256=str((file.lfs or {}).get("sha256") or "") if file.lfs else "",
            blob_id=str(file.blob_id or ""),
        )
        for file in info.siblings or []
        if file.rfilename in paths
    ]
    return sorted(found, key=lambda file: file.size_bytes)


def inside(folder: Path, path: str) -> Path:
    """Where a file of the hub goes.

    Raises:
        WorkbenchError: its path leads elsewhere.
    """
    parts = path.split("/")
    if not path or any(part in ("", ".", "..", PARTS) for part in parts) or "\\" in path:
        raise WorkbenchError(
            "The hub names a file whose path leads out of its folder, so nothing of it is taken: "
            "choose something else."
        )
    return folder.joinpath(*parts)


def is_right(file: RemoteFile, part: Path) -> bool:
    """Whether what came is the file, by its size and its checksum."""
    if part.stat().st_size != file.size_bytes:
        return False
    if file.sha256:
        return _hashed(part, hashlib.sha256()) == file.sha256
    if file.blob_id:
        return _hashed(part, hashlib.sha1(b"blob %d\0" % file.size_bytes)) == file.blob_id
    return True


def _hashed(path: Path, digest: Any) -> str:
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return str(digest.hexdigest())
