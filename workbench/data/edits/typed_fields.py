"""What was typed into the fields of an answer, back in the one form that models are taught."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.core.canonical import fields_json
from workbench.core.errors import WorkbenchError
from workbench.data.edits.fields import (
    ABSENT,
    JSON,
    LINES,
    NO,
    NUMBER,
    TABLE,
    TEXT,
    YES,
    YES_NO,
    Field,
    Path,
    Typed,
    format_field,
    format_value,
    kind_of,
)

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?")


def answer_of(answer: str, fields: Sequence[Field], typed: Mapping[Path, Typed]) -> str:
    """The answer with what was typed, in the form that an import keeps.

    A field that was not touched stays as it is to the letter; one that was emptied becomes what
    other answers have where they have nothing.

    Raises:
        WorkbenchError: what was typed is not of the field's kind.
    """
    changed = [
        field
        for field in fields
        if typed.get(field.path, format_field(field)) != format_field(field)
    ]
    if not changed:
        return answer
    value = json.loads(answer)
    for field in changed:
        _put(value, field.path, _read(field, typed[field.path]))
    return fields_json(json.dumps(_order(value, [field.path for field in fields])))


def _read(field: Field, typed: Typed) -> Any:
    """The value that was typed; `ABSENT` if the field shall not be there."""
    if isinstance(typed, list):
        return _lines(field, typed) or _nothing(field.seen, [])
    text = typed.strip()
    if not text:
        return _nothing(field.seen, [] if field.kind in (LINES, TABLE) else None)
    if field.kind == LINES:
        items = field.items(str | int | float)
        return [
            _item(field.title, line, items) for line in map(str.strip, text.split("\n")) if line
        ]
    if field.kind == JSON:
        return _parse(field.title, text)
    return _item(field.title, text, [field.value, *field.seen])


def _nothing(seen: Sequence[Any], otherwise: Any) -> Any:
    """What answers have where they have nothing."""
    empties: tuple[Any, ...] = (None, "", [])
    for empty in empties:
        if any(value is not ABSENT and value == empty for value in seen):
            return empty
    return ABSENT if ABSENT in seen else otherwise


def _lines(field: Field, typed: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    lines, then = field.items(dict), list(zip(format_field(field), field.value or (), strict=True))
    made = []
    for each in typed:
        if any(text.strip() for text in each.values()):
            same = [value for line, value in then if line == each]
            made.append(same[0] if same else _line(field, each, lines))
    return made


def _line(
    field: Field, typed: Mapping[str, str], lines: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    made = {}
    for name in field.columns:
        seen = [line.get(name, ABSENT) for line in lines]
        text = typed.get(name, "").strip()
        value = _item(f"{field.title} · {name}", text, seen) if text else _nothing(seen, None)
        if value is not ABSENT:
            made[name] = value
    return made


def _item(title: str, text: str, seen: Sequence[Any]) -> Any:
    """A text as a value of the kind that stands there elsewhere."""
    values = [value for value in seen if kind_of(value) in (TEXT, NUMBER, YES_NO)]
    kinds = {kind_of(value) for value in values}
    for value in values:
        if format_value(value) == text:
            return value
    if kinds == {YES_NO} and text.lower() in (YES, NO):
        return text.lower() == YES
    if NUMBER in kinds and _NUMBER.fullmatch(text):
        return json.loads(text)
    if kinds == {NUMBER}:
        raise WorkbenchError(
            f"'{title}' is a number everywhere, and '{text[:40]}' is none: write it like 1234.5, "
            "without a unit and without commas."
        )
    if kinds == {YES_NO}:
        raise WorkbenchError(f"'{title}' is yes or no everywhere: write one of them.")
    return text


def _parse(title: str, text: str) -> Any:
    try:
        return json.loads(fields_json(f'{{"value": {text}}}'))["value"]
    except (ValueError, RecursionError):
        raise WorkbenchError(
            f"'{title}' could not be read any more: change only what stands between the quotation "
            "marks there, or discard the change."
        ) from None


def _put(value: dict[str, Any], path: Path, new: Any) -> None:
    *outer, last = path
    for name in outer:
        if not isinstance(value.get(name), dict):
            if new is ABSENT:
                return
            value[name] = {}
        value = value[name]
    if new is ABSENT:
        value.pop(last, None)
    else:
        value[last] = new


def _order(value: Mapping[str, Any], paths: Sequence[Path]) -> dict[str, Any]:
    """The same fields in the order of their paths."""
    names = dict.fromkeys(path[0] for path in paths if path[0] in value)
    made = {}
    for name in [*names, *(name for name in value if name not in names)]:
        inner = [path[1:] for path in paths if path[0] == name and len(path) > 1]
        made[name] = (
            _order(value[name], inner) if isinstance(value[name], dict) and inner else value[name]
        )
    return made
