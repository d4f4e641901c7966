"""Digests of files that were sent to a cluster: a base model is not read anew for each job.

`<home>/cluster/digests.json`: path → size, time of change, sha256.
"""

import threading
from pathlib import Path
from typing import Any

from storage import files
from workbench.jobs.process.job_dir import read_json, write_json
from workbench.jobs.process.remote.order import sha256_of

SMALL_BYTES = 2**20
"""Smaller files are read again; most are the jobs' own, which come and go."""


class KnownDigests:
    """What is known of files by their path, size and time of change."""

    def __init__(self) -> None:
        self._path = files.folder("cluster") / "digests.json"
        told = read_json(self._path)
        self._known: dict[str, list[Any]] = told if isinstance(told, dict) else {}
        self._lock = threading.Lock()

    def __call__(self, path: Path) -> str:
        """A file's sha256."""
        about = path.stat()
        look = [about.st_size, about.st_mtime_ns]
        known = self._known.get(str(path))
        if known is not None and known[:2] == look:
            return str(known[2])
        digest = sha256_of(path)
        if about.st_size >= SMALL_BYTES:
            with self._lock:
                self._known[str(path)] = [*look, digest]
                write_json(self._path, self._known)
        return digest

    def forget_gone(self) -> set[str]:
        """Let go of files that are not there any more; the digests of those that are."""
        with self._lock:
            self._known = {p: about for p, about in self._known.items() if Path(p).is_file()}
            write_json(self._path, self._known)
            return {str(about[2]) for about in self._known.values()}
