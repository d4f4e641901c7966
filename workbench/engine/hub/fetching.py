"""Fetches files of the hub: on from where an earlier try ended, each checked when it is here.

    FOLDER/PATH                      a file that is whole, and is what the hub says of it
    FOLDER/.parts/DIGEST             a file on its way; the digest is that of the whole

What is checked is the sha256 of large files, and of the others the sha1 that git knows them by. Files
come by plain HTTP (not by the Xet protocol), so that a mirror and a proxy can give them.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from huggingface_hub import hf_hub_url
from huggingface_hub.errors import HfHubHTTPError, HTTPError  # type: ignore[attr-defined]
from huggingface_hub.utils import (  # type: ignore[attr-defined]
    build_hf_headers,
    get_session,
    hf_raise_for_status,
)

from workbench.core.errors import WorkbenchError
from workbench.core.words import size
from workbench.engine.hub.remote_files import PARTS, RemoteFile, inside, is_right
from workbench.engine.hub.watched import while_working
from workbench.jobs.process.hub_token import handed_over
from workbench.jobs.process.report import Report
from workbench.jobs.process.stop import Stop
from workbench.models.online import session
from workbench.models.online.answers import explained

STALLED_S = 30.0
"""So long nothing may come."""
TRIES = 5
"""In a row of which nothing came."""
WAIT_S = 1.0
"""Before the second try; then twice as long each time."""
_LONGEST_WAIT_S = 60.0
_KNOWN_S = 3.0
"""From then on the time left can be told from the time spent."""
_PASSING = {408, 425, 429, 500, 502, 503, 504}
"""Refusals that may be none the next time."""


class Fetching:
    """The files of one repository on their way into a folder."""

    def __init__(self, hub_id: str, revision: str, folder: Path, *, kind: str = "model") -> None:
        self.hub_id, self._revision, self._folder, self._kind = hub_id, revision, folder, kind
        self._leave = threading.Event()
        self._whole, self._coming = 0, 0
        self.said: list[str] = []
        """What went wrong and was put right; sentences."""

    @property
    def arrived_bytes(self) -> int:
        """Of all files, those that came in earlier tries included."""
        return self._whole + self._coming

    def go(self, files: Iterable[RemoteFile], stop: Stop) -> Iterator[int]:
        """Fetch the files; yields now and then how many bytes are here.

        Raises:
            Cancelled, Orphaned: the process is to leave; what has arrived stays for the next try.
            WorkbenchError: they cannot be had; why.
        """
        wanted = list(files)
        try:
            for _ in while_working(lambda: self._all(wanted), stop):
                yield self.arrived_bytes
        except (HTTPError, OSError) as error:
            noun = "data set" if self._kind == "dataset" else "model"
            if (said := explained(self.hub_id, noun, error)) is None or _is_of_the_disk(error):
                raise
            kept = f" What has arrived ({size(self.arrived_bytes)}) is kept: the next try goes on there."
            raise type(said)(f"{said}{kept if self.arrived_bytes else ''}") from error
        finally:
            self._leave.set()

    def _all(self, files: list[RemoteFile]) -> None:
        session.prepare()
        (self._folder / PARTS).mkdir(parents=True, exist_ok=True)
        for file in files:
            target = inside(self._folder, file.path)
            if not (target.is_file() and target.stat().st_size == file.size_bytes):
                self._one(file, target)
            self._whole, self._coming = self._whole + file.size_bytes, 0
            if self._leave.is_set():
                return
        (self._folder / PARTS).rmdir()

    def _one(self, file: RemoteFile, target: Path) -> None:
        """A file, whole and checked; one that is damaged comes a second time."""
        part = self._folder / PARTS / file.digest
        for is_last in (False, True):
            self._bytes(file, part)
            if self._leave.is_set():
                return
            if is_right(file, part):
                target.parent.mkdir(parents=True, exist_ok=True)
                part.replace(target)
                return
            part.unlink()
            self._coming = 0
            if is_last:
                raise WorkbenchError(
                    f"The file {file.path} of {self.hub_id} is damaged on its way: its checksum is "
                    "wrong, twice. Try again later; if you use a mirror or a proxy, look there."
                )
            self.said.append(
                f"The file {file.path} of {self.hub_id} arrived damaged (its checksum was wrong), so "
                "it is fetched anew."
            )

    def _bytes(self, file: RemoteFile, part: Path) -> None:
        """All bytes of a file, in as many tries as that takes."""
        failures = 0
        while True:
            here = part.stat().st_size if part.exists() else 0
            if here > file.size_bytes:
                part.unlink()
                continue
            self._coming = here
            if part.exists() and here == file.size_bytes:
                return
            try:
                self._try(file, part, here)
                failures = 0
            except (HTTPError, OSError) as error:
                came = part.exists() and part.stat().st_size > here
                failures = 1 if came else failures + 1
                if failures >= TRIES or not _may_pass(error):
                    raise
                if self._leave.wait(_wait_s(error, failures)):
                    return
            if self._leave.is_set():
                return

    def _try(self, file: RemoteFile, part: Path, here: int) -> None:
        url = hf_hub_url(self.hub_id, file.path, repo_type=self._kind, revision=self._revision)
        headers = build_hf_headers(token=handed_over()) | {"Accept-Encoding": "identity"}
        if here:
            headers["Range"] = f"bytes={here}-"
        with get_session().stream("GET", url, headers=headers, timeout=STALLED_S) as answer:
            if answer.status_code >= 400:
                answer.read()
            hf_raise_for_status(answer)
            goes_on = bool(here) and answer.status_code == 206
            with part.open("ab" if goes_on else "wb", buffering=0) as stream:
                self._coming = here if goes_on else 0
                self._take(answer.iter_bytes(), stream)
        if not file.size_bytes:
            part.touch()

    def _take(self, chunks: Iterator[bytes], stream: BinaryIO | Any) -> None:
        for chunk in chunks:
            stream.write(chunk)
            self._coming += len(chunk)
            if self._leave.is_set():
                return


def told(report: Report, total: int) -> Callable[[int], None]:
    """Tells how many bytes of `total` are here, in the job's progress, and the time left."""
    begun: list[tuple[float, int]] = []

    def tell(arrived: int) -> None:
        arrived, at = min(arrived, total), time.monotonic()
        if not begun:
            begun.append((at, arrived))
        spent, came = at - begun[0][0], arrived - begun[0][1]
        left = {"seconds_left": round(spent * (total - arrived) / came, 1)} if came > 0 else {}
        report.progress(
            arrived,
            max(1, total),
            message=f"Downloading: {size(arrived)} of {size(total)}",
            **(left if spent > _KNOWN_S else {}),
        )

    return tell


def _is_of_the_disk(error: BaseException) -> bool:
    return isinstance(error, OSError) and bool(error.filename) and not isinstance(error, HTTPError)


def _may_pass(error: BaseException) -> bool:
    if isinstance(error, HfHubHTTPError):
        return error.response is not None and error.response.status_code in _PASSING
    return isinstance(error, HTTPError)


def _wait_s(error: BaseException, failures: int) -> float:
    told_s = 0.0
    with contextlib.suppress(AttributeError, TypeError, ValueError):
        told_s = float(error.response.headers.get("Retry-After") or 0)  # type: ignore[attr-defined]
    return min(_LONGEST_WAIT_S, max(told_s, WAIT_S * 2.0 ** (failures - 1)))
