"""Ungrounded fields: texts do not say what is to be pulled out, so a model would make it up."""

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from workbench.core.words import count, joined, plural, shortened
from workbench.data.checkup.finding import Finding, FlaggedRow, harm_of
from workbench.data.checkup.rows import Rows

KIND = "unsaid"
"""As checkups have been stored."""
_LOOKED_AT = 5000
_FEWEST = 10
"""A field with fewer values is not judged."""
_CLOSED = 0.2
"""A field with at most this share of different values is a choice, which texts need not spell out."""
_UNSAID = 0.5
"""From this share of its values on a field is not in the texts."""
_LARGEST_COUNT = 20
"""Whole numbers up to here may have been counted, or written as words."""
_LEAST_ID = 100
"""A smaller number stands in many a text by chance, and does not stand for its owner."""
_SHOWN, _SHOWN_VALUE = 3, 40
_WORD = re.compile(r"[^\W\d_]+")
_AMOUNTS = (
    re.compile(r"\d(?:[\d.,']*\d)?"),
    re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?"),
)
"""With dots or commas, and in groups of three."""
_DIGITS = re.compile(r"\d+")

Field = tuple[str, ...]


@dataclass(frozen=True)
class _Text:
    """A text as values are looked for in it."""

    letters: str
    words: frozenset[str]
    amounts: frozenset[str]
    numbers: frozenset[int]

    def says(self, value: str | int | float) -> bool:
        """Whether it holds a value, in other letters or another way of writing numbers and dates."""
        if not isinstance(value, str):
            return abs(value) <= _LARGEST_COUNT or not _amounts(_write_number(value)) - self.amounts
        if _letters(value) in self.letters:
            return True
        words, numbers = set(_WORD.findall(_fold(value))), _numbers(value)
        counted = len(numbers & self.numbers) * 2 >= len(numbers) or _amounts(value) <= self.amounts
        if not words:
            return counted
        if len(words & self.words) * 2 >= len(words):
            return counted
        return max(numbers, default=0) >= _LEAST_ID and numbers <= self.numbers


def check(rows: Rows) -> Finding | None:
    """The fields whose values stand in hardly any text."""
    places = range(0, len(rows), -(-len(rows) // _LOOKED_AT) or 1)
    values: dict[Field, list[tuple[int, str | int | float]]] = defaultdict(list)
    for index in places:
        for field, value in _leaves(_parse(rows.values[rows.task.answer_role][index])):
            values[field].append((index, value))
    asked = rows.questions()
    texts = {index: _text(asked[index]) for index in places} if values else {}
    ungrounded: dict[Field, list[int]] = {}
    first: str | int | float | None = None
    for field, found in values.items():
        different = len({value for _, value in found})
        if len(found) < _FEWEST or different <= _CLOSED * len(found):
            continue
        missing = [(index, value) for index, value in found if not texts[index].says(value)]
        if len(missing) >= _UNSAID * len(found):
            ungrounded[field] = [index for index, _ in missing]
            first = missing[0][1] if first is None else first
    return _finding(rows, ungrounded, first, len(places)) if ungrounded else None


def _finding(
    rows: Rows, ungrounded: dict[Field, list[int]], first: str | int | float | None, looked: int
) -> Finding:
    names = {field: " · ".join(field) for field in ungrounded}
    notes: dict[int, list[str]] = defaultdict(list)
    for field, indices in ungrounded.items():
        for index in dict.fromkeys(indices):
            notes[index].append(names[field])
    quoted = [f"'{name}'" for name in names.values()]
    more = [f"{len(quoted) - _SHOWN} more"] if len(quoted) > _SHOWN else []
    place = rows.row_ids[next(iter(ungrounded.values()))[0]]
    value = shortened(str(first), _SHOWN_VALUE)
    return Finding(
        KIND,
        f"{plural(len(ungrounded), 'field')} that the texts hardly ever say",
        f"What {joined([*quoted[:_SHOWN], *more])} should hold is not in the text of "
        f"{count(len(notes))} of {plural(looked, 'row')}: that of row {place} does not say '{value}'. "
        "Leave such fields out of the answers, weave the column that says them into the text, or "
        "keep them if they can be concluded.",
        "The model learns to make up what it cannot read, and does so for your later texts, too.",
        harm_of(0.3, len(notes) / looked),
        [
            FlaggedRow(rows.row_ids[index], note=", ".join(found))
            for index, found in sorted(notes.items())
        ],
    )


def _parse(answer: str) -> Any:
    try:
        return json.loads(answer)
    except (ValueError, RecursionError):
        return None


def _leaves(value: Any, field: Field = ()) -> Iterator[tuple[Field, str | int | float]]:
    """The texts and numbers in an answer, each with the names that lead to it."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, (*field, str(name)))
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, field)
    elif field and isinstance(value, (str, int, float)) and not isinstance(value, bool):
        yield field, value


def _text(text: str) -> _Text:
    words = frozenset(_WORD.findall(_fold(text)))
    return _Text(_letters(text), words, frozenset(_amounts(text)), frozenset(_numbers(text)))


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", _fold(text))


def _numbers(text: str) -> set[int]:
    """The numbers in a text, of years also their last two digits."""
    found = {int(digits) for digits in _DIGITS.findall(text) if len(digits) < 16}
    return found | {number % 100 for number in found if 1900 <= number < 2100}


def _amounts(text: str) -> set[str]:
    """The digits of the amounts in a text, the same for 1.234,50 and 1234.5."""
    found = (amount for pattern in _AMOUNTS for amount in pattern.findall(text))
    return {re.sub(r"\D", "", amount).strip("0") for amount in found}


def _write_number(value: float) -> str:
    return f"{abs(value):.10f}".rstrip("0").rstrip(".") if value else "0"
