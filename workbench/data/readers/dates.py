"""Dates and times as people write them, in the cells of one column.

Read are ISO 8601 (with or without time and zone), days with dots, slashes or dashes in either
order, months by name in several languages, e-mail dates, Unix times and the day numbers of
spreadsheets; of months (March 2024, 03/2024) the first day. Whether 3/5 is the third of May or the
fifth of March is decided for the column as a whole: by a part above twelve, else by the order in
which the rows come out sorted best. Mar 24 is a month of 2024 only in a column of more different
months than different numbers, which days would not leave.
"""

import datetime as dt
import itertools
import re
from collections.abc import Iterable, Sequence

_DAY_S = 86_400.0
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan janv gen ene",
            "feb fév fev fevr févr febb",
            "mar mär mrz maa mars marz mrt",
            "apr avr abr",
            "may mai mei mag mayo maj",
            "jun juin jui giu",
            "jul juil lug",
            "aug aoû aout août ago",
            "sep sept set",
            "oct okt ott out",
            "nov",
            "dec dez déc dic",
        ),
        1,
    )
    for name in names.split()
}
_TIME = (
    r"(?:[T ,]+(?:um |at |à )?(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*([ap]\.?m\.?)?)?"
)
_REST = r"\s*(?:uhr)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?(?:\s*\([a-z ]+\))?"
_ISO = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})(?:[-/.](\d{{1,2}}))?{_TIME}{_REST}", re.I)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})?)?()(Z)?")
_SHORT = re.compile(rf"(\d{{1,2}})([-/.]) ?(\d{{1,2}})\2 ?(\d{{4}}|\d{{2}}){_TIME}{_REST}", re.I)
_WEEKDAY = r"(?:[^\W\d]{2,10}\.?,? )?"
_NAMED = re.compile(
    rf"{_WEEKDAY}(\d{{1,2}})(?:st|nd|rd|th|\.)?[ -](?:de |of )?([^\W\d]{{3,10}})\.?,?[ -](?:de )?"
    rf"(\d{{4}}|\d{{2}}){_TIME}{_REST}",
    re.I,
)
_NAMED_FIRST = re.compile(
    rf"{_WEEKDAY}([^\W\d]{{3,10}})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}}){_TIME}{_REST}", re.I
)
_OF_YEAR = re.compile(r"([^\W\d]{3,10})\.?(?: de)?[ /-](\d{4}|\d{2})|(\d{1,2})[./](\d{4})")
_OF_SHORT_YEAR = re.compile(r"([^\W\d]{3,10})\.?[ /-](\d{2})")
_NUMBER = re.compile(r"\d{4,13}(?:[.,]\d+)?")
_EXCEL_EPOCH = dt.datetime(1899, 12, 30, tzinfo=dt.UTC)
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


def seconds(cells: Sequence[str | None], *, numbers: bool = False) -> list[float | None]:
    """For each cell its moment in seconds since 1970 (UTC where no zone is written), or None.

    Args:
        numbers: whether plain numbers may be meant too: Unix times in seconds or milliseconds,
            and the days since 1900 of spreadsheets.
    """
    known: dict[str, str | None] = {}
    texts = [known.setdefault(cell, _tidy(cell)) if cell else None for cell in cells]
    if days := _days_of_no_year(known.values()):
        texts = [None if text in days else text for text in texts]
    month_first = _month_first(texts)
    if month_first is not None:
        return _read(texts, month_first, numbers)
    usual = any("/" in text for text in texts if text)
    return max((_read(texts, order, numbers) for order in (usual, not usual)), key=_sortedness)


def _tidy(cell: str) -> str | None:
    return " ".join(cell.split()) or None


def _month_first(texts: Iterable[str | None]) -> bool | None:
    """Whether 3/5 is in March; None where every part could be a month."""
    for text in texts:
        if text and (match := _SHORT.fullmatch(text)):
            first, second = int(match[1]), int(match[3])
            if match[2] == "." or first > 12:
                return False
            if second > 12:
                return True
    return None


def _days_of_no_year(texts: Iterable[str | None]) -> set[str]:
    """Those like Mar 24, unless there are more different months than different numbers in them."""
    found = [match for text in texts if text and (match := _OF_SHORT_YEAR.fullmatch(text))]
    months, numbers = {_month(match[1]) for match in found}, {match[2] for match in found}
    return set() if len(months) > len(numbers) else {match[0] for match in found}


def _sortedness(values: list[float | None]) -> int:
    """How many neighbours stand in one order less how many stand in the other, either way."""
    readable = [value for value in values if value is not None]
    pairs = list(itertools.pairwise(readable))
    later = sum(1 for one, other in pairs if other > one)
    earlier = sum(1 for one, other in pairs if other < one)
    return abs(later - earlier)


def _read(texts: Sequence[str | None], month_first: bool, numbers: bool) -> list[float | None]:
    read: dict[str, float | None] = {}
    found: list[float | None] = []
    for text in texts:
        if text is not None and text not in read:
            read[text] = _one(text, month_first, numbers)
        found.append(read[text] if text is not None else None)
    return found


def _one(text: str, month_first: bool, numbers: bool) -> float | None:
    if not text[-1:].isascii() or len(text) > 60 or not any(map(str.isdigit, text)):
        return None
    if match := _ISO.fullmatch(text):
        return _moment(match[1], match[2], match[3] or "1", *match.groups()[3:])
    if match := _SHORT.fullmatch(text):
        day, month = (match[3], match[1]) if month_first else (match[1], match[3])
        return _moment(_full_year(match[4]), month, day, *match.groups()[4:])
    if match := _NAMED.fullmatch(text):
        return _moment(_full_year(match[3]), _month(match[2]), match[1], *match.groups()[3:])
    if match := _NAMED_FIRST.fullmatch(text):
        return _moment(match[3], _month(match[1]), match[2], *match.groups()[3:])
    if match := _OF_YEAR.fullmatch(text):
        month = _month(match[1]) if match[1] else match[3]
        return _moment(_full_year(match[2] or match[4]), month, "1")
    if match := _COMPACT.fullmatch(text) if numbers or "T" in text else None:
        return _moment(*match.groups())
    return _of_number(text) if numbers and _NUMBER.fullmatch(text) else None


def _of_number(text: str) -> float | None:
    """A Unix time, a spreadsheet's day, or a year."""
    value = float(text.replace(",", "."))
    if 1e9 <= value < 5e9:
        return value
    if 1e12 <= value < 5e12:
        return value / 1000
    if 20_000 <= value < 75_000:  # 1954 to 2105
        return _EXCEL_EPOCH.timestamp() + value * _DAY_S
    if _FIRST_YEAR <= value <= _LAST_YEAR:
        return _moment(text[:4], "1", "1")
    return None


def _full_year(text: str) -> str:
    """24 is 2024, 87 is 1987."""
    return text if len(text) == 4 else f"{19 if int(text) >= 70 else 20}{text}"


def _month(name: str) -> str:
    """The number of a month's name or of its beginning; "0" for any other word."""
    name = name.casefold()
    return str(next((_MONTHS[name[:end]] for end in (5, 4, 3) if name[:end] in _MONTHS), 0))


def _moment(
    year: str,
    month: str,
    day: str,
    hour: str | None = None,
    minute: str | None = None,
    second: str | None = None,
    half: str | None = None,
    zone: str | None = None,
) -> float | None:
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + (12 if half[0] in "pP" else 0)
    try:
        found = dt.datetime(
            int(year),
            int(month),
            int(day),
            hours,
            int(minute or 0),
            int(second or 0),
            tzinfo=dt.UTC,
        )
    except ValueError:
        return None
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        return None
    return found.timestamp() - _offset_s(zone)


def _offset_s(zone: str | None) -> float:
    if not zone or zone[0] not in "+-":
        return 0.0
    digits = zone[1:].replace(":", "")
    return (1 if zone[0] == "+" else -1) * (int(digits[:2]) * 3600 + int(digits[2:]) * 60)


def day(moment: float) -> str:
    """The day of a moment, as in "3 May 2024"."""
    at = dt.datetime.fromtimestamp(moment, dt.UTC)
    return f"{at.day} {at:%B} {at.year}"
