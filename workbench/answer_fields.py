"""The fields of an answer in JSON as people change them: one by one, and back into its one form."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.errors import WorkbenchError
from workbench.structured import fields_json, parsed

TEXT, NUMBER, YES_NO, LINES, TABLE, JSON = "text", "number", "yes or no", "lines", "table", "json"
YES, NO = "yes", "no"
OTHERS = 200
"""So many answers are enough to learn from what fields there are."""
Path = tuple[str, ...]
Typed = str | list[dict[str, str]]
"""What stands in a field's input: a text, or the lines of a table."""

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?")
_ABSENT = object()


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
    """What stands there in other answers; `_ABSENT` where nothing does."""

    @property
    def title(self) -> str:
        """ "total", "address · street"."""
        return " · ".join(self.path)

    @property
    def columns(self) -> list[str]:
        """The columns of a TABLE."""
        return list(dict.fromkeys(name for line in _items(self, dict) for name in line))


def fields_of(answer: str, others: Iterable[str] = ()) -> list[Field]:
    """The fields of an answer, and those that only other answers have in the place they have there.

    Args:
        answer: a JSON object as an import has kept it.
        others: answers of the same dataset, from which the kinds of the fields are learned.
    """
    mine = dict(_leaves(json.loads(answer)))
    theirs = [dict(_leaves(value)) for other in others if isinstance(value := parsed(other), dict)]
    paths = _merged(mine, theirs)
    return [
        Field(
            path,
            _kind(mine.get(path), [found[path] for found in theirs if path in found]),
            mine.get(path),
            tuple(found.get(path, _ABSENT) for found in theirs),
        )
        for path in paths
    ]


def shown(field: Field) -> Typed:
    """A field's value as people write it; empty if there is none."""
    if field.kind == TABLE:
        return [
            {name: _said(line.get(name)) for name in field.columns} for line in field.value or ()
        ]
    if field.kind == LINES:
        return "\n".join(map(_said, field.value or ()))
    if field.kind == JSON:
        return "" if field.value is None else json.dumps(field.value, ensure_ascii=False, indent=2)
    return _said(field.value)


def answer_of(answer: str, fields: Sequence[Field], typed: Mapping[Path, Typed]) -> str:
    """The answer with what was typed, in the form that an import keeps.

    A field that was not touched stays as it is to the letter; one that was emptied becomes what
    other answers have where they have nothing.

    Raises:
        WorkbenchError: what was typed is not of the field's kind.
    """
    changed = [field for field in fields if typed.get(field.path, shown(field)) != shown(field)]
    if not changed:
        return answer
    value = json.loads(answer)
    for field in changed:
        _put(value, field.path, _read(field, typed[field.path]))
    return fields_json(json.dumps(_ordered(value, [field.path for field in fields])))


def _leaves(value: Mapping[str, Any], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    for name, inner in value.items():
        if isinstance(inner, dict) and inner:
            yield from _leaves(inner, (*path, name))
        else:
            yield (*path, name), inner


def _merged(mine: Mapping[Path, Any], theirs: Iterable[Mapping[Path, Any]]) -> list[Path]:
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
    kinds = {_kind_of(each) for each in (value, *others)} - {""}
    if len(kinds) == 1:
        return kinds.pop()
    if kinds <= {TEXT, NUMBER, YES_NO}:
        return LINES if not kinds and [] in (value, *others) else TEXT
    return _kind_of(value) or JSON


def _kind_of(value: Any) -> str:
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
    text = _said(value) if _is_plain(value) else ""
    return bool(text) and text == text.strip() and "\n" not in text


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _read(field: Field, typed: Typed) -> Any:
    """The value that was typed; `_ABSENT` if the field shall not be there."""
    if isinstance(typed, list):
        return _lines(field, typed) or _nothing(field.seen, [])
    text = typed.strip()
    if not text:
        return _nothing(field.seen, [] if field.kind in (LINES, TABLE) else None)
    if field.kind == LINES:
        items = _items(field, str | int | float)
        return [
            _item(field.title, line, items) for line in map(str.strip, text.split("\n")) if line
        ]
    if field.kind == JSON:
        return _parsed(field.title, text)
    return _item(field.title, text, [field.value, *field.seen])


def _nothing(seen: Sequence[Any], otherwise: Any) -> Any:
    """What answers have where they have nothing."""
    empties: tuple[Any, ...] = (None, "", [])
    for empty in empties:
        if any(value is not _ABSENT and value == empty for value in seen):
            return empty
    return _ABSENT if _ABSENT in seen else otherwise


def _items(field: Field, kind: Any) -> list[Any]:
    """What stands in the field's lists, here and in other answers."""
    lists = [value for value in (field.value, *field.seen) if isinstance(value, list)]
    return [item for items in lists for item in items if isinstance(item, kind)]


def _lines(field: Field, typed: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    lines, then = _items(field, dict), list(zip(shown(field), field.value or (), strict=True))
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
        seen = [line.get(name, _ABSENT) for line in lines]
        text = typed.get(name, "").strip()
        value = _item(f"{field.title} · {name}", text, seen) if text else _nothing(seen, None)
        if value is not _ABSENT:
            made[name] = value
    return made


def _item(title: str, text: str, seen: Sequence[Any]) -> Any:
    """A text as a value of the kind that stands there elsewhere."""
    values = [value for value in seen if _kind_of(value) in (TEXT, NUMBER, YES_NO)]
    kinds = {_kind_of(value) for value in values}
    for value in values:
        if _said(value) == text:
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


def _parsed(title: str, text: str) -> Any:
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
            if new is _ABSENT:
                return
            value[name] = {}
        value = value[name]
    if new is _ABSENT:
        value.pop(last, None)
    else:
        value[last] = new


def _ordered(value: Mapping[str, Any], paths: Sequence[Path]) -> dict[str, Any]:
    """The same fields in the order of their paths."""
    names = dict.fromkeys(path[0] for path in paths if path[0] in value)
    made = {}
    for name in [*names, *(name for name in value if name not in names)]:
        inner = [path[1:] for path in paths if path[0] == name and len(path) > 1]
        made[name] = (
            _ordered(value[name], inner) if isinstance(value[name], dict) and inner else value[name]
        )
    return made
