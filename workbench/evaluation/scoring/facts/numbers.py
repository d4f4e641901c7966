"""Numbers in a text, with what they count: amounts of money, spans of time, sizes."""

import re
from collections.abc import Iterator
from decimal import Decimal

from workbench.evaluation.scoring.facts.fact import ANY, Fact, Keys
from workbench.evaluation.scoring.facts.words import (
    BETWEEN,
    CURRENCIES,
    SPELLED,
    UNITS,
    folded,
)

SMALL = 10
"""A smaller whole number that counts nothing in particular weighs nothing: "2 ways", "1. First"."""
SHORT = 3
"""A word behind a number that is no longer is not what the number counts ("from 40 on")."""
_NUMBER = re.compile(
    r"(?<![\w.,])\d{1,3}(?:(?P<mark>[.,'’\u00a0\u202f ])\d{3})(?:(?P=mark)\d{3})*(?:[.,]\d+)?(?![\d])"
    r"|(?<![\dA-Za-z\u00c0-\u2e7f])\d+(?:[.,]\d+)?"
)
_WORD = re.compile(r"(?<![\w-])[^\W\d_]+(?![\w])")
_ALWAYS = re.compile(r"24/7(?!\w)")
_BEHIND = re.compile(r"[\s\u00a0\u202f-]{0,2}([^\W\d_]+\.?|[%％°€$£¥₹₩]\w?)")
_BEFORE = re.compile(
    r"(€|US\$|R\$|\$|£|¥|₹|₩|\b(?:EUR|USD|GBP|CHF|JPY|INR|SEK|kr|Rs)\.?)[\s\u00a0]?$"
)
_TO = re.compile(
    r"\s?[-–—]\s?|\s(?:to|and|or|bis|und|oder|à|a|y|et|e|ou|o|tot|en)\s", re.IGNORECASE
)


def numbers_in(text: str) -> list[Fact]:
    """Every number; those in words only where they count something that is measured."""
    found = [*_figures(text), *_spelled(text)]
    return sorted(found, key=lambda fact: fact.start)


def _figures(text: str) -> Iterator[Fact]:
    for match in _NUMBER.finditer(text):
        start, end = match.span()
        values = _values(match[0])
        before = _BEFORE.search(text[max(0, start - 5) : start])
        unit, stop = _unit(text, end)
        if before:
            unit, stop = CURRENCIES.get(folded(before[1]).rstrip("."), ""), end
            start -= len(before[0])
        if not unit:
            unit = _unit_of_range(text, end)
        weighs = bool(unit) or not (_is_small(values) or _ALWAYS.match(text, start))
        yield Fact(start, stop, _readings(values, unit), _told(values, text, end, unit), weighs)


def _spelled(text: str) -> Iterator[Fact]:
    for match in _WORD.finditer(text):
        value = SPELLED.get(folded(match[0]))
        if value is None or folded(match[0]) in CURRENCIES:
            continue
        unit, stop = _unit(text, match.end())
        unit = unit or _unit_of_range(text, match.end())
        told = (f"n:{value}",)
        # "a week" and "one day" are ways of speaking.
        yield Fact(
            match.start(), stop, _readings([str(value)], unit), told, bool(unit) and value > 1
        )


def _values(text: str) -> list[str]:
    """What a number may mean: 2,50 is 2.5; 1.000 is one or a thousand."""
    digits = re.sub(r"['’\s\u00a0\u202f]", "", "".join(map(_ascii, text)))
    marks = [mark for mark in digits if mark in ".,"]
    if not marks:
        return [_shown(digits)]
    whole, _, part = digits.rpartition(marks[-1])
    as_decimal = re.sub(r"[.,]", "", whole) + "." + part
    together = re.sub(r"[.,]", "", digits)
    if len(set(marks)) == 2 or len(part) != 3:
        return [_shown(as_decimal)]
    if len(marks) > 1:
        return [_shown(together)]
    return [_shown(together), _shown(as_decimal)]


def _ascii(letter: str) -> str:
    return str(int(letter)) if letter.isdigit() and not letter.isascii() else letter


def _shown(digits: str) -> str:
    value = format(Decimal(digits), "f")
    return value.rstrip("0").rstrip(".") if "." in value else value


def _unit(text: str, at: int) -> tuple[str, int]:
    """What the number that ends there counts, and where that ends; "" where it is nothing known."""
    end = at
    for _ in range(3):
        match = _BEHIND.match(text, end)
        if match is None:
            break
        word = folded(match[1])
        unit = UNITS.get(word) or UNITS.get(word.rstrip("."))
        if unit:
            return unit, match.end() - (match[1].endswith(".") and word not in UNITS)
        if ord(match[1][0]) >= 0x2E80:  # no blanks part words here
            own = next((UNITS[match[1][:n]] for n in (2, 1) if match[1][:n] in UNITS), "")
            return own, match.start(1) + 1 if own else at
        if word not in BETWEEN:
            break
        end = match.end()
    return "", at


def _unit_of_range(text: str, at: int) -> str:
    """Of the first number of "3-5 days" the unit of the second."""
    to = _TO.match(text, at)
    if to is None:
        return ""
    number = _NUMBER.match(text, to.end()) or _WORD.match(text, to.end())
    if number is None or not (number[0][0].isdigit() or folded(number[0]) in SPELLED):
        return ""
    return _unit(text, number.end())[0]


def _readings(values: list[str], unit: str) -> tuple[Keys, ...]:
    if not unit:
        return tuple((f"n:{value}",) for value in values)
    return tuple((f"n:{value}{own}",) for value in values for own in (f":{unit}", ANY))


def _told(values: list[str], text: str, end: int, unit: str) -> Keys:
    plain = tuple(f"n:{value}" for value in values)
    if values[0].isdigit() and len(values[0]) > SHORT:
        plain = (*plain, f"c:{values[0]}")
    if unit:
        return plain
    behind = _BEHIND.match(text, end)
    alone = behind is None or len(behind[1]) <= SHORT
    return (*plain, *(f"n:{value}{ANY}" for value in values)) if alone else plain


def _is_small(values: list[str]) -> bool:
    return all("." not in value and int(value) < SMALL for value in values)
