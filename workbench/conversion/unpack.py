"""Takes a table out of a gzip file or a ZIP archive, with an eye on what it becomes."""

import contextlib
import gzip
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from workbench.conversion import limits
from workbench.errors import WorkbenchError
from workbench.words import plural, size

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
MOST_ENTRIES = 10_000
_CHUNK = 1 << 20
_END = b"PK\x05\x06"
SHEET_PARTS = ("xl/", "word/", "content.xml")
_HIDDEN = ("__MACOSX/", ".", "META-INF/")


def unpacked(
    path: Path, name: str, folder: Path, watch: Callable[[float], None]
) -> tuple[Path, str]:
    """The table itself and its name: the file as it is, unless it is packed.

    Args:
        folder: takes what is unpacked.
        watch: told the share that is done; may raise to end it.

    Raises:
        WorkbenchError: it is damaged, unpacks to far too much, or does not hold exactly one file.
    """
    with path.open("rb") as stream:
        head = stream.read(4)
    try:
        if head.startswith(GZIP):
            return _gunzip(path, name, folder, watch)
        if head == ZIP:
            return _unzip(path, name, folder, watch)
    except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, NotImplementedError):
        raise WorkbenchError(
            f"{name} is a damaged archive, or one of a kind that cannot be unpacked here: pack it "
            "again, or choose the table itself."
        ) from None
    return path, name


def entries(path: Path) -> int:
    """How many files an archive says it holds, without reading their list; 0 if it is none."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - 65_557))
        tail = stream.read()
    place = tail.rfind(_END)
    if place < 0 or len(tail) < place + 12:
        return 0
    return int(struct.unpack_from("<H", tail, place + 10)[0])


def _gunzip(
    path: Path, name: str, folder: Path, watch: Callable[[float], None]
) -> tuple[Path, str]:
    inner = name[:-3] if name.lower().endswith(".gz") else name
    whole = path.stat().st_size
    with path.open("rb") as raw, gzip.open(raw) as stream:
        target = _write(stream, folder, name, lambda: min(raw.tell(), whole), whole, watch)
    return target, inner


def _unzip(path: Path, name: str, folder: Path, watch: Callable[[float], None]) -> tuple[Path, str]:
    count = entries(path)
    if count > MOST_ENTRIES:
        raise WorkbenchError(
            f"{name} is an archive of {plural(count, 'file')}: choose the table inside."
        )
    with zipfile.ZipFile(path) as archive:
        parts = [part for part in archive.infolist() if not part.is_dir()]
        if any(part.filename.startswith(SHEET_PARTS) for part in parts):
            _check_sizes(parts, name)
            return path, name
        parts = [part for part in parts if not part.filename.startswith(_HIDDEN)]
        if len(parts) != 1:
            raise WorkbenchError(
                f"{name} is an archive of {plural(len(parts), 'file')}, and a table is one: unpack "
                "it and choose the table inside."
            )
        (part,) = parts
        if part.flag_bits & 1:
            raise WorkbenchError(
                f"{name} is protected by a password: unpack it and choose the table inside."
            )
        _check_sizes(parts, name)
        with archive.open(part) as stream:
            done = _counted(stream)
            target = _write(
                stream, folder, name, lambda: done(part.compress_size), part.compress_size, watch
            )
    return target, Path(part.filename).name


def _counted(stream: IO[bytes]) -> Callable[[int], int]:
    """How many packed bytes have been read."""
    return lambda whole: whole - max(0, getattr(stream, "_compress_left", 0))


def _check_sizes(parts: list[zipfile.ZipInfo], name: str) -> None:
    packed = sum(part.compress_size for part in parts)
    _check(sum(part.file_size for part in parts), packed, name)


def _check(unpacked_bytes: int, packed_bytes: int, name: str) -> None:
    """Refuse what was made to fill a disk.

    Raises:
        WorkbenchError: it becomes too much, or far more than tables do.
    """
    if unpacked_bytes > limits.MOST_UNPACKED_BYTES:
        raise WorkbenchError(
            f"{name} unpacks to more than {size(limits.MOST_UNPACKED_BYTES)}, which is more than "
            "can be read here: choose a smaller table."
        )
    ratio = unpacked_bytes / max(1, packed_bytes)
    if unpacked_bytes > limits.RATIO_FROM_BYTES and ratio > limits.MOST_RATIO:
        raise WorkbenchError(
            f"{name} unpacks to more than {limits.MOST_RATIO} times its size, as no table of texts "
            "does: see what is in it, and choose the table itself."
        )


def _write(
    stream: gzip.GzipFile | IO[bytes],
    folder: Path,
    name: str,
    packed: Callable[[], int],
    whole: int,
    watch: Callable[[float], None],
) -> Path:
    target = folder / "unpacked"
    written = 0
    with _removed_on_error(target), target.open("wb") as handle:
        while chunk := stream.read(_CHUNK):
            if written % (64 * _CHUNK) == 0:
                limits.check_room(folder, 64 * _CHUNK, name)
            handle.write(chunk)
            written += len(chunk)
            # What has been read ahead counts, so the ratio errs on the mild side.
            _check(written, max(1, packed()), name)
            watch(packed() / max(1, whole))
    return target


@contextlib.contextmanager
def _removed_on_error(path: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise
