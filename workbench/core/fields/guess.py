"""Which fields answers have, and of which kind each is, told from the answers themselves."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from workbench.core.fields.field import (
    ABSENT,
    BOOLEAN,
    DATE,
    GROUP,
    JSON_NUMBER,
    NULL,
    NUMBER,
    ONE_OF,
    OTHER,
    STRING,
    TEXT,
    WORDS,
    YES_NO,
    Field,
    Fields,
    is_nothing,
    written,
)
from workbench.core.fields.values import dates, numbers

MOST_FIELDS = 100
"""Answers of more different fields have names that are values themselves: any object is one then."""
FEWEST = 20
"""With fewer answers nothing is said of what there never is."""
MOST_CHOICES, LONGEST_CHOICE, REPEATED = 30, 60, 5
"""A closed list: so many values at most, of so many characters, each so often on average."""
_DEEPEST = 6
_SURE = 0.98
"""From this share of the values on they are of a kind."""

Given = list[Any]
"""A field's values, one an answer; `_NONE` where an answer does not have it."""
_NONE: Any = object()


def objects(answers: Iterable[str | None]) -> list[dict[str, Any]]:
    """The answers that are objects of fields."""
    found = []
    for answer in answers:
        try:
            value = json.loads(answer or "")
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            found.append(value)
    return found


def guessed(answers: Iterable[str | None], known: Fields = ()) -> Fields:
    """The fields of answers (JSON), in the order in which the answers have them.

    Args:
        known: what was said of some of them: kind, help, choices, whether one may be missing.
    """
    return _of(objects(answers), known, 0)


def _of(found: Sequence[dict[str, Any]], known: Fields, depth: int) -> Fields:
    names = _order(found)
    names += [field.name for field in known if field.name not in names]
    if len(names) > MOST_FIELDS or depth > _DEEPEST:
        return ()
    said = {field.name: field for field in known}
    return tuple(
        _field(name, [one.get(name, _NONE) for one in found], said.get(name), depth)
        for name in names
    )


def _order(found: Sequence[dict[str, Any]]) -> list[str]:
    """All names; one that the first answers lack stands where the others have it."""
    names: list[str] = []
    known: set[str] = set()
    for one in found:
        if known.issuperset(one):
            continue
        place = 0
        for name in one:
            if name not in known:
                names.insert(place, name)
                known.add(name)
            place = names.index(name) + 1
        if len(names) > 2 * MOST_FIELDS:
            break
    return names


def _field(name: str, given: Given, known: Field | None, depth: int) -> Field:
    told = [value for value in given if value is not _NONE and not is_nothing(value)]
    lists = [value for value in given if isinstance(value, list)]
    is_list = bool(lists) and all(isinstance(value, list) for value in told)
    items = [item for value in told for item in value] if is_list else told
    facts: dict[str, Any] = {
        "written": tuple(sorted(_written(given, items))),
        "longest": max((len(item) for item in items if isinstance(item, str)), default=0),
        "most": max(map(len, lists), default=0),
    }
    if known is not None and known.is_set:
        inner = _of([i for i in items if isinstance(i, dict)], known.fields, depth + 1)
        return replace(known, **facts, fields=inner if known.kind == GROUP else ())
    missing = len(told) < len(given) or len(given) < FEWEST
    own = Field(name, is_list=is_list, may_be_missing=missing, **facts)
    own = _of_kind(own, items, known, depth)
    return replace(own, help=known.help if known else "")


def _written(given: Given, items: Sequence[Any]) -> set[str]:
    found = {_form(item) for item in items} - {""}
    found |= {NULL} if any(value is None for value in given) else set()
    found |= {ABSENT} if any(value is _NONE for value in given) else set()
    has_words = any(isinstance(item, str) and not any(map(str.isdigit, item)) for item in items)
    return found | ({WORDS} if has_words else set())


def _form(value: Any) -> str:
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, int | float):
        return JSON_NUMBER
    return STRING if isinstance(value, str) else NULL if value is None else ""


def _of_kind(field: Field, items: Sequence[Any], known: Field | None, depth: int) -> Field:
    """The field with the kind of its values."""
    if items and all(isinstance(item, dict) for item in items):
        inner = _of(items, known.fields if known else (), depth + 1)
        return replace(field, kind=GROUP if inner else OTHER, fields=inner)
    if any(isinstance(item, dict | list) for item in items):
        return replace(field, kind=OTHER, is_list=False)
    plain = [item for item in items if item is not None]
    if plain and all(isinstance(item, bool) for item in plain):
        return replace(field, kind=YES_NO)
    if choices := _choices(plain):
        return replace(field, kind=ONE_OF, choices=choices)
    return replace(field, kind=_kind(plain))


def _kind(plain: Sequence[Any]) -> str:
    if not plain:
        return TEXT
    for kind, readings in ((DATE, dates), (NUMBER, numbers)):
        if _share(plain, readings) >= _SURE:
            return kind
    return TEXT


def _share(plain: Sequence[Any], readings: Callable[[Any], Any]) -> float:
    return sum(bool(readings(item)) for item in plain) / len(plain)


def _choices(plain: Sequence[Any]) -> tuple[Any, ...]:
    """The values of a closed list; empty where they are none: every value has come back, often."""
    if len(plain) < FEWEST or any(isinstance(i, float) for i in plain):
        return ()
    counts = Counter(map(written, plain))
    if len(counts) > MOST_CHOICES or len(plain) < REPEATED * len(counts):
        return ()
    if min(counts.values()) < 2 or max(map(len, counts)) > LONGEST_CHOICE or len(counts) < 2:
        return ()
    if _share(plain, numbers) >= _SURE or _share(plain, dates) >= _SURE:
        return ()
    return tuple(json.loads(one) for one, _ in counts.most_common())
