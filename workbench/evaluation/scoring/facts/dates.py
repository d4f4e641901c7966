"""Dates, days of the week and times of the day in a text."""

import re
from collections.abc import Iterator

from workbench.evaluation.scoring.facts.fact import Fact, Keys, apart
from workbench.evaluation.scoring.facts.words import MONTHS, WEEKDAYS, folded

_MONTH = r"(?P<month>[^\W\d_]{3,12})\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?"
_YEAR = r"(?:,?\s+(?:de[l]?\s+)?(?P<year>(?:19|20)\d\d))"
_WRITTEN = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![\w.,]){_DAY}\s+(?:of\s+|de\s+|di\s+)?{_MONTH}(?!\w){_YEAR}?",
        rf"(?<!\w){_MONTH}\s+(?:the\s+)?{_DAY}(?![\d\w]|[:.,]\d){_YEAR}?",
        rf"(?<!\w){_MONTH}(?:\s+(?:de[l]?\s+)?(?P<year>(?:19|20)\d\d))(?!\w)",
        r"(?:(?P<year>\d{4})\s?[年년]\s?)?(?P<number>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日号일]",
    )
)
_ISO = re.compile(r"(?<![\w-])(\d{4})-(\d{1,2})-(\d{1,2})(?![\w-])")
_FIGURES = re.compile(r"(?<![\w.,/-])(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?![\w/-])")
_SHORT = re.compile(r"(?<![\w.,/-])(\d{1,2})\.(\d{1,2})\.(?!\w)")
_CLOCK = re.compile(
    r"(?<![\w.,:])(?P<hour>[01]?\d|2[0-4])(?:"
    r"(?P<mark>[:h])(?P<minute>[0-5]\d)|\.(?P<minute2>[0-5]\d)(?=\s?(?:[ap]\.?m\b|uhr\b))|"
    r"(?=\s?(?:[ap]\.?\s?m\b|uhr\b|o.clock\b)))"
    r"(?:\s?(?P<half>a\.?\s?m|p\.?\s?m|uhr|o.clock|h)\b)?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")


def dates_in(text: str) -> list[Fact]:
    """Dates and times, however written; a day of the week is one, a month without a day is none."""
    found = list(apart([*_iso(text), *_figures(text), *_written(text), *_clock(text)]))
    return list(apart([*found, *_weekdays(text)]))


def _date(day: int, month: int, year: int | None) -> Keys:
    """The keys of a date; empty where there is none such."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return ()
    return (f"d:{month}-{day}", *((f"y:{year}",) if year else ()))


def _fact(start: int, end: int, *readings: Keys, told: Keys = ()) -> Iterator[Fact]:
    if found := tuple(dict.fromkeys(reading for reading in readings if reading)):
        yield Fact(start, end, found, told)


def _iso(text: str) -> Iterator[Fact]:
    for match in _ISO.finditer(text):
        year, month, day = map(int, match.groups())
        yield from _fact(*match.span(), _date(day, month, year))


def _figures(text: str) -> Iterator[Fact]:
    for match in _FIGURES.finditer(text):
        first, mark, second, year = match.groups()
        full = int(year) if len(year) == 4 else 2000 + int(year)
        swapped = () if mark == "." else _date(int(second), int(first), full)
        yield from _fact(*match.span(), _date(int(first), int(second), full), swapped)
    for match in _SHORT.finditer(text):
        first, second = match.groups()
        number = (f"n:{int(first)}.{second}".rstrip("0"),)  # it may be one that ends a sentence
        if date := _date(int(first), int(second), None):
            yield from _fact(match.start(), match.end() - 1, date, number)


def _written(text: str) -> Iterator[Fact]:
    for pattern in _WRITTEN:
        for match in pattern.finditer(text):
            parts = match.groupdict()
            name = parts.get("number") or MONTHS.get(folded(parts.get("month") or ""))
            if name is None:
                continue
            year = int(parts["year"]) if parts.get("year") else None
            start, end = match.start(), match.end() - match[0].endswith(".")
            if parts.get("day"):
                yield from _fact(start, end, _date(int(parts["day"]), int(name), year))
            elif year:
                yield from _fact(start, end, (f"o:{name}", f"y:{year}"))


def _clock(text: str) -> Iterator[Fact]:
    for match in _CLOCK.finditer(text):
        hour, minute = int(match["hour"]), int(match["minute"] or match["minute2"] or 0)
        half = re.sub(r"[\s.]", "", (match["half"] or "").lower())
        hours = {"am": [hour % 12], "pm": [hour % 12 + 12]}.get(half, [hour])
        if half[1:] == "'clock" or half[1:] == "’clock":
            hours = [hour % 12, hour % 12 + 12]
        yield from _fact(*match.span(), *((f"t:{one % 24}:{minute:02}",) for one in hours))


def _weekdays(text: str) -> Iterator[Fact]:
    for match in _WORD.finditer(text):
        if (day := WEEKDAYS.get(folded(match[0]))) is not None:
            yield from _fact(*match.span(), (f"w:{day}",))
