"""Marked places in a text, as fields to pull out: {"CITY": ["Cork"]}."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from workbench.core.tasks import EXTRACTION
from workbench.data.readers.table import Meant

FIELDS = "fields"
"""The column of what was marked."""


class Span(NamedTuple):
    """A place in a text: its name, its first character and the one behind its last."""

    name: str
    start: int
    end: int


def meant(text: str, program: str) -> Meant:
    """What a file of marked texts is for."""
    return Meant(
        EXTRACTION.name,
        {"text": text, "response": FIELDS},
        f"{program} marked places of these texts, which are fields to pull out",
    )


def note(names: str = "mark") -> str:
    """How marks are read."""
    return (
        f'Each {names} is a field to pull out: its name, and the words that it marks, as '
        '{"CITY": ["Cork"]}. A text without marks has no fields: {}.'
    )  # fmt: skip


def fields(text: str, spans: Iterable[Span]) -> dict[str, list[str]] | None:
    """Name → the marked words, in the order of the text; None if a place is not in the text."""
    found: dict[str, list[str]] = {}
    for span in sorted(set(spans), key=lambda span: (span.start, span.end)):
        words = text[span.start : span.end].strip()
        if not words or span.start < 0 or span.end > len(text):
            return None
        found.setdefault(span.name, []).append(words)
    return found


def spans_in(value: Any) -> list[Span] | None:
    """Places in one of the forms that programs write; None if it is none of them.

    [start, end, "name"], and objects with `start`/`end` (or `start_offset`, `begin`, `from` …)
    and `label` (or `labels`, `type`, `entity` …).
    """
    if not isinstance(value, list):
        return None
    found = [one for item in value for one in (_listed(item) or _named(item) or [None])]
    return None if None in found else [span for span in found if span is not None]


def _listed(item: Any) -> list[Span | None]:
    if not isinstance(item, Sequence) or isinstance(item, str) or len(item) < 3:
        return []
    start, end, name = _place(item[0]), _place(item[1]), item[2]
    if start is None and end is not None and isinstance(item[0], str):  # name first
        start, end, name = end, _place(item[2]), item[0]
    return _span(name, start, end)


_STARTS = (
    "start",
    "start_offset",
    "startOffset",
    "beginOffset",
    "start_char",
    "begin",
    "offset",
    "from",
)
_ENDS = ("end", "end_offset", "endOffset", "end_char", "to")
_NAMES = (
    "label",
    "labels",
    "entity_group",
    "entity",
    "type",
    "tag",
    "category",
    "name",
    "displayName",
)


def _named(item: Any) -> list[Span | None]:
    if not isinstance(item, Mapping):
        return []
    start, end = _place(_first(item, _STARTS)), _place(_first(item, _ENDS))
    length = _place(item.get("length"))
    if end is None and start is not None and length is not None:
        end = start + length
    names = _first(item, _NAMES)
    found = [_span(name, start, end) for name in (names if isinstance(names, list) else [names])]
    return [span for each in found for span in each] if all(found) else []


def _first(item: Mapping[str, Any], keys: Sequence[str]) -> Any:
    return next((item[key] for key in keys if item.get(key) is not None), None)


def _place(value: Any) -> int | None:
    if isinstance(value, str) and value.isdecimal() and len(value) < 12:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _span(name: Any, start: int | None, end: int | None) -> list[Span | None]:
    if isinstance(name, int) and not isinstance(name, bool):
        name = str(name)  # older exports have the number of the label
    if not isinstance(name, str) or not name.strip() or start is None or end is None:
        return []
    return [Span(name, start, end)]
