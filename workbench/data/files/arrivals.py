"""The bytes of an upload, as they arrive: written, hashed, counted, and whole or not at all."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace

from storage import files
from storage.database import Store
from storage.errors import StorageError
from workbench.core.errors import WorkbenchError
from workbench.core.words import size
from workbench.data.files import uploads

_TOLD_S = 0.5
_LOOK_BYTES = 64 << 20


class Arrival:
    """The bytes of one upload, as they come."""

    def __init__(self, store: Store, upload: uploads.Upload, blob: files.Incoming) -> None:
        self._store, self._blob = store, blob
        self._told_at = 0.0
        self._looked = 0
        self.upload = replace(upload, state=uploads.RECEIVING)
        self._tell()

    def write(self, chunk: bytes) -> None:
        """Take the next bytes.

        Raises:
            TooMuch: these are more than were announced.
            NoRoom: the disk is full.
            NoTicket: the user gave it up meanwhile.
        """
        if self._blob.size + len(chunk) > self.upload.size:
            raise uploads.TooMuch(
                f"More of {self.upload.name} arrived than the {size(self.upload.size)} that were "
                "announced: it has changed since you chose it, choose it again."
            )
        self._look_at_disk(len(chunk))
        with _room():
            self._blob.write(chunk)
        if time.monotonic() - self._told_at > _TOLD_S:
            self._tell()

    def finish(self) -> uploads.Upload:
        """All bytes are here.

        Raises:
            TooMuch: some are missing.
            NoRoom: the disk is full.
            NoTicket: the user gave it up meanwhile.
        """
        self._tell()
        if self._blob.size < self.upload.size:
            raise uploads.TooMuch(
                uploads.describe_interrupted(replace(self.upload, received=self._blob.size))
            )
        with _room():
            digest = self._blob.finish()
        self.upload = replace(self.upload, state=uploads.DONE, digest=digest)
        self._tell()
        return self.upload

    def _look_at_disk(self, more: int) -> None:
        looks = (self._blob.size + more) // _LOOK_BYTES
        if looks > self._looked:
            self._looked = looks
            uploads.check_room(self.upload.name, self.upload.size - self._blob.size)

    def _tell(self) -> None:
        self.upload = replace(self.upload, received=self._blob.size, at=time.time())
        self._told_at = time.monotonic()
        if not uploads.record(self._store, self.upload):
            raise uploads.NoTicket(uploads.describe_stopped(self.upload))


@contextlib.contextmanager
def receive(store: Store, ticket: str, length: int | None) -> Iterator[Arrival]:
    """Take the file that a ticket allows; whatever breaks it off leaves no part of it.

    Args:
        length: the bytes that will come, if that is known.

    Raises:
        NoTicket: there is no such ticket, it has been used, or is too old.
        TooMuch: `length` is not what was announced, or something else arrives.
        NoRoom: the disk is too full.
    """
    upload = uploads.look(store, uploads.id_of(ticket))
    if upload is None or not uploads.claim(store, upload.id):
        raise uploads.NoTicket(uploads.UNKNOWN)
    if upload.state != uploads.WAITING:
        raise uploads.NoTicket(upload.reason or uploads.UNKNOWN)
    if length is not None and length != upload.size:
        reason = (
            f"{upload.name} has {size(length)} now, and {size(upload.size)} were announced: it "
            "has changed since you chose it, choose it again."
        )
        _fail(store, upload, reason)
        raise uploads.TooMuch(reason)
    arrival = None
    try:
        uploads.check_room(upload.name, upload.size)
        with _room(), files.Incoming() as blob:
            arrival = Arrival(store, upload, blob)
            yield arrival
    except WorkbenchError as error:
        _fail(store, arrival.upload if arrival else upload, str(error))
        raise
    except BaseException:
        upload = arrival.upload if arrival else upload
        _fail(store, upload, uploads.describe_interrupted(upload))
        raise


def _fail(store: Store, upload: uploads.Upload, reason: str) -> None:
    with contextlib.suppress(StorageError):  # on a full disk its silence says it, a little later
        uploads.record(store, replace(upload, state=uploads.FAILED, reason=reason))


@contextlib.contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except StorageError as error:
        raise uploads.NoRoom(str(error)) from None
