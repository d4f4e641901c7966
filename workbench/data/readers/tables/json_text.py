"""JSON as programs and people leave it: lists, lines, objects one after another, commas too many."""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.data.readers.kinds import JSON, JSONL

DECODER = json.JSONDecoder(parse_constant=lambda word: None)
"""NaN and Infinity, which Python's writers leave where a number is missing, are nothing."""
BETWEEN = re.compile(r"[\s,]*")
_COMMAS = re.compile(r"\s*,?\s*")
Rows = list[tuple[int, Any]]


class BadLine(WorkbenchError):
    """A line that is not JSON."""


def load(path: Path, name: str, codec: str, kind: str) -> tuple[Any, Rows | None, str]:
    """What a file holds as a whole, or else its rows with their numbers; and what it is.

    Raises:
        WorkbenchError: it is not JSON (says where).
    """
    if kind == JSONL:
        with path.open(encoding=codec) as stream:
            try:
                rows = list(lines(stream, name))
            except BadLine as bad:
                error: WorkbenchError = bad
            else:
                alone = len(rows) == 1 and isinstance(rows[0][1], dict)
                return (rows[0][1], None, JSON) if alone else (None, rows, JSONL)
        text = path.read_text(codec)
        value = _whole_or_none(text)
        if value is not None:
            return value, None, JSON
        return None, _sequence(text, name, error), JSON
    text = path.read_text(codec)
    try:
        return DECODER.decode(text.lstrip("\ufeff")), None, JSON
    except RecursionError as failed:
        raise WorkbenchError(sentence("A part", name, failed)) from None
    except ValueError:
        return None, _lines_or_none(text) or _sequence(text, name, None), JSON


def lines(stream: Iterable[str], name: str) -> Iterator[tuple[int, Any]]:
    """One value a line, with the line's number; empty lines are passed over.

    Raises:
        BadLine: one is not JSON.
    """
    for number, line in enumerate(stream, 1):
        if line.strip():
            yield number, line_value(line, number, name)


def line_value(line: str, number: int, name: str) -> Any:
    """The value in a line, which may end with a comma, as in a list.

    Raises:
        BadLine: it is not JSON.
    """
    try:
        value, end = DECODER.raw_decode(line, len(line) - len(line.lstrip()))
        if _COMMAS.fullmatch(line, end):
            return value
        raise json.JSONDecodeError("Extra data", line, end)
    except (ValueError, RecursionError) as error:
        raise BadLine(sentence(f"Line {number}", name, error)) from None


def sentence(place: str, name: str, error: Exception) -> str:
    """What to say of text that is no JSON, or none that Python can hold."""
    if isinstance(error, RecursionError):
        return (
            f"{place} of {name} is nested too deep to be read, lists or objects within each other: "
            "take out what is inside, or write it as a text in quotes."
        )
    if not isinstance(error, json.JSONDecodeError):
        return (
            f"{place} of {name} holds a number of more than {sys.get_int_max_str_digits():,} "
            "digits: shorten it, or write it as a text in quotes."
        )
    why = error.msg.removesuffix(" at").removesuffix(" starting")
    return (
        f"{place} of {name} is not valid JSON: {why[:1].lower()}{why[1:]} at character "
        f"{error.colno}. Correct that line and try again."
    )


def _whole_or_none(text: str) -> Any:
    try:
        return DECODER.decode(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None


def _lines_or_none(text: str) -> Rows | None:
    """JSON lines under the name of JSON."""
    try:
        values = [value for _, value in lines(text.splitlines(), "")]
    except BadLine:
        return None
    return list(enumerate(values, 1))


def _sequence(text: str, name: str, error: WorkbenchError | None) -> Rows:
    """Objects one after another, over as many lines as they like, or in a list with a comma too many.

    Raises:
        WorkbenchError: `error`, where the first line is a whole value; else where it ends to be JSON.
    """
    start = BETWEEN.match(text)
    place = start.end() if start else 0
    in_list = text.startswith("[", place)
    place = _after(text, place + 1) if in_list else place
    values: list[Any] = []
    try:
        while place < len(text) and not (in_list and text.startswith("]", place)):
            value, place = DECODER.raw_decode(text, place)
            values.append(value)
            place = _after(text, place)
        if in_list and text[place:].strip() != "]":
            raise json.JSONDecodeError("Expecting ',' delimiter", text, min(place, len(text)))
    except RecursionError as failed:
        raise error or WorkbenchError(sentence("A part", name, failed)) from None
    except json.JSONDecodeError as failed:
        if error is not None and (not values or _is_value(text.lstrip().split("\n", 1)[0])):
            raise error from None
        raise WorkbenchError(sentence(f"Line {failed.lineno}", name, failed)) from None
    except ValueError as failed:
        raise error or WorkbenchError(sentence(_line_without_end(text), name, failed)) from None
    return list(enumerate(values, 1))


def _line_without_end(text: str) -> str:
    """The line with a number of more digits than Python turns into one."""
    found = re.search(rf"\d{{{sys.get_int_max_str_digits() + 1},}}", text)
    return f"Line {text.count(chr(10), 0, found.start()) + 1}" if found else "A part"


def _after(text: str, place: int) -> int:
    found = BETWEEN.match(text, place)
    return found.end() if found else place


def _is_value(line: str) -> bool:
    try:
        line_value(line, 1, "")
    except BadLine:
        return False
    return True
