"""Calls in plain words, for tables, files and reports: the tool, and its inputs by name."""

import json
from collections.abc import Mapping
from typing import Any

from workbench.core.tools.pieces import BREAKS_OFF, BROKEN, CALL, RESULT, Piece, holds_any, pieces

HALF = "A call that cannot be used"


def value_in_words(value: Any) -> str:
    """A value of an input, as a person reads it: texts as they are, short lists as such, the rest as
    JSON."""
    if isinstance(value, list) and value and all(isinstance(one, str | int) for one in value):
        return ", ".join(map(value_in_words, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def inputs_in_words(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each input's name and value."""
    return [(name, value_in_words(value)) for name, value in inputs.items()]


def in_words(text: str) -> str:
    """A text with its calls in words, a line for each input; one without any as it is."""
    return "\n".join(map(_lines, pieces(text))) if holds_any(text) else text


def growing(text: str) -> str:
    """The same of an answer that is still being written: its last call may be half there."""
    if not holds_any(text):
        return text
    *before, last = pieces(text)
    writing = last.kind == BROKEN and last.why == BREAKS_OFF
    return "\n".join([*map(_lines, before), "→ Calls …" if writing else _lines(last)])


def in_a_line(text: str) -> str:
    """The same for the cell of a table: "→ stock (item: kettle, count: 2)"."""
    return " ".join(map(_line, pieces(text))) if holds_any(text) else text


def _lines(piece: Piece) -> str:
    if piece.kind == CALL:
        inputs = [f"  {name}: {value}" for name, value in inputs_in_words(piece.inputs)]
        return "\n".join([f"→ Calls {piece.name}", *(inputs or ["  (no inputs)"])])
    if piece.kind == BROKEN:
        return f"→ {HALF} ({piece.why}): {piece.text}"
    return f"← The tool gave back: {piece.text}" if piece.kind == RESULT else piece.text


def _line(piece: Piece) -> str:
    if piece.kind == CALL:
        told = ", ".join(f"{name}: {value}" for name, value in inputs_in_words(piece.inputs))
        return f"→ {piece.name} ({told})"
    if piece.kind == BROKEN:
        return f"→ {HALF}: {piece.why} ({piece.text})"
    return f"← {piece.text}" if piece.kind == RESULT else piece.text
