"""Frames between a reader's process and the one that asks it.

A frame is the lengths of its two parts, a JSON object, and bytes: for a table an Arrow stream
with the numbers of the rows as its first column. The asking side believes none of it: lengths are
limited, and a table is looked through before it is used.
"""

import json
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from workbench.data.readers.table import Table
from workbench.data.readers.table_file import NUMBER, facts_of, with_facts

_LENGTHS = struct.Struct(">IQ")
MOST_FACTS = 64 << 20
FOLDER_PREFIX = "workbench-reader-"
"""How the name of a folder begins in which a reader unpacks."""


class Torn(Exception):
    """The other side is gone, or what it says is no frame."""


def send(wire: socket.socket, facts: dict[str, Any], body: memoryview | bytes = b"") -> None:
    """Send one frame.

    Raises:
        OSError: the other side is gone.
    """
    told = json.dumps(facts).encode()
    wire.sendall(_LENGTHS.pack(len(told), len(body)))
    wire.sendall(told)
    if body:
        wire.sendall(body)


def receive(
    wire: socket.socket, most: int, until: float | None = None
) -> tuple[dict[str, Any], bytearray]:
    """The next frame.

    Args:
        most: bytes that its second part may have.
        until: when to give up, by `time.monotonic`; None waits as long as it takes.

    Raises:
        Torn: there is none.
        TimeoutError: it has not come.
        OSError: the other side is gone.
    """
    left = _clock(until)
    told, follows = _LENGTHS.unpack(_exactly(wire, _LENGTHS.size, left))
    if told > MOST_FACTS or follows > most:
        raise Torn(f"a frame of {told} and {follows} bytes")
    facts = json.loads(_exactly(wire, told, left))
    if not isinstance(facts, dict):
        raise Torn("a frame without an object")
    return facts, _exactly(wire, follows, left)


def _clock(until: float | None) -> Callable[[], float | None]:
    return lambda: None if until is None else max(0.001, until - time.monotonic())


def _exactly(wire: socket.socket, length: int, left: Callable[[], float | None]) -> bytearray:
    found = bytearray(length)
    at = memoryview(found)
    while at:
        wire.settimeout(left())
        count = wire.recv_into(at)
        if not count:
            raise Torn("the end")
        at = at[count:]
    return found


def facts_and_rows(table: Table) -> tuple[dict[str, Any], pa.Buffer]:
    """A table as the two parts of a frame."""
    numbered = table.data.add_column(0, NUMBER, table.row_numbers)
    out = pa.BufferOutputStream()
    with pa.ipc.new_stream(out, numbered.schema) as writer:
        writer.write_table(numbered)
    return facts_of(table) | {"rows_in_file": table.rows_in_file}, out.getvalue()


def table_of(facts: dict[str, Any], rows: bytearray) -> Table:
    """The table in a frame.

    Raises:
        Torn: it is none.
    """
    try:
        data = pa.ipc.open_stream(pa.py_buffer(rows)).read_all()
        data.validate(full=True)
        numbers, data = data.column(NUMBER).combine_chunks(), data.drop_columns([NUMBER])
        if not pa.types.is_int64(numbers.type) or not all(map(_is_text, data.schema.types)):
            raise Torn("columns that are no texts")
        return with_facts(facts, data, numbers, int(facts["rows_in_file"]))
    except (pa.ArrowException, AttributeError, KeyError, TypeError, ValueError) as error:
        raise Torn("no table") from error


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
