"""JSON lines and lists of JSON, object by object: once to learn the columns, once to write them."""

import io
import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from workbench.core.errors import WorkbenchError
from workbench.data.bulk.sink import MeteredSink
from workbench.data.readers import encodings, shapes
from workbench.data.readers.kinds import JSON, JSONL
from workbench.data.readers.shapes.shape import Account, Shape
from workbench.data.readers.table import ReadOptions, Table, check_width
from workbench.data.readers.table_file import empty
from workbench.data.readers.tables.json_text import (
    BETWEEN,
    DECODER,
    BadLine,
    line_value,
    sentence,
)
from workbench.data.readers.tables.jsons import UNFOLD_AT_MOST, as_text, single, title
from workbench.jobs.process.meter import Meter

LONGEST = 8_000_000
"""Characters of one object; a longer one is a mistake in the file, and would fill the memory."""
_CHUNK = 1 << 16
_SAMPLE_BYTES = 2_000_000
"""Of a file, for what its shape is told by: the first records are held together."""
_BATCH_CHARACTERS = 8_000_000
_BATCH = 20_000

_Rows = Iterator[tuple[int, Any]]


@dataclass
class _Column:
    """What the values of one key are like."""

    unfolds: bool = True
    """Each is an object, or a list of one, or nothing; at least one is something."""
    parts: dict[str, None] = field(default_factory=dict)

    def look(self, value: Any) -> None:
        if not self.unfolds:
            return
        part = single(value)
        if part is False:
            self.unfolds = False
        elif part:
            self.parts.update(dict.fromkeys(part))
            self.unfolds = len(self.parts) <= UNFOLD_AT_MOST


@dataclass(frozen=True)
class _File:
    path: Path
    name: str
    encoding: str
    kind: str
    choice: str = ""

    def shape(self) -> Shape | None:
        """The known shape of its records, by the first of them."""
        some = []
        for _, record in itertools.islice(self.records(_untold, _SAMPLE_BYTES), shapes.SAMPLE):
            if isinstance(record, dict):
                check_width(len(record), self.name)
            some.append(record)
        return shapes.recognise(some, self.choice)

    def records(self, meter: Callable[[float], None], most_bytes: int | None = None) -> _Rows:
        """The records that begin in the first bytes, or all of them; at least one."""
        codec = "utf-8-sig" if self.encoding == "utf-8" else self.encoding
        size = max(1, self.path.stat().st_size)
        with self.path.open("rb") as raw, io.TextIOWrapper(raw, codec) as stream:
            found = _lines if self.kind == JSONL else _elements
            for number, row in found(stream, self.name):
                if number % 1000 == 0:
                    meter(raw.tell() / size)
                yield number, row
                if most_bytes is not None and raw.tell() > most_bytes:
                    return


def _untold(share: float) -> None:
    """Nobody waits for this."""


def read(
    path: Path, name: str, options: ReadOptions, kind: str, sink: MeteredSink, meter: Meter
) -> Table:
    """The table in a large JSON file; its rows go to the sink.

    Raises:
        WorkbenchError: it is not JSON (says where), or holds no list of rows.
    """
    encoding = options.encoding or encodings.detect(path, name)
    if options.encoding:
        encodings.check(path, encoding, name)
    kind = _kind(path, encoding, kind)
    file = _File(path, name, encoding, kind, options.choice)
    shape = file.shape()
    first, second = meter.part(0, 0.4), meter.part(0.4, 1)
    ahead = file.records(first)
    columns = _columns(file, Account(shape).flat(ahead) if shape else ahead)
    outputs = _outputs(columns, unfold=shape is None)
    check_width(len(outputs), name)
    sink.begin(list(outputs))
    account = Account(shape) if shape else None
    records = file.records(second)
    for numbers, rows in _batches(account.flat(records) if account else records):
        arrays = [pa.array(map(get, rows), pa.large_string()) for get in outputs.values()]
        sink.add(pa.RecordBatch.from_arrays(arrays, names=list(outputs)), numbers)
    facts = account.facts(name) if account else {}
    return empty(name, kind, ReadOptions(encoding=encoding), **facts)


def is_document(path: Path) -> bool:
    """Whether the file is one object, with its rows somewhere inside."""
    start = _start(path, encodings.detect(path, path.name), LONGEST)
    if not start.startswith("{"):
        return False
    try:
        _, end = DECODER.raw_decode(start)
    except json.JSONDecodeError as error:
        return len(start) > LONGEST // 2 and error.pos > len(start) * 0.9
    except RecursionError:
        return True
    return not start[end:].strip(" \r\n\t,")


def _start(path: Path, encoding: str, characters: int) -> str:
    with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding) as stream:
        return stream.read(characters).lstrip()


def _kind(path: Path, encoding: str, kind: str) -> str:
    """Lines of objects are often called JSON; what is no list is taken for such lines, unless an
    object has several lines, or a line several objects."""
    start = _start(path, encoding, _CHUNK)
    if start.startswith("{"):
        return JSON if _is_sequence(start) else JSONL
    is_list = start.startswith("[") if kind == JSON else re.match(r"\[\s*\n", start)
    return JSON if is_list else JSONL


def _is_sequence(start: str) -> bool:
    try:
        _, end = DECODER.raw_decode(start)
    except (ValueError, RecursionError):
        return False
    rest = start[end:].lstrip(" \r\t,")
    return "\n" in start[:end] or (bool(rest) and not rest.startswith("\n"))


def _lines(stream: io.TextIOBase, name: str) -> _Rows:
    for number in itertools.count(1):
        line = stream.readline(LONGEST)
        if not line:
            return
        if len(line) >= LONGEST:
            raise _too_long(f"Line {number}", name)
        if line.strip():
            try:
                yield number, line_value(line, number, name)
            except BadLine as error:
                is_object = number == 1 and line.lstrip().startswith("{")
                raise WorkbenchError(str(error) + (_ONE_OBJECT if is_object else "")) from None


_ONE_OBJECT = " A file of this size is read best with one object a line (JSON lines)."


def _elements(stream: io.TextIOBase, name: str) -> _Rows:
    """The elements of one long list, or objects one after another."""
    buffer, line = stream.read(_CHUNK).lstrip(), 1
    in_list = buffer.startswith("[")
    place, ended = int(in_list), False
    for number in itertools.count(1):
        while True:
            place = BETWEEN.match(buffer, place).end()  # type: ignore[union-attr]
            try:
                if buffer.startswith("]", place) if in_list else ended and place == len(buffer):
                    return
                value, end = DECODER.raw_decode(buffer, place)
                if end < len(buffer):
                    break
            except json.JSONDecodeError as error:
                if ended:
                    at = f"Line {line + buffer.count(chr(10), 0, error.pos)}"
                    raise WorkbenchError(sentence(at, name, error)) from None
            except (ValueError, RecursionError) as error:
                raise WorkbenchError(sentence(f"Row {number}", name, error)) from None
            if len(buffer) - place > LONGEST:
                raise _too_long(f"Row {number}", name)
            line += buffer.count("\n", 0, place)
            more = stream.read(max(_CHUNK, len(buffer) - place))
            ended = not more
            buffer, place = buffer[place:] + (more or "\n"), 0
        yield number, value
        place = end


def _too_long(place: str, name: str) -> WorkbenchError:
    return WorkbenchError(
        f"{place} of {name} is longer than {LONGEST:,} characters: write one object for each "
        "example, or take that one out."
    )


def _columns(file: _File, rows: _Rows) -> dict[str, _Column] | None:
    """The keys of the objects, in the order in which they come; None if no row is an object."""
    columns: dict[str, _Column] = {}
    plain = objects = 0
    for number, row in rows:
        if not isinstance(row, dict):
            plain = plain or number
        else:
            objects += 1
            if len(row) > len(columns) or not row.keys() <= columns.keys():
                check_width(len(row.keys() | columns.keys()), file.name)
            for key, value in row.items():
                columns.setdefault(key, _Column()).look(value)
        if plain and objects:
            place = "Line" if file.kind == JSONL else "Row"
            raise WorkbenchError(
                f"{place} {plain} of {file.name} is not an object with named values like the "
                "others: correct it or take it out."
            )
    if not plain and not objects:
        raise WorkbenchError(
            f"{file.name} is empty: choose a file with at least ten rows of examples."
        )
    return columns if objects else None


def _outputs(
    columns: dict[str, _Column] | None, *, unfold: bool
) -> dict[str, Callable[[Any], str | None]]:
    """The columns of the table, and how to get each one's cell from a row."""
    if columns is None:
        return {"text": as_text}
    outputs = {title(key): _cell(key) for key in columns}
    for key, column in columns.items() if unfold else ():
        parts = column.parts
        if column.unfolds and parts and not {"role", "content"} <= set(parts):
            for part in parts:
                outputs.setdefault(f"{title(key)}.{title(part)}", _part(key, part))
    return outputs


def _cell(key: str) -> Callable[[Any], str | None]:
    return lambda row: as_text(row.get(key))


def _part(key: str, part: str) -> Callable[[Any], str | None]:
    def cell(row: Any) -> str | None:
        value = single(row.get(key))
        return as_text(value.get(part)) if value else None

    return cell


def _batches(rows: _Rows) -> Iterator[tuple[list[int], list[Any]]]:
    """Rows in lots that fit in memory; what they hold is told by their length as text."""
    numbers: list[int] = []
    lot: list[Any] = []
    characters = 0
    for number, row in rows:
        numbers.append(number)
        lot.append(row)
        values = row.values() if isinstance(row, dict) else (row,)
        characters += sum(len(v) if isinstance(v, str) else _LIKELY for v in values)
        if len(lot) >= _BATCH or characters >= _BATCH_CHARACTERS:
            yield numbers, lot
            numbers, lot, characters = [], [], 0
    if lot:
        yield numbers, lot


_LIKELY = 400
"""Characters of a nested value, for the size of a lot."""
