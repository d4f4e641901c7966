"""Takes files out of a gzip file or a ZIP archive, with an eye on what they become."""

import errno
import gzip
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from workbench.core.errors import WorkbenchError
from workbench.core.words import count
from workbench.data.readers.archives import room
from workbench.data.readers.listing import Part
from workbench.data.readers.torn_zip import TORN_ZIP

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
MOST_ENTRIES = 10_000
FOLDER = "unpacked"
"""Within the folder that is given, takes what is unpacked, under numbers for names."""
_CHUNK = 1 << 20
_FEW = 100
_NOT_LIGHT = (ZIP, GZIP, b"%PDF", b"\xd0\xcf\x11\xe0", b"PAR1")
_END = b"PK\x05\x06"
OFFICE_PARTS = ("xl/", "word/", "ppt/", "content.xml")
_REFUSED = (
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    UnicodeDecodeError,
)


def unpack(path: Path, name: str, folder: Path, watch: Callable[[float], None]) -> list[Part]:
    """The files in an archive, each with its name there; a file that is not packed as it is.

    Hidden files and what operating systems put beside (`__MACOSX`) are passed over.

    Args:
        folder: takes what is unpacked.
        watch: told the share that is done; may raise to end it.

    Raises:
        WorkbenchError: it is damaged, locked or empty, or unpacks to far too much.
    """
    with path.open("rb") as stream:
        head = stream.read(4)
    try:
        if head.startswith(GZIP):
            return [_gunzip(path, name, folder, watch)]
        if head == ZIP:
            return _unzip(path, name, folder, watch)
    except _REFUSED:
        raise _damaged(name) from None
    except OSError as error:
        if error.errno == errno.EINVAL:  # a part that begins before the file does
            raise _damaged(name) from None
        raise
    return [Part(path, name)]


def _damaged(name: str) -> WorkbenchError:
    return WorkbenchError(
        f"{name} is a damaged archive, or a compressed file of a kind that cannot be unpacked "
        "here: pack it again, or choose the table itself."
    )


def entries(path: Path) -> int:
    """How many files an archive says it holds, without reading their list; 0 if it is none."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - 65_557))
        tail = stream.read()
    place = tail.rfind(_END)
    if place < 0 or len(tail) < place + 12:
        return 0
    return int(struct.unpack_from("<H", tail, place + 10)[0])


def is_light(path: Path, most_bytes: int) -> bool:
    """Whether an archive holds a few texts of so many bytes in all, which are read in no time.

    What is packed itself, and documents with a life of their own (PDF), is not.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = [part for part in archive.infolist() if not _is_hidden(part.filename)]
            if len(parts) > _FEW or sum(part.file_size for part in parts) > most_bytes:
                return False
            heads = [archive.open(part).read(4) for part in parts if not part.is_dir()]
    except TORN_ZIP:
        return False
    return not any(head.startswith(_NOT_LIGHT) for head in heads)


def check_sizes(parts: list[zipfile.ZipInfo], name: str) -> None:
    """Refuse an archive that says of itself that it becomes far too much.

    Raises:
        WorkbenchError: it does.
    """
    packed = sum(part.compress_size for part in parts)
    room.check_unpacked(sum(part.file_size for part in parts), packed, name)


def _gunzip(path: Path, name: str, folder: Path, watch: Callable[[float], None]) -> Part:
    inner = name[:-3] if name.lower().endswith(".gz") else name
    whole = path.stat().st_size
    with path.open("rb") as raw, gzip.open(raw) as stream:
        target = _target(folder, 1)
        _write(stream, target, name, lambda: min(raw.tell(), whole), whole, watch)
    return Part(target, inner)


def _unzip(path: Path, name: str, folder: Path, watch: Callable[[float], None]) -> list[Part]:
    held = entries(path)
    if held > MOST_ENTRIES:
        raise WorkbenchError(
            f"{name} is an archive of {count(held)} files, more than the {count(MOST_ENTRIES)} "
            "that can be read at once: pack fewer of them, or choose the table inside."
        )
    with zipfile.ZipFile(path) as archive:
        parts = [part for part in archive.infolist() if not part.is_dir()]
        if any(part.filename.startswith(OFFICE_PARTS) for part in parts):
            check_sizes(parts, name)
            return [Part(path, name)]
        parts = [part for part in parts if not _is_hidden(part.filename)]
        if not parts:
            raise WorkbenchError(f"{name} is an empty archive: choose one with a table in it.")
        if any(part.flag_bits & 1 for part in parts):
            raise WorkbenchError(
                f"{name} is protected by a password: unpack it and choose the table inside."
            )
        check_sizes(parts, name)
        return list(_extract(archive, parts, name, folder, watch))


def _extract(
    archive: zipfile.ZipFile,
    parts: list[zipfile.ZipInfo],
    name: str,
    folder: Path,
    watch: Callable[[float], None],
) -> Iterator[Part]:
    whole = sum(part.compress_size for part in parts)
    before = 0
    for number, part in enumerate(parts, 1):
        target = _target(folder, number)
        with archive.open(part) as stream:
            packed = _packed_bytes(stream, part.compress_size)
            _write(stream, target, name, packed, whole, watch, before)
        before += part.compress_size
        title = part.filename if len(parts) > 1 else PurePosixPath(part.filename).name
        yield Part(target, title)


def _is_hidden(filename: str) -> bool:
    """Whether nobody put it there on purpose."""
    steps = PurePosixPath(filename.replace("\\", "/")).parts
    if not steps or steps[0] in ("__MACOSX", "META-INF"):
        return True
    return any(step.startswith(".") for step in steps) or steps[-1] in ("Thumbs.db", "desktop.ini")


def _packed_bytes(stream: IO[bytes], whole: int) -> Callable[[], int]:
    """How many packed bytes of a member have been read."""
    return lambda: whole - max(0, getattr(stream, "_compress_left", 0))


def _target(folder: Path, number: int) -> Path:
    place = folder / FOLDER
    place.mkdir(exist_ok=True)
    return place / f"{number:05}"


def _write(
    stream: gzip.GzipFile | IO[bytes],
    target: Path,
    name: str,
    packed: Callable[[], int],
    whole: int,
    watch: Callable[[float], None],
    before: int = 0,
) -> None:
    written = 0
    with target.open("wb") as handle:
        while chunk := stream.read(_CHUNK):
            if written % (64 * _CHUNK) == 0:
                room.check_room(target.parent, 64 * _CHUNK, name)
            handle.write(chunk)
            written += len(chunk)
            # What has been read ahead counts, so the ratio errs on the mild side.
            room.check_unpacked(written, max(1, packed()), name)
            watch((before + packed()) / max(1, whole))
