"""Numbers and lists as people read them: 93.7 %, 4 min 10 s, 1.2 GB, "3 datasets"."""

import math
from collections.abc import Sequence
from typing import TypeAlias

OwnWords: TypeAlias = str
"""Text that is always one of our own literals: a page may show it without making it plain."""
_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def duration(seconds: float) -> str:
    """An exact stretch of time: "42 s", "4 min 10 s", "2 h 5 min", "3 days 4 h"."""
    if seconds < 1:
        return "less than a second"
    whole = round(seconds)
    for unit, size, lower, smaller in (
        ("days", 86400, "h", 3600),
        ("h", 3600, "min", 60),
        ("min", 60, "s", 1),
    ):
        if whole >= size:
            major, rest = divmod(whole, size)
            name = "day" if unit == "days" and major == 1 else unit
            minor = rest // smaller
            return f"{major} {name} {minor} {lower}" if minor else f"{major} {name}"
    return f"{whole} s"


def about(seconds: float) -> str:
    """A rounded stretch of time for an estimate: "about 6 minutes", "about 40 seconds"."""
    number, unit = _rounded(seconds)
    return f"about {plural(number, unit)}" if seconds >= 5 else "a few seconds"


def about_between(low_s: float, high_s: float) -> str:
    """An estimate that is unsure: "4–8 minutes", "30 seconds to 2 minutes", "about 6 minutes"."""
    if high_s < 5:
        return "a few seconds"
    (low, low_unit), (high, high_unit) = _rounded(max(low_s, 5)), _rounded(high_s)
    if (low, low_unit) == (high, high_unit):
        return about(high_s)
    if low_unit == high_unit:
        return f"{low}–{plural(high, high_unit)}"
    return f"{plural(low, low_unit)} to {plural(high, high_unit)}"


def _rounded(seconds: float) -> tuple[int, str]:
    if seconds < 55:
        return max(5, 5 * round(seconds / 5)), "second"
    if seconds < 5400:
        minutes = seconds / 60
        return max(1, round(minutes) if minutes < 20 else 5 * round(minutes / 5)), "minute"
    hours = seconds / 3600
    return (round(hours), "hour") if hours < 36 else (round(hours / 24), "day")


def size(number_of_bytes: float) -> str:
    """A size on disk or in memory, in powers of 1000: "650 MB", "1.2 GB"."""
    value = float(number_of_bytes)
    unit = 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.1f} {_UNITS[unit]}" if unit > 2 else f"{value:.0f} {_UNITS[unit]}"


def percent(share: float) -> str:
    """A share of one as "93.7 %"; a dash when there is none. Never rounds up to 100 %."""
    if math.isnan(share):
        return "–"
    shown = math.floor(share * 1000) / 10 if 0.999 <= share < 1 else share * 100
    return f"{shown:.1f} %"


def count(number: float) -> str:
    """A whole number with thousands apart: "13,083"."""
    return f"{round(number):,}"


def short_count(number: float) -> str:
    """A large number for a glance: "135 million", "1.7 billion"."""
    for size_, word in ((1e9, "billion"), (1e6, "million")):
        if number >= size_:
            value = number / size_
            return f"{value:.0f} {word}" if value >= 10 else f"{value:.1f} {word}"
    return count(number)


def plural(number: int, noun: str, many: str | None = None) -> str:
    """The number with its noun: "1 example", "1,200 examples"."""
    return f"{number:,} {noun if number == 1 else many or noun + 's'}"


def joined(parts: Sequence[str], last: str = "and") -> str:
    """A list in a sentence: "a", "a and b", "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def join_rows(numbers: Sequence[int], most: int = 5) -> str:
    """Row numbers in a sentence: "row 4", "rows 4, 9, 12 …"."""
    some = ", ".join(f"{number}" for number in numbers[:most])
    return f"{'row' if len(numbers) == 1 else 'rows'} {some}{' …' if len(numbers) > most else ''}"


def sentence_case(text: str) -> str:
    """The text with a capital at its start, the rest as it is."""
    return text[:1].upper() + text[1:]


def shortened(text: str, characters: int = 60) -> str:
    """The text on one line, cut at a word's end where it is longer than that."""
    line = " ".join(text.split())
    if len(line) <= characters:
        return line
    cut = line[:characters]
    return cut.rsplit(" ", 1)[0].rstrip(",;:.") + " …" if " " in cut else f"{cut}…"
