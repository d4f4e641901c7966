"""What lies where in a store, for one attempt at a job.

    HOME/objects/ab/abcdef…                what jobs need: examples, base models; by sha256
    HOME/jobs/12/objects/abcdef…           what job 12 made; by sha256
    HOME/jobs/12/attempts/3/
        order.json                         what to do and with which files; who finds it gone leaves
        begun.json                         a process has begun, on which machine
        told.json                          pause, cancel or kill
        grown/events/000001.jsonl/000000 … files that only grow, in pieces of `PIECE` bytes
        grown/log.txt/000000 …
        files.json                         what lies in the job's folder: name → sha256, bytes
        ended.json                         the exit code; nothing comes after it
        shares/0/order.json …              the same of each share, where several machines do one job
        refused.json                       why one of several machines cannot take part
        train/                             Ray Train's own, where several machines learn together

An attempt writes below its own number only, and what is shared is known by its content: so a process
that goes on though nobody waits for it can waste time, but harm nothing.
"""

import json
from dataclasses import dataclass
from typing import Any

from workbench.jobs.process.remote.file_store import FileStore
from workbench.jobs.process.remote.stores import store_at

PIECE = 64 * 1024
"""Bytes of a piece of a file that only grows; each but the last one is full."""
SHARES = "shares"
PAUSE, CANCEL, KILL = "pause", "cancel", "kill"
"""What a process is told."""

Files = dict[str, list[Any]]
"""Name within a folder → sha256 and bytes."""


@dataclass(frozen=True)
class AttemptFiles:
    """The keys of one attempt, and the store that they are in."""

    store: FileStore
    url: str
    """Of the store."""
    home: str
    """Which installation of the workbench it is of."""
    job_id: int
    attempt: int
    share: int | None = None
    """Which share of the attempt, where several machines have one each."""

    @property
    def name(self) -> str:
        """Of the attempt, or of its share; no other one of any installation has it."""
        share = "" if self.share is None else f"-s{self.share}"
        return f"{self.home}-{self.job_id}-{self.attempt}{share}"

    @property
    def job(self) -> str:
        return f"{self.home}/jobs/{self.job_id}"

    @property
    def folder(self) -> str:
        whole = f"{self.job}/attempts/{self.attempt}"
        return whole if self.share is None else f"{whole}/{SHARES}/{self.share}"

    @property
    def address(self) -> str:
        """By which `at` finds it again, on another machine."""
        return f"{self.url.rstrip('/')}/{self.folder}"

    @property
    def inputs(self) -> str:
        return f"{self.home}/objects"

    @property
    def made(self) -> str:
        return f"{self.job}/objects"

    def key(self, name: str) -> str:
        """Of a file of the attempt."""
        return f"{self.folder}/{name}"

    def grown(self, name: str, piece: int) -> str:
        """Of a piece of a file that only grows."""
        return self.key(f"grown/{name}/{piece:06d}")

    def told(self, name: str) -> Any:
        """A small file's JSON; None if it is not there."""
        content = self.store.read(self.key(f"{name}.json"))
        return None if content is None else json.loads(content)

    def tell(self, name: str, value: Any) -> None:
        """Write a small file."""
        content = json.dumps(value, ensure_ascii=False).encode()
        self.store.write(self.key(f"{name}.json"), content)


def at(address: str) -> AttemptFiles:
    """The attempt whose files lie at an address.

    Raises:
        WorkbenchError: the address is none of a store.
    """
    whole, within, last = address.rsplit("/", 2)
    share = int(last) if within == SHARES else None
    url, home, _, job_id, _, attempt = (address if share is None else whole).rsplit("/", 5)
    return AttemptFiles(store_at(url), url, home, int(job_id), int(attempt), share)
