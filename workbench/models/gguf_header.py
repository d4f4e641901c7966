"""The header of a GGUF file, read without loading the weights and believed in nothing."""

import math
import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError

MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_SCALARS = {
    0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q",
    12: "<d",
}  # fmt: skip
"""How values of one number are packed, by the type that the file gives."""
_TEXT, _ARRAY = 8, 9
_MOST_ENTRIES = 100_000
_MOST_ITEMS = 5_000_000
"""Of one list; the largest vocabularies have a quarter of a million words."""
_LONGEST_TEXT = 2_000_000
_MOST_SIDES = 8
_MOST_NUMBERS = 10**13


@dataclass(frozen=True)
class GgufHeader:
    """What a GGUF file says of itself."""

    architecture: str
    """The family's name, as llama.cpp has it."""
    values: dict[str, Any]
    """Its entries; of a list, how many items it has."""
    parameters: int
    """How many numbers its tensors hold."""

    def number(self, name: str) -> int:
        """The entry `ARCHITECTURE.name`; 0 without one."""
        value = self.values.get(f"{self.architecture}.{name}")
        if not isinstance(value, int) or isinstance(value, bool):
            return 0
        return value if 0 <= value <= 10**9 else 0


def is_gguf(file: Path) -> bool:
    """Whether the file begins as a GGUF file does, whatever it is called."""
    try:
        with file.open("rb") as handle:
            return handle.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def read_gguf_header(file: Path) -> GgufHeader:
    """What the file's header says.

    Raises:
        WorkbenchError: it is no such file, is cut off, or its header cannot be true.
    """
    try:
        with file.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as m:
            return _Cursor(m).header()
    except (OSError, struct.error, ValueError, OverflowError, KeyError, TypeError):
        raise WorkbenchError(
            f"The file {file} is damaged (it is not a whole GGUF file): download the model again."
        ) from None


class _Cursor:
    """Goes through a mapped file; whatever it cannot read is a ValueError or a struct.error."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data, self._at = data, 0

    def header(self) -> GgufHeader:
        if self._bytes(len(MAGIC)) != MAGIC or self._number("<I") not in _VERSIONS:
            raise ValueError("not GGUF")
        tensors, entries = self._number("<Q"), self._number("<Q")
        if max(tensors, entries) > _MOST_ENTRIES:
            raise ValueError(entries)
        values = {self._text(): self._value(self._number("<I")) for _ in range(entries)}
        architecture = values["general.architecture"]
        if not isinstance(architecture, str):
            raise ValueError(architecture)
        return GgufHeader(architecture, values, sum(self._tensor() for _ in range(tensors)))

    def _tensor(self) -> int:
        """How many numbers the next tensor of the list has."""
        self._text()
        sides = self._number("<I")
        if sides > _MOST_SIDES:
            raise ValueError(sides)
        count: int = math.prod(self._number("<Q") for _ in range(sides))
        self._number("<I")
        if count > _MOST_NUMBERS or self._number("<Q") > len(self._data):
            raise ValueError(count)
        return count

    def _value(self, kind: int, *, inside: bool = False) -> Any:
        if kind == _TEXT:
            return self._text()
        if kind == _ARRAY and not inside:
            return self._list()
        return self._number(_SCALARS[kind])

    def _list(self) -> int:
        kind, count = self._number("<I"), self._number("<Q")
        if count > _MOST_ITEMS:
            raise ValueError(count)
        if kind in _SCALARS:
            self._bytes(count * struct.calcsize(_SCALARS[kind]))
        else:
            for _ in range(count):
                self._value(kind, inside=True)
        return int(count)

    def _text(self) -> str:
        length = self._number("<Q")
        if length > _LONGEST_TEXT:
            raise ValueError(length)
        return self._bytes(length).decode("utf-8", "replace")

    def _number(self, how: str) -> Any:
        (value,) = struct.unpack_from(how, self._data, self._at)
        self._at += struct.calcsize(how)
        return value

    def _bytes(self, count: int) -> bytes:
        found = self._data[self._at : self._at + count]
        if len(found) < count:
            raise ValueError(count)
        self._at += count
        return found
