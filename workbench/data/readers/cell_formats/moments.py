"""Dates, times and durations through a section of a format code.

A date is shown as the file's own format says where `dates` reads the right day, month or year from
it. Where it would not, it stays ISO 8601: with month and day as numbers between slashes or dashes
(03/05/2024 is May for some and March for others), with a year of two digits before 1970, or with a
day but no year. A wrong order in time is worse than a different look.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from workbench.data.readers import dates
from workbench.data.readers.cell_formats import codes
from workbench.data.readers.cell_formats.codes import Section, Token, UnknownCode
from workbench.data.readers.cell_formats.numbers import exact, literal

_DAY_S = 86_400
_LEAP_1900 = 60
"""The day number of 29 February 1900, which never was but is there in spreadsheets."""
_LAST = 2_958_465
_DAYS_BEFORE_1904 = 1462
_EITHER_WAY = re.compile(r"\D*\d{1,2} ?[/-] ?\d{1,2} ?[/-] ?\d{2,4}\b.*")
_MONTH_OF_YEAR = re.compile(r"[^\W\d]{3,}\.?[ -]\d{2}")
"""Mar 24: read as a month where a column shows that it is none of its days."""
_PROBES = (37_747.609375, 45_356.385416666664)
"""6 May 2003 and 5 March 2024, by day and with a time."""
_MARKS = {codes.SLASH: "/", codes.POINT: ".", codes.COMMA: ",", codes.PERCENT: "%"}

Writer = Callable[[float], str | None]
"""Writes a moment that a spreadsheet counts in days; None for what it cannot show."""


def writer(section: Section, dates_1904: bool) -> Writer:
    """What writes moments as a section says.

    Raises:
        UnknownCode: it asks for something that is not known here, or dates might be misread.
    """
    found = _Moments(section, dates_1904)
    if not found.is_clear():
        raise UnknownCode("dates that might be misread")
    return found


def is_clear(text: str, day: dt.date) -> bool:
    """Whether a date that is shown so will not be taken for another one, or for none.

    A name of a day or month alone is no date and misleads nobody.
    """
    if not any(map(str.isdigit, text)) or _MONTH_OF_YEAR.fullmatch(text):
        return True
    if _EITHER_WAY.fullmatch(text):
        return False
    read = dates.seconds([text], numbers=True)[0]
    if read is None:
        return False
    seen = dt.datetime.fromtimestamp(read, dt.UTC).date()
    shows_year_only = len(text) == 4 and seen.replace(month=day.month, day=day.day) == day
    return seen == day or seen == day.replace(day=1) or shows_year_only


def iso(moment: dt.datetime) -> str:
    """The moment in ISO 8601, without a midnight or seconds that say nothing."""
    if moment.time() == dt.time():
        return moment.date().isoformat()
    return moment.isoformat(" ", "seconds" if moment.second else "minutes")


@dataclass(frozen=True)
class _Moment:
    """The parts of a moment, whose fraction of a second is a number of units of `digits` places."""

    day: int
    """As a spreadsheet of the 1900 date system numbers it."""
    seconds: int
    fraction: int

    @property
    def date(self) -> tuple[int, int, int]:
        """Year, month, day; day 0 is 0 January 1900."""
        if self.day in (0, _LEAP_1900):
            return (1900, 1, 0) if not self.day else (1900, 2, 29)
        return _calendar(self.day).timetuple()[:3]

    @property
    def weekday(self) -> int:
        """0 for Sunday."""
        return (self.day - 1) % 7


def _calendar(day: int) -> dt.date:
    return dt.date(1899, 12, 30 if day > _LEAP_1900 else 31) + dt.timedelta(day)


class _Moments:
    def __init__(self, section: Section, dates_1904: bool) -> None:
        tokens = _with_minutes(section.tokens)
        self._parts, self._decimals = _with_fractions(tokens)
        self._language = section.language
        self._shift = _DAYS_BEFORE_1904 if dates_1904 else 0
        self._elapsed = codes.ELAPSED in section.kinds
        names = [text for kind, text in self._parts if kind == codes.DATE]
        self._half_days = "am/pm" in names or "a/p" in names
        self._has_time = self._elapsed or any(name[0] in "hnsa" for name in names)
        self._has_date = any(name[0] in "ymd" for name in names)
        self._short_year = any(name in ("y", "yy") for name in names)
        if {"mmm", "mmmm", "mmmmm", "ddd", "dddd"} & set(names) and not self._language.months:
            raise UnknownCode("names of months in a language that is not known here")
        if self._elapsed and self._has_date:
            raise UnknownCode("a date in a duration")
        if "mmmmm" in names and names.count("mmmmm") < len(names):
            raise UnknownCode("a month's first letter in a date")

    def is_clear(self) -> bool:
        """Whether no date that is shown so misleads."""
        if not self._has_date:
            return True
        shown = ((probe, self(probe - self._shift)) for probe in _PROBES)
        return all(text and is_clear(text, _calendar(int(probe))) for probe, text in shown)

    def __call__(self, value: float) -> str | None:
        if self._elapsed and value < 0:
            return f"-{self._write(-value)}"
        day = int(value) + self._shift
        if value < 0 or day > _LAST:
            return None
        if self._short_year and not 1970 <= _Moment(day, 0, 0).date[0] < 2070:
            return iso(_as_datetime(value + self._shift))
        return self._write(value)

    def _write(self, value: float) -> str:
        places = self._decimals if self._has_time else 3
        ticks = int(
            (exact(value) * _DAY_S).scaleb(places).to_integral_value(rounding=ROUND_HALF_UP)
        )
        whole, fraction = divmod(ticks, 10**places)
        day, seconds = divmod(whole, _DAY_S)
        moment = _Moment(day + (0 if self._elapsed else self._shift), seconds, fraction)
        return "".join(self._part(token, moment) for token in self._parts)

    def _part(self, token: Token, at: _Moment) -> str:
        if token.kind == codes.ELAPSED:
            unit = {"h": 3600, "m": 60, "s": 1}[token.text[0]]
            return f"{(at.day * _DAY_S + at.seconds) // unit:0{len(token.text)}}"
        if token.kind == codes.POINT:
            return f".{at.fraction:0{self._decimals}}"[: len(token.text) + 1]
        if token.kind == codes.DATE:
            return (
                self._time(token.text, at)
                if token.text[0] in "hnsa"
                else self._date(token.text, at)
            )
        return literal(token)

    def _time(self, name: str, at: _Moment) -> str:
        hour, rest = divmod(at.seconds, 3600)
        if name[0] == "a":
            return ("PM" if hour >= 12 else "AM")[: 2 if name == "am/pm" else 1]
        if name[0] == "h" and self._half_days:
            hour = (hour - 1) % 12 + 1
        number = {"h": hour, "n": rest // 60, "s": rest % 60}[name[0]]
        return f"{number:0{min(2, len(name))}}"

    def _date(self, name: str, at: _Moment) -> str:
        year, month, day = at.date
        if name[0] == "y":
            return f"{year % 100:02}" if len(name) <= 2 else str(year)
        names = self._language
        if len(name) <= 2:
            return f"{month if name[0] == 'm' else day:0{len(name)}}"
        if name[0] == "d":
            return (names.days_short if len(name) == 3 else names.days)[at.weekday]
        if len(name) == 5:
            return names.months[month - 1][0]
        return (names.months_short if len(name) == 3 else names.months)[month - 1]


def _as_datetime(days: float) -> dt.datetime:
    whole = int(days)
    midnight = dt.datetime.combine(_calendar(whole), dt.time())
    return midnight + dt.timedelta(seconds=round(float((exact(days) - Decimal(whole)) * _DAY_S)))


def _with_minutes(tokens: list[Token]) -> list[Token]:
    """The tokens; an m next to hours or seconds is called n."""
    marks = [at for at, t in enumerate(tokens) if t.kind in (codes.DATE, codes.ELAPSED)]
    marks = [at for at in marks if tokens[at].text[0] != "a"]
    found = list(tokens)
    for place, at in enumerate(marks):
        if found[at].kind == codes.DATE and found[at].text in ("m", "mm"):
            before = tokens[marks[place - 1]].text[0] if place else ""
            after = tokens[marks[place + 1]].text[0] if place + 1 < len(marks) else ""
            if before == "h" or after == "s":
                found[at] = Token(codes.DATE, "n" * len(found[at].text))
    return found


def _with_fractions(tokens: list[Token]) -> tuple[list[Token], int]:
    """The tokens, a point and zeros behind seconds being one, and how many zeros at most."""
    found: list[Token] = []
    most = at = 0
    while at < len(tokens):
        token = tokens[at]
        at += 1
        if token.kind == codes.POINT and at < len(tokens) and tokens[at].text == "0":
            end = at
            while end < len(tokens) and tokens[end].text == "0" and tokens[end].kind == codes.DIGIT:
                end += 1
            token, at = Token(codes.POINT, "0" * (end - at)), end
            most = max(most, len(token.text))
        elif token.kind in _MARKS:
            token = Token(codes.TEXT, _MARKS[token.kind])
        elif token.kind in (codes.DIGIT, codes.POWER, codes.GENERAL):
            raise UnknownCode("digits among dates")
        found.append(token)
    if most > 3:
        raise UnknownCode("more than milliseconds")
    return found, most
