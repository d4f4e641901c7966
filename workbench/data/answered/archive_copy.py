"""An archive copied with a few of its entries changed, all others byte for byte.

Python's zipfile can only write an archive anew. Here the bytes of every entry that stays are copied
as they lie: order, compression, times, extra fields, and the descriptors behind the data. Of a
changed entry the record is kept, with new sizes and a new sum. Formats: PKWARE's APPNOTE 6.3.10,
4.3.7 (local record), 4.3.12 (directory), 4.3.14 to 4.3.16 (its end), 4.5.3 (64 bits).
"""

import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO

from workbench.core.errors import WorkbenchError
from workbench.core.words import size

_LOCAL, _ENTRY, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_SIGNATURE, _END_64, _LOCATOR = b"PK\x05\x05", b"PK\x06\x06", b"PK\x06\x07"
_FULL_32, _SIZES_64 = 0xFFFFFFFF, 0x0001
_LARGEST = _FULL_32 - 1
_CHUNK = 1 << 20
_LEVEL = 5
_FLAG_DESCRIPTOR = 0x08


@dataclass(frozen=True)
class Packed:
    """The new bytes of a part, packed already."""

    file: IO[bytes]
    method: int
    crc: int
    packed: int
    total: int


def pack(pieces: Iterable[bytes], file: IO[bytes], method: int = zipfile.ZIP_DEFLATED) -> Packed:
    """Pack the new bytes of a part to a file, piece by piece.

    Raises:
        WorkbenchError: they are more than an archive can hold.
    """
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS) if method else None
    total = packed = crc = 0
    for piece in pieces:
        total += len(piece)
        crc = zlib.crc32(piece, crc)
        packed += file.write(packer.compress(piece) if packer else piece)
        if total > _LARGEST:
            raise _too_large()
    packed += file.write(packer.flush()) if packer else 0
    file.seek(0)
    return Packed(file, method, crc, packed, total)


@dataclass(frozen=True)
class _New:
    """What the directory has to say of an entry."""

    offset: int
    change: Packed | None = None


class ArchiveCopy:
    """Writes an archive beside another one."""

    def __init__(
        self,
        source: IO[bytes],
        target: IO[bytes],
        archive: zipfile.ZipFile,
        changes: Mapping[int, Packed],
    ) -> None:
        self._source, self._target, self._changes = source, target, changes
        self._starts = sorted(info.header_offset for info in archive.infolist())
        self._directory = archive.start_dir
        if len(set(self._starts)) < len(self._starts):
            raise zipfile.BadZipFile("entries overlap")

    def write(self) -> None:
        ends = [*self._starts[1:], self._directory]
        self._raw(0, self._starts[0] if self._starts else self._directory)
        placed: dict[int, _New] = {}
        for start, end in zip(self._starts, ends, strict=True):
            offset = self._target.tell()
            if start in self._changes:
                placed[start] = _New(offset, self._changes[start])
                self._entry(start, self._changes[start])
            else:
                self._raw(start, end)
                placed[start] = _New(offset)
        self._source.seek(self._directory)
        self._finish(self._source.read(), placed)

    def _raw(self, start: int, end: int) -> None:
        self._source.seek(start)
        left = end - start
        while left > 0:
            chunk = self._source.read(min(_CHUNK, left))
            if not chunk:
                raise EOFError
            self._target.write(chunk)
            left -= len(chunk)

    def _entry(self, start: int, change: Packed) -> None:
        self._source.seek(start)
        head = self._source.read(30)
        if head[:4] != _LOCAL:
            raise zipfile.BadZipFile("no entry")
        version, flags, _, moment = struct.unpack_from("<HHH4s", head, 4)
        name_size, extra_size = struct.unpack_from("<HH", head, 26)
        name = self._source.read(name_size)
        extra = _without_64(self._source.read(extra_size))
        known = (version, flags & ~_FLAG_DESCRIPTOR, change.method, moment)
        sums = (change.crc, change.packed, change.total, name_size, len(extra))
        self._target.write(_LOCAL + struct.pack("<HHH4sIIIHH", *known, *sums) + name + extra)
        shutil.copyfileobj(change.file, self._target, _CHUNK)

    def _finish(self, rest: bytes, placed: Mapping[int, _New]) -> None:
        """The directory and its end."""
        begin = self._target.tell()
        records = list(_records(rest))
        shift = self._starts[0] - min(record.offset for record in records) if records else 0
        for record in records:
            self._target.write(record.moved(placed[record.offset + shift], shift))
        behind = sum(record.size for record in records)
        self._target.write(_ending(rest[behind:], begin, self._target.tell(), shift))


def _records(directory: bytes) -> Iterator["_Record"]:
    place = 0
    while directory[place : place + 4] == _ENTRY:
        sizes = struct.unpack_from("<HHH", directory, place + 28)
        end = place + 46 + sum(sizes)
        yield _Record(directory[place:end], sizes[0], sizes[1])
        place = end


def _too_large() -> WorkbenchError:
    return WorkbenchError(
        f"The sheet would grow beyond {size(_LARGEST)}, more than a workbook can hold: save it as "
        "CSV, and choose that."
    )


def _fields(extra: bytes) -> list[tuple[int, bytes]]:
    """The extra fields of an entry: what they are, and all of their bytes; rests that are none stay."""
    found, place = [], 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, place)
        found.append((kind, extra[place : place + 4 + length]))
        place += 4 + length
    return [*found, (-1, extra[place:])]


def _without_64(extra: bytes) -> bytes:
    return b"".join(content for kind, content in _fields(extra) if kind != _SIZES_64)


class _Record:
    """One entry of the directory."""

    def __init__(self, raw: bytes, name_size: int, extra_size: int) -> None:
        self._raw = bytearray(raw)
        self.size = len(raw)
        self._extra = (46 + name_size, 46 + name_size + extra_size)
        self._sizes = struct.unpack_from("<II", raw, 20)
        (offset,) = struct.unpack_from("<I", raw, 42)
        self._place_64 = self._find_64() if offset == _FULL_32 else None
        self.offset = (
            offset if self._place_64 is None else struct.unpack_from("<Q", raw, self._place_64)[0]
        )

    def _find_64(self) -> int:
        """Where the offset of 64 bits stands: behind those sizes that have 64 bits, too."""
        place = self._extra[0]
        for kind, content in _fields(bytes(self._raw[slice(*self._extra)])):
            if kind == _SIZES_64:
                return place + 4 + 8 * self._sizes.count(_FULL_32)
            place += len(content)
        raise zipfile.BadZipFile("no offset")

    def moved(self, new: _New, shift: int) -> bytes:
        """The record of the same entry in the new file, `shift` being what lies before the archive."""
        offset = new.offset - shift
        if new.change is not None:
            return self._changed(offset, new.change)
        if self._place_64 is not None:
            struct.pack_into("<Q", self._raw, self._place_64, offset)
        elif offset > _LARGEST:
            raise _too_large()
        else:
            struct.pack_into("<I", self._raw, 42, offset)
        return bytes(self._raw)

    def _changed(self, offset: int, change: Packed) -> bytes:
        if max(offset, change.packed) > _LARGEST:
            raise _too_large()
        (flags,) = struct.unpack_from("<H", self._raw, 8)
        struct.pack_into("<HH", self._raw, 8, flags & ~_FLAG_DESCRIPTOR, change.method)
        struct.pack_into("<III", self._raw, 16, change.crc, change.packed, change.total)
        struct.pack_into("<I", self._raw, 42, offset)
        begin, end = self._extra
        extra = _without_64(bytes(self._raw[begin:end]))
        struct.pack_into("<H", self._raw, 30, len(extra))
        return bytes(self._raw[:begin]) + extra + bytes(self._raw[end:])


def _ending(rest: bytes, begin: int, end: int, shift: int) -> bytes:
    """What stands behind the directory, which begins and ends there now."""
    tail, place = bytearray(rest), 0
    if tail[:4] == _SIGNATURE:
        place += 6 + struct.unpack_from("<H", tail, 4)[0]
    if tail[place : place + 4] == _END_64:
        struct.pack_into("<QQ", tail, place + 40, end - begin, begin - shift)
        at_64 = end + place
        place += 12 + struct.unpack_from("<Q", tail, place + 4)[0]
        if tail[place : place + 4] == _LOCATOR:
            struct.pack_into("<Q", tail, place + 8, at_64 - shift)
            place += 20
    if tail[place : place + 4] != _END:
        raise zipfile.BadZipFile("no end")
    for at, value in ((12, end - begin), (16, begin - shift)):
        if struct.unpack_from("<I", tail, place + at)[0] != _FULL_32:
            if value > _LARGEST:
                raise _too_large()
            struct.pack_into("<I", tail, place + at, value)
    return bytes(tail)
