"""Uploads that stream to the disk: a ticket for each, and how far it has come.

The route that takes the bytes knows no login and no session. So the page makes a ticket for one
file, and whoever shows the ticket may send that file, once, within the next minutes. Tickets
lie in the home (`uploads/`), so that all web processes share them; only the sha256 of a ticket
is written down.
"""

import contextlib
import hashlib
import os
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from storage import files
from storage.errors import StorageError
from workbench.errors import WorkbenchError
from workbench.job_dir import read_json, write_json
from workbench.preparing import Source
from workbench.words import plural, size

BEGIN_WITHIN_S = 15 * 60
RESERVE_BYTES = 500_000_000
"""So much of the disk stays free for everything else."""
WAITING, RECEIVING, DONE, FAILED = "waiting", "receiving", "done", "failed"
_SILENT_S = 30.0
_TOLD_S = 0.5
_LOOK_BYTES = 64 << 20
_KEPT_S = 24 * 3600
_NAME_LIMIT = 200


class NoTicket(WorkbenchError):
    """Nobody was allowed to send this, or no longer."""


class TooMuch(WorkbenchError):
    """More bytes come than were announced, or fewer."""


class NoRoom(WorkbenchError):
    """The disk does not take it."""


@dataclass(frozen=True)
class Upload:
    """One file on its way, at one moment."""

    id: str
    """Of no use to whoever wants to upload; fit to be kept in a draft."""
    project_id: int
    name: str
    size: int
    """Bytes that were announced."""
    expires_at: float
    """Seconds since 1970; until then it has to begin."""
    state: str = WAITING
    received: int = 0
    at: float = 0.0
    """When something was last heard of it, in seconds since 1970."""
    digest: str = ""
    reason: str = ""
    """Why it failed, for the user."""

    @property
    def source(self) -> Source:
        """The file, once it is here."""
        return Source(self.digest, self.name)

    @property
    def is_open(self) -> bool:
        """Whether it may still become whole."""
        return self.state in (WAITING, RECEIVING)


def open_ticket(project_id: int, name: str, size_bytes: int) -> str:
    """Allow one file of this name and size to be sent, once; the ticket.

    Raises:
        NoRoom: the disk is too full for it.
        WorkbenchError: it is empty.
    """
    name = Path(name.replace("\\", "/")).name[:_NAME_LIMIT] or "table"
    if size_bytes <= 0:
        raise WorkbenchError(f"{name} is empty: choose a file with at least ten rows of examples.")
    _check_room(name, size_bytes)
    _sweep()
    ticket = secrets.token_urlsafe(32)
    expires_at = time.time() + BEGIN_WITHIN_S
    _write(Upload(id_of(ticket), project_id, name, size_bytes, expires_at, at=time.time()))
    return ticket


def id_of(ticket: str) -> str:
    """The id of the upload that a ticket allows."""
    return hashlib.sha256(ticket.encode()).hexdigest()[:40]


def look(upload_id: str) -> Upload | None:
    """How far an upload has come; None if there is none (any more)."""
    if not upload_id.isalnum():
        return None
    values = read_json(_path(upload_id))
    if not isinstance(values, dict):
        return None
    upload = Upload(**values)
    now = time.time()
    if upload.is_open and _stop_mark(upload_id).exists():
        return replace(upload, state=FAILED, reason=_stopped(upload))
    if upload.state == RECEIVING and now - upload.at > _SILENT_S:
        return replace(upload, state=FAILED, reason=_interrupted(upload))
    if upload.state == WAITING and now > upload.expires_at:
        return replace(upload, state=FAILED, reason=_late(upload))
    return upload


def give_up(upload_id: str) -> None:
    """The user wants it no longer: it cannot begin, and one that runs is broken off."""
    if look(upload_id) is not None:
        _stop_mark(upload_id).touch()


class Arrival:
    """The bytes of one upload, as they come."""

    def __init__(self, upload: Upload, blob: files.Incoming) -> None:
        self._blob = blob
        self._told_at = 0.0
        self._looked = 0
        self.upload = replace(upload, state=RECEIVING)
        self._tell()

    def write(self, chunk: bytes) -> None:
        """Take the next bytes.

        Raises:
            TooMuch: these are more than were announced.
            NoRoom: the disk is full.
            NoTicket: the user gave it up meanwhile.
        """
        if self._blob.size + len(chunk) > self.upload.size:
            raise TooMuch(
                f"More of {self.upload.name} arrived than the {size(self.upload.size)} that were "
                "announced: it has changed since you chose it, choose it again."
            )
        self._look_at_disk(len(chunk))
        with _room():
            self._blob.write(chunk)
        if time.monotonic() - self._told_at > _TOLD_S:
            self._check_wanted()
            self._tell()

    def finish(self) -> Upload:
        """All bytes are here.

        Raises:
            TooMuch: some are missing.
            NoRoom: the disk is full.
            NoTicket: the user gave it up meanwhile.
        """
        self._check_wanted()
        if self._blob.size < self.upload.size:
            raise TooMuch(_interrupted(replace(self.upload, received=self._blob.size)))
        with _room():
            digest = self._blob.finish()
        self.upload = replace(self.upload, state=DONE, digest=digest)
        self._tell()
        return self.upload

    def _look_at_disk(self, more: int) -> None:
        looks = (self._blob.size + more) // _LOOK_BYTES
        if looks > self._looked:
            self._looked = looks
            _check_room(self.upload.name, self.upload.size - self._blob.size)

    def _check_wanted(self) -> None:
        if _stop_mark(self.upload.id).exists():
            raise NoTicket(_stopped(self.upload))

    def _tell(self) -> None:
        self.upload = replace(self.upload, received=self._blob.size, at=time.time())
        self._told_at = time.monotonic()
        _write(self.upload)


@contextlib.contextmanager
def arriving(ticket: str, length: int | None) -> Iterator[Arrival]:
    """Take the file that a ticket allows; whatever breaks it off leaves no part of it.

    Args:
        length: the bytes that will come, if that is known.

    Raises:
        NoTicket: there is no such ticket, it has been used, or is too old.
        TooMuch: `length` is not what was announced, or something else arrives.
        NoRoom: the disk is too full.
    """
    upload = look(id_of(ticket))
    if upload is None or not _claim(upload.id):
        raise NoTicket(_UNKNOWN)
    if upload.state != WAITING:
        raise NoTicket(upload.reason or _UNKNOWN)
    if length is not None and length != upload.size:
        reason = (
            f"{upload.name} has {size(length)} now, and {size(upload.size)} were announced: it "
            "has changed since you chose it, choose it again."
        )
        _fail(upload, reason)
        raise TooMuch(reason)
    arrival = None
    try:
        _check_room(upload.name, upload.size)
        with _room(), files.Incoming() as blob:
            arrival = Arrival(upload, blob)
            yield arrival
    except WorkbenchError as error:
        _fail(arrival.upload if arrival else upload, str(error))
        raise
    except BaseException:
        upload = arrival.upload if arrival else upload
        _fail(upload, _interrupted(upload))
        raise


def _fail(upload: Upload, reason: str) -> None:
    with contextlib.suppress(OSError):  # on a full disk its silence says it, a little later
        _write(replace(upload, state=FAILED, reason=reason))


_UNKNOWN = "This upload is not known (any more): reload the page and choose the file again."


def _stopped(upload: Upload) -> str:
    return f"You stopped the upload of {upload.name}."


def _late(upload: Upload) -> str:
    minutes = plural(BEGIN_WITHIN_S // 60, "minute")
    return f"The upload of {upload.name} did not begin within {minutes}: choose the file again."


def _interrupted(upload: Upload) -> str:
    share = f" after {size(upload.received)} of {size(upload.size)}" if upload.received else ""
    return (
        f"The upload of {upload.name} was interrupted{share}, and nothing of it was kept: "
        "choose the file again, and leave this page open until it is here."
    )


def _check_room(name: str, wanted: int) -> None:
    free = max(0, files.free_bytes() - RESERVE_BYTES)
    if wanted > free:
        raise NoRoom(
            f"{name} needs {size(wanted)} more, but the disk that holds {files.home()} has only "
            f"{size(free)} to spare: free some space and try again."
        )


@contextlib.contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except StorageError as error:
        raise NoRoom(str(error)) from None


def _claim(upload_id: str) -> bool:
    """Use a ticket up; no if somebody else has."""
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
    try:
        os.close(os.open(_path(upload_id).with_suffix(".used"), flags, 0o600))
    except FileExistsError:
        return False
    return True


def _path(upload_id: str) -> Path:
    return files.folder("uploads") / f"{upload_id}.json"


def _stop_mark(upload_id: str) -> Path:
    return _path(upload_id).with_suffix(".stop")


_writing = threading.Lock()


def _write(upload: Upload) -> None:
    with _writing:  # two threads of one process would use the same temporary name
        write_json(_path(upload.id), asdict(upload))


def _sweep() -> None:
    """Remove what is left of uploads that are long over."""
    files.remove_stale_parts(_KEPT_S)
    for path in files.folder("uploads").iterdir():
        with contextlib.suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > _KEPT_S:
                path.unlink()
