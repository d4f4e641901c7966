"""What a field's value means, however it is written: the number, or the date."""

import datetime as dt
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

Readings = frozenset[Any]
"""What a value may mean; several where it can be read in two ways (1.000, 3/5/2020)."""
_CURRENCIES = {
    "$": "USD US$ $ dollar dollars",
    "€": "EUR € euro euros",
    "£": "GBP £ pound pounds",
    "¥": "JPY CNY RMB ¥ 円 元 yen yuan",
    "₹": "INR ₹ Rs Rs. rupee rupees",
    "RM": "MYR RM",
    "CHF": "CHF Fr. SFr. SFr Fr",
    "kr": "SEK NOK DKK kr kr.",
    "R$": "BRL R$",
    "₩": "KRW ₩ won",
    "zł": "PLN zł",
    "%": "%",
    **{code: code for code in ["AUD", "CAD", "NZD", "SGD", "HKD", "TWD", "THB", "IDR", "PHP", "VND", "MXN", "ZAR", "TRY", "RUB", "UAH", "CZK", "HUF", "RON", "ILS", "AED", "SAR", "EGP", "NGN", "KES"]},
}  # fmt: skip
_CURRENCY = {word.casefold(): own for own, words in _CURRENCIES.items() for word in words.split()}
_UNIT = "|".join(re.escape(word) for word in sorted(_CURRENCY, key=len, reverse=True))
_AROUND = re.compile(
    rf"(?P<before>{_UNIT})?\s?(?P<number>[-+(−]?\s?(?P<sign>{_UNIT})?\s?[\d.,'’\s]*\d)\s?[-)]?"
    rf"\s?(?P<behind>{_UNIT})?",
    re.IGNORECASE,
)
_GROUPS = re.compile(r"\d{1,3}(?:([.,'’ ])\d{3})(?:\1\d{3})*(?:[.,]\d+)?|\d+(?:[.,]\d+)?|[.,]\d+")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero gennaio janv ene gen",
            "feb february februar février fevrier febrero febbraio fev fév",
            "mar march märz maerz mars marzo mär mrz",
            "apr april avril abril aprile avr abr",
            "may mai mayo maggio mag",
            "jun june juni juin junio giugno giu",
            "jul july juli juillet julio luglio lug",
            "aug august août aout agosto ago",
            "sep sept september septembre septiembre settembre set",
            "oct october oktober octobre octubre ottobre okt ott",
            "nov november novembre noviembre",
            "dec december dezember décembre decembre diciembre dicembre dez dic déc",
        ),
        1,
    )
    for name in names.split()
}
_TIME = r"(?:[T,\s]+\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?(?:[.,]\d+)?\s*(?:[ap]\.?m\.?)?(?:Z|[+-]\d\d:?\d\d)?)?"
_WEEKDAY = r"(?:[^\W\d_]{2,10}\.?,?\s+)?"
_ISO = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}", re.I)
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_FIGURES = re.compile(
    rf"{_WEEKDAY}(\d{{1,2}})\s?[-/. ]\s?(\d{{1,2}})\s?[-/. ]\s?(\d{{4}}|\d{{2}}){_TIME}", re.I
)
_DAY_FIRST = re.compile(
    rf"{_WEEKDAY}(\d{{1,2}})(?:st|nd|rd|th|\.)?[\s,./-]*(?:of |de )?([^\W\d_]{{3,10}})\.?[\s,./'-]*(?:de )?"
    rf"(\d{{4}}|\d{{2}}){_TIME}",
    re.I,
)
_MONTH_FIRST = re.compile(
    rf"{_WEEKDAY}([^\W\d_]{{3,10}})\.?[\s/-]*(\d{{1,2}})(?:st|nd|rd|th)?[\s,./-]+(\d{{4}}|\d{{2}}){_TIME}",
    re.I,
)


def numbers(value: Any) -> Readings:
    """What number a value may be; none where it is no number. Currencies and units do not count."""
    if isinstance(value, bool) or value is None:
        return frozenset()
    if isinstance(value, int | float):
        try:
            return frozenset({_plain(Decimal(str(value)))})
        except InvalidOperation:
            return frozenset()
    text = unicodedata.normalize("NFKC", str(value)).strip()
    match = _AROUND.fullmatch(text) if len(text) <= 40 else None
    if match is None:
        return frozenset()
    minus = any(sign in text for sign in "-−(")
    digits = re.sub(rf"^[-+(−\s]*(?:{_UNIT})?\s*", "", match["number"], flags=re.IGNORECASE)
    digits = " ".join(digits.split())
    if not _GROUPS.fullmatch(digits):
        return frozenset()
    return frozenset(_plain((-1 if minus else 1) * Decimal(one)) for one in _readings(digits))


def currency(value: Any) -> str:
    """The currency that stands beside a number, or a percent sign; empty where none does."""
    text = unicodedata.normalize("NFKC", str(value)).strip()
    match = _AROUND.fullmatch(text) if len(text) <= 40 else None
    if match is None:
        return ""
    word = match["before"] or match["sign"] or match["behind"] or ""
    return _CURRENCY.get(word.casefold(), "")


def same_number(first: Any, second: Any) -> bool:
    """Whether two values may be the same number; of two currencies they are not."""
    if not numbers(first) & numbers(second):
        return False
    units = {currency(first), currency(second)} - {""}
    return len(units) < 2


def same_date(first: Any, second: Any) -> bool:
    """Whether two values may be the same day."""
    return bool(dates(first) & dates(second))


def _readings(digits: str) -> list[str]:
    digits = re.sub(r"['’ ]", "", digits)
    marks = [mark for mark in digits if mark in ".,"]
    if not marks:
        return [digits]
    whole, _, part = digits.rpartition(marks[-1])
    as_decimal = (re.sub(r"[.,]", "", whole) or "0") + "." + part
    together = re.sub(r"[.,]", "", digits)
    if len(set(marks)) == 2 or len(part) != 3 or whole in ("", "0"):
        return [as_decimal]
    return [together] if len(marks) > 1 else [together, as_decimal]


def _plain(value: Decimal) -> Decimal:
    return value.normalize() if value else Decimal(0)


def dates(value: Any) -> Readings:
    """What day a value may be; none where it is no date. A time of day behind it does not count."""
    text = unicodedata.normalize("NFKC", str(value)).strip() if value is not None else ""
    if isinstance(value, bool | float) or not 6 <= len(text) <= 60:
        return frozenset()
    if match := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = map(int, match.groups())
        return _days((year, month, day))
    if match := _FIGURES.fullmatch(text):
        first, second, year = map(int, match.groups())
        return _days((year, second, first), (year, first, second))
    if match := _DAY_FIRST.fullmatch(text):
        return _days((int(match[3]), _MONTHS.get(match[2].casefold(), 0), int(match[1])))
    if match := _MONTH_FIRST.fullmatch(text):
        return _days((int(match[3]), _MONTHS.get(match[1].casefold(), 0), int(match[2])))
    return frozenset()


def _days(*told: tuple[int, int, int]) -> Readings:
    found = set()
    for year, month, day in told:
        try:
            found.add(dt.date(year if year > 99 else 2000 + year, month, day))
        except ValueError:
            continue
    return frozenset(found)
