"""The header of a safetensors file, read without loading the weights and believed in nothing."""

import json
import math
import struct
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError

LARGEST_BYTES = 100_000_000
MOST_NUMBERS = 10**13
"""In one file; a hundred times what the largest models have altogether."""
_PACKED_SCALES = ("absmax", "quant_map", "quant_state", "nested_absmax", "nested_quant_map")
"""Parts of names of tensors that only say how the others are packed."""


def parameters_in(file: Path) -> int:
    """How many numbers the file holds, as its header says: 8 bytes length, then JSON.

    Raises:
        WorkbenchError: it is no such file, is cut off, or its header cannot be true.
    """
    try:
        size = file.stat().st_size
        tensors, end = _tensors(file)
        counts = [
            _numbers(entry) * (2 if _holds_two(name, tensors) else 1)
            for name, entry in tensors.items()
            if not _is_scale(name)
        ]
        ends = [_offset(entry) for entry in tensors.values()]
    except (OSError, struct.error, ValueError, KeyError, TypeError, AttributeError, IndexError,
            RecursionError):  # fmt: skip
        raise WorkbenchError(
            f"The file {file} is damaged (it is not a safetensors file): download the model again."
        ) from None
    if size < end + max(ends, default=0):
        raise WorkbenchError(f"The file {file} is cut off: download the model again.")
    return sum(counts)


def _tensors(file: Path) -> tuple[dict[str, Any], int]:
    """Name → entry of each tensor, and where the header ends."""
    with file.open("rb") as handle:
        (length,) = struct.unpack("<Q", handle.read(8))
        if length > LARGEST_BYTES:
            raise ValueError(length)
        header = json.loads(handle.read(length), parse_constant=_no_number)
    return {name: entry for name, entry in header.items() if name != "__metadata__"}, 8 + length


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _holds_two(name: str, tensors: dict[str, Any]) -> bool:
    """Whether each byte of a tensor holds two numbers, as bitsandbytes packs 4 bits."""
    return any(f"{name}.quant_state.bitsandbytes__{kind}" in tensors for kind in ("nf4", "fp4"))


def _is_scale(name: str) -> bool:
    return any(part in name for part in _PACKED_SCALES)


def _numbers(entry: dict[str, Any]) -> int:
    count = math.prod(_whole(side) for side in entry["shape"])
    if count > MOST_NUMBERS:
        raise ValueError(count)
    return count


def _offset(entry: dict[str, Any]) -> int:
    start, end = map(_whole, entry["data_offsets"])
    if end < start:
        raise ValueError(end)
    return end


def _whole(value: Any) -> int:
    """`value` if it is a whole number from 0 on.

    Raises:
        ValueError: it is something else.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(value)
    return value
