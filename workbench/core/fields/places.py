"""Where the values of fields stand in the text that they were pulled out of."""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.core.fields.field import SEPARATOR, is_nothing
from workbench.core.fields.values import dates, numbers, same_date, same_number

LONGEST = 100_000
"""Characters of a text that are looked through."""
_NUMBER = re.compile(r"(?<![\w.,])[-−(]?\d[\d.,'’]*(?![\w])")
_DATE = re.compile(
    r"(?<!\w)(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/. ]{1,2}(?:\d{1,2}|[^\W\d_]{3,10})"
    r"[-/., ']{1,2}(?:\d{4}|\d{2})|[^\W\d_]{3,10}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4})(?!\w)"
)


@dataclass(frozen=True)
class Place:
    """A value, and where it stands."""

    name: str
    """The field's title; of an item of a list the list's."""
    value: str
    start: int | None
    """Characters before it; None where it stands nowhere."""
    end: int = 0
    is_same: bool = True
    """False where another way of writing the same number or date stands there."""


def values_of(fields: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Title and value of each field, in order; a list's items each, groups' fields each."""
    found: list[tuple[str, Any]] = []
    for name, value in fields.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, Mapping):
                found += [(f"{name}{SEPARATOR}{inner}", own) for inner, own in values_of(item)]
            else:
                found.append((name, item))
    return found


def places_of(fields: Mapping[str, Any], text: str) -> list[Place]:
    """Where each value that says something stands first; what says nothing is left out."""
    text = text[:LONGEST]
    told = [(name, value) for name, value in values_of(fields) if not is_nothing(value)]
    return [_place(name, value, text) for name, value in told]


def _place(name: str, value: Any, text: str) -> Place:
    said = value if isinstance(value, str) else _shown(value)
    if span := _written(said, text):
        return Place(name, said, *span)
    for pattern, read, same in ((_DATE, dates, same_date), (_NUMBER, numbers, same_number)):
        if read(value) and not isinstance(value, bool):
            for match in pattern.finditer(text):
                if same(value, match[0]):
                    return Place(name, said, *match.span(), is_same=False)
    return Place(name, said, None)


def _shown(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _written(value: str, text: str) -> tuple[int, int] | None:
    """Where a text stands as words of its own, whatever its blanks and capitals."""
    words = [re.escape(word) for word in value.split()]
    if not words:
        return None
    first, last = value.strip()[0], value.strip()[-1]
    before = r"(?<!\w)" if first.isalnum() else ""
    behind = r"(?!\w)" if last.isalnum() else ""
    before += r"(?<!\d[.,])" if first.isdigit() else ""  # 9 does not stand in 9.00
    behind += r"(?![.,]\d)" if last.isdigit() else ""
    match = re.search(before + r"\s+".join(words) + behind, text, re.IGNORECASE)
    return match.span() if match else None


def marked(places: Sequence[Place], text: str) -> list[tuple[str, list[int]]]:
    """The text in pieces, each with the numbers of the places (from 0) that cover it."""
    text = text[:LONGEST]
    spans = [(p.start, p.end, n) for n, p in enumerate(places) if p.start is not None]
    cuts = sorted({0, len(text), *(s for s, _, _ in spans), *(e for _, e, _ in spans)})
    pieces = []
    for start, end in itertools.pairwise(cuts):
        own = [number for begun, ended, number in spans if begun <= start and end <= ended]
        pieces.append((text[start:end], own))
    return pieces
