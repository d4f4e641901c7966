"""Answers in JSON lines, and in a JSON list of objects: new keys at the end of each object."""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.data.answered.columns import (
    AnswerColumn,
    Tally,
    Value,
    Written,
    check_rows,
    unique_titles,
)
from workbench.data.answered.text_lines import TextLines
from workbench.data.readers.table import ReadOptions, without_surrogates
from workbench.data.readers.tables.json_text import BETWEEN, DECODER


@dataclass(frozen=True)
class _Part:
    """A piece of the file, with an object in it or none."""

    number: int
    raw: bytes
    text: str = ""
    codec: str = "utf-8"
    end: int = 0
    """Where in the text the object ends."""
    value: Any = None


def write_lines(
    source: Path, out: Path, options: ReadOptions, columns: Sequence[AnswerColumn]
) -> Written:
    """A file with an object in each line, with more keys in those that are answered.

    Raises:
        WorkbenchError: a line holds something else.
    """
    return _write(source, out, options, columns, _lines)


def write_list(
    source: Path, out: Path, options: ReadOptions, columns: Sequence[AnswerColumn]
) -> Written:
    """A file with one list of objects, with more keys in those that are answered.

    Raises:
        WorkbenchError: it holds something else.
    """
    return _write(source, out, options, columns, _listed)


def _write(
    source: Path, out: Path, options: ReadOptions, columns: Sequence[AnswerColumn], parts: Any
) -> Written:
    keys: dict[str, None] = {}
    there = set()
    for part in parts(source, options):
        if isinstance(part.value, dict):
            there.add(part.number)
            keys.update(dict.fromkeys(part.value))
        elif part.text:
            raise _no_object(source, part)
    if len(there) == 1 and parts is _lines:  # the reader takes it for what is around the rows
        raise _no_list(source)
    check_rows(columns, there, source.name)
    titles, tally = unique_titles(columns, keys), Tally()
    with out.open("wb") as target:
        for part in parts(source, options):
            values = [column.values.get(part.number) for column in columns]
            is_answered = part.text and any(value is not None for value in values)
            tally.rows += bool(is_answered)
            target.write(_longer(part, titles, values) if is_answered else part.raw)
    return Written(titles, "", tally.rows, options, tally.notes())


def _no_object(source: Path, part: _Part) -> WorkbenchError:
    return WorkbenchError(
        f"Answers cannot be put into {source.name}: what stands at place {part.number:,} is no "
        "object with named values, so there is no room for more of them."
    )


def _longer(part: _Part, titles: Sequence[str], values: Sequence[Value]) -> bytes:
    """The piece with more keys at the end of its object, spaced as its others are."""
    body = part.text[: part.end - 1].rstrip()
    blank = " " if '": ' in part.text or not part.value else ""
    between = _between(part.text, blank) if part.value else ", "
    ascii_only = part.raw.isascii() or not part.codec.startswith("utf")
    new = [
        f"{json.dumps(title, ensure_ascii=ascii_only)}:{blank}{_said(value, ascii_only)}"
        for title, value in zip(titles, values, strict=True)
    ]
    behind = between.join(["", *new] if part.value else new) + part.text[len(body) :]
    cut = len(part.text[len(body) :].encode(part.codec))
    return part.raw[: len(part.raw) - cut] + behind.encode(part.codec)


def _between(text: str, blank: str) -> str:
    """The comma before a new key, with the line break and indent that others have."""
    first = text[text.index("{") + 1 :]
    indent = first[: len(first) - len(first.lstrip())]
    return f",{indent}" if "\n" in indent else f",{blank}"


def _said(value: Value, ascii_only: bool) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return "null"
    plain = without_surrogates(value) if isinstance(value, str) else value
    return json.dumps(plain, ensure_ascii=ascii_only)


def _lines(source: Path, options: ReadOptions) -> Iterator[_Part]:
    with source.open("rb") as stream:
        lines = TextLines(stream, options.encoding or "utf-8")
        yield _Part(0, lines.mark)
        number = 0
        while line := lines.readline():
            number += 1
            (raw,), lines.taken = lines.taken, []
            start = len(line) - len(line.lstrip())
            if start == len(line):
                yield _Part(number, raw)
                continue
            value, end = _decoded(line, start, source)
            yield _Part(number, raw, line, lines.codec, end, value)


def _listed(source: Path, options: ReadOptions) -> Iterator[_Part]:
    with source.open("rb") as stream:
        lines = TextLines(stream, options.encoding or "utf-8")
        mark, codec = lines.mark, lines.codec
        text = stream.read().decode(codec)
    place = len(text) - len(text.lstrip()) + 1
    if text[place - 1 : place] != "[":
        raise _no_list(source)
    yield _Part(0, mark + text[:place].encode(codec))
    number = 0
    while True:
        between = BETWEEN.match(text, place)
        start = between.end() if between else place
        if text.startswith("]", start) or start >= len(text):
            yield _Part(0, text[place:].encode(codec))
            return
        number += 1
        value, end = _decoded(text, start, source)
        piece = text[place:end]
        yield _Part(number, piece.encode(codec), piece, codec, len(piece), value)
        place = end


def _decoded(text: str, place: int, source: Path) -> tuple[Any, int]:
    try:
        return DECODER.raw_decode(text, place)
    except (ValueError, RecursionError) as error:
        raise _no_list(source) from error


def _no_list(source: Path) -> WorkbenchError:
    return WorkbenchError(
        f"Answers cannot be put into {source.name}: it is no list of objects, one for each row."
    )
