"""The parts of a packed office file, read, and written again with a few of them changed."""

import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO

from workbench.core.errors import WorkbenchError
from workbench.core.words import size
from workbench.data.answered.archive_copy import ArchiveCopy, Packed, pack
from workbench.data.readers.torn_zip import TORN_ZIP

_LARGEST_PART = 64 << 20
"""Bytes of a part that is read as a whole; sheets are not."""
_FLAG_LOCKED = 0x01


class Package:
    """The parts of a packed file.

    Raises:
        WorkbenchError: it is no such file, or is damaged or locked.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._archive = zipfile.ZipFile(path)
        except TORN_ZIP as error:
            raise _damaged(path) from error
        self._infos = self._archive.infolist()
        self._names = {_plain(info.filename): info.filename for info in self._infos}
        if any(info.flag_bits & _FLAG_LOCKED for info in self._infos):
            raise WorkbenchError(
                f"{path.name} is protected by a password: remove the protection and save it again."
            )

    def __enter__(self) -> "Package":
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    @property
    def parts(self) -> list[str]:
        """The names of all parts, as the file has them."""
        return [info.filename for info in self._infos]

    def name_of(self, part: str) -> str | None:
        """The part's name as the file has it, which may differ in case and slashes."""
        return self._names.get(_plain(part))

    def open(self, part: str) -> IO[bytes]:
        """The bytes of a part, as a stream.

        Raises:
            WorkbenchError: there is no such part, or it is damaged.
        """
        name = self.name_of(part)
        if name is None:
            raise _damaged(self.path, f"it has no part '{part}'")
        try:
            return self._archive.open(name)
        except TORN_ZIP as error:
            raise _damaged(self.path) from error

    def read(self, part: str) -> bytes:
        """The bytes of a small part.

        Raises:
            WorkbenchError: as for `open`, or it is not small.
        """
        with self.open(part) as stream:
            try:
                content = stream.read(_LARGEST_PART + 1)
            except TORN_ZIP as error:
                raise _damaged(self.path) from error
        if len(content) > _LARGEST_PART:
            raise _damaged(self.path, f"its part '{part}' has more than {size(_LARGEST_PART)}")
        return content

    def pack(self, part: str, pieces: Iterable[bytes], file: IO[bytes]) -> Packed:
        """The new bytes of a part, packed to a file as the part is packed now."""
        method = self._archive.getinfo(self.name_of(part) or part).compress_type
        return pack(pieces, file, min(method, zipfile.ZIP_DEFLATED))

    def write(self, out: Path, changes: Mapping[str, Packed]) -> None:
        """The same file at `out`, with new bytes for some parts.

        Raises:
            WorkbenchError: the file is damaged, or grows too large for its form.
        """
        named = {self.name_of(part) or part: change for part, change in changes.items()}
        places = {self._archive.getinfo(name).header_offset: c for name, c in named.items()}
        try:
            with self.path.open("rb") as source, out.open("wb") as target:
                ArchiveCopy(source, target, self._archive, places).write()
        except (struct.error, zlib.error, zipfile.BadZipFile, EOFError) as error:
            raise _damaged(self.path) from error


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _damaged(path: Path, why: str = "its parts do not fit together") -> WorkbenchError:
    return WorkbenchError(
        f"{path.name} cannot be written to ({why}): open it in your spreadsheet program, save it "
        "again, and choose that file."
    )
