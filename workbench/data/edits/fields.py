"""The fields of an answer in JSON, one by one, as people read and change them."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.core.canonical import parsed

TEXT, NUMBER, YES_NO, LINES, TABLE, JSON = "text", "number", "yes or no", "lines", "table", "json"
YES, NO = "yes", "no"
OTHERS = 200
"""So many answers are enough to learn from what fields there are."""
Path = tuple[str, ...]
Typed = str | list[dict[str, str]]
"""What stands in a field's input: a text, or the lines of a table."""

ABSENT: Any = object()
"""Stands for a field that an answer does not have; null is another thing."""


@dataclass(frozen=True)
class Field:
    """One field of an answer."""

    path: Path
    """Its name; of a field within a field all names from the outermost."""
    kind: str
    """TEXT, NUMBER, YES_NO, LINES (a list, one item a line), TABLE (a list of things with fields
    of their own), or JSON (whatever else)."""
    value: Any
    """As it stands in the answer; None if it is null or not there."""
    seen: tuple[Any, ...]
    """What stands there in other answers; `ABSENT` where nothing does."""

    @property
    def title(self) -> str:
        """ "total", "address · street"."""
        return " · ".join(self.path)

    @property
    def columns(self) -> list[str]:
        """The columns of a TABLE."""
        return list(dict.fromkeys(name for line in self.items(dict) for name in line))

    def items(self, kind: Any) -> list[Any]:
        """What of this type stands in its lists, here and in other answers."""
        lists = [value for value in (self.value, *self.seen) if isinstance(value, list)]
        return [item for found in lists for item in found if isinstance(item, kind)]


def fields_of(answer: str, others: Iterable[str] = ()) -> list[Field]:
    """The fields of an answer, and those that only other answers have in the place they have there.

    Args:
        answer: a JSON object as an import has kept it.
        others: answers of the same dataset, from which the kinds of the fields are learned.
    """
    mine = dict(_leaves(json.loads(answer)))
    theirs = [dict(_leaves(value)) for other in others if isinstance(value := parsed(other), dict)]
    paths = _merge(mine, theirs)
    return [
        Field(
            path,
            _kind(mine.get(path), [found[path] for found in theirs if path in found]),
            mine.get(path),
            tuple(found.get(path, ABSENT) for found in theirs),
        )
        for path in paths
    ]


def format_field(field: Field) -> Typed:
    """A field's value as people write it; empty if there is none."""
    if field.kind == TABLE:
        return [
            {name: format_value(line.get(name)) for name in field.columns}
            for line in field.value or ()
        ]
    if field.kind == LINES:
        return "\n".join(map(format_value, field.value or ()))
    if field.kind == JSON:
        return "" if field.value is None else json.dumps(field.value, ensure_ascii=False, indent=2)
    return format_value(field.value)


def _leaves(value: Mapping[str, Any], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    for name, inner in value.items():
        if isinstance(inner, dict) and inner:
            yield from _leaves(inner, (*path, name))
        else:
            yield (*path, name), inner


def _merge(mine: Mapping[Path, Any], theirs: Iterable[Mapping[Path, Any]]) -> list[Path]:
    paths = list(mine)
    for found in theirs:
        place = 0
        for path in found:
            if path not in paths:
                paths.insert(place, path)
            place = paths.index(path) + 1
    outer = {path[:length] for path in paths for length in range(1, len(path))}
    return [path for path in paths if path not in outer]


def _kind(value: Any, others: Sequence[Any]) -> str:
    kinds = {kind_of(each) for each in (value, *others)} - {""}
    if len(kinds) == 1:
        return kinds.pop()
    if kinds <= {TEXT, NUMBER, YES_NO}:
        return LINES if not kinds and [] in (value, *others) else TEXT
    return kind_of(value) or JSON


def kind_of(value: Any) -> str:
    """The kind of one value; "" for what is empty."""
    if value is None or value in ("", []):
        return ""
    if isinstance(value, bool):
        return YES_NO
    if isinstance(value, int | float):
        return NUMBER
    if isinstance(value, str):
        return TEXT
    if isinstance(value, list):
        if all(map(_is_line, value)):
            return LINES
        if all(isinstance(item, dict) and all(map(_is_plain, item.values())) for item in value):
            return TABLE
    return JSON


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float)


def _is_line(value: Any) -> bool:
    text = format_value(value) if _is_plain(value) else ""
    return bool(text) and text == text.strip() and "\n" not in text


def format_value(value: Any) -> str:
    """A single value as people write it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
