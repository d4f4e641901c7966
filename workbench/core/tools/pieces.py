"""An answer in its pieces: what it says, what it calls, and what a tool gave back.

The form is that of `core.chats.calls`. A call that breaks off, or that nobody can read, is a piece
as well, with the reason.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

SAID, CALL, BROKEN, RESULT = "said", "call", "broken", "result"
OPENS, CLOSES = "<tool_call>", "</tool_call>"
RESULT_OPENS, RESULT_CLOSES = "<tool_response>", "</tool_response>"
BREAKS_OFF = "it breaks off"
NO_JSON = "it is not valid JSON"
NO_NAME = "it does not name a tool"
NO_INPUTS = "its inputs are not named values"
_MARK = re.compile(f"{OPENS}|{RESULT_OPENS}")
_BLANK = re.compile(r"\s*")


@dataclass(frozen=True)
class Piece:
    """A part of an answer, or of what is said to a model."""

    kind: str
    """SAID, CALL, BROKEN or RESULT."""
    text: str
    """What is said, what a tool gave back, or what stands between the marks of a call."""
    name: str = ""
    """The tool that is called."""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    """Of a call: name → value."""
    why: str = ""
    """Why a call is BROKEN."""


def pieces(text: str) -> list[Piece]:
    """The text in its pieces, in their order; one that holds no call is one piece."""
    return list(_pieces(text))


def calls_in(text: str) -> list[Piece]:
    """The calls of a text, those that are broken among them."""
    return [piece for piece in _pieces(text) if piece.kind in (CALL, BROKEN)]


def holds_any(text: str) -> bool:
    """Whether a text holds a call, or what a tool gave back."""
    return bool(_MARK.search(text))


def said_of(text: str) -> str:
    """What a text says beside its calls."""
    return "\n".join(piece.text for piece in _pieces(text) if piece.kind == SAID)


def _pieces(text: str) -> Iterator[Piece]:
    place = 0
    while found := _MARK.search(text, place):
        yield from _said(text[place : found.start()])
        read = _call_at if found[0] == OPENS else _result_at
        piece, place = read(text, found.end())
        yield piece
    yield from _said(text[place:])


def _said(text: str) -> Iterator[Piece]:
    if text.strip():
        yield Piece(SAID, text.strip("\n"))


def _result_at(text: str, start: int) -> tuple[Piece, int]:
    end = text.find(RESULT_CLOSES, start)
    until = len(text) if end < 0 else end
    return Piece(RESULT, text[start:until].strip()), until if end < 0 else end + len(RESULT_CLOSES)


def _call_at(text: str, start: int) -> tuple[Piece, int]:
    """The call whose mark ends at a place, and where the text goes on behind it."""
    again = text.find(OPENS, start)
    inner = text[start : None if again < 0 else again]  # no error looks further than this
    begin = _end_of(_BLANK, inner, 0)
    try:
        value, end = _DECODER.raw_decode(inner, begin)
    except (ValueError, RecursionError):
        return _broken(inner, start)
    close = _end_of(_BLANK, inner, end)
    if not inner.startswith(CLOSES, close):
        return _broken(inner, start)
    return called(value, inner[begin:end]), start + close + len(CLOSES)


def _broken(inner: str, start: int) -> tuple[Piece, int]:
    end = inner.find(CLOSES)
    if end >= 0:
        return Piece(BROKEN, inner[:end].strip(), why=NO_JSON), start + end + len(CLOSES)
    return Piece(BROKEN, inner.strip(), why=BREAKS_OFF), start + len(inner)


def called(value: Any, text: str) -> Piece:
    """The call that a JSON value is."""
    name = value.get("name") if isinstance(value, dict) else None
    if not isinstance(name, str) or not name:
        return Piece(BROKEN, text, why=NO_NAME)
    inputs = value.get("arguments", {})
    if isinstance(inputs, str):
        inputs = _decoded(inputs)
    if not isinstance(inputs, dict):
        return Piece(BROKEN, text, name, why=NO_INPUTS)
    return Piece(CALL, text, name, inputs)


def _decoded(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_constant) if text.strip() else {}
    except (ValueError, RecursionError):
        return None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


def _end_of(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.match(text, start)
    return found.end() if found else start
