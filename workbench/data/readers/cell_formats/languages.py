"""Languages that a number format may name: separators, months and days of the week."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """How numbers and dates are written; without names where they are not known."""

    decimal: str = "."
    group: str = ","
    months: tuple[str, ...] = ()
    months_short: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    """From Sunday."""
    days_short: tuple[str, ...] = ()


_NAMES = {
    0x09: (
        "January February March April May June July August September October November December",
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
        "Sunday Monday Tuesday Wednesday Thursday Friday Saturday",
        "Sun Mon Tue Wed Thu Fri Sat",
    ),
    0x07: (
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "Jan Feb Mrz Apr Mai Jun Jul Aug Sep Okt Nov Dez",
        "Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag",
        "So Mo Di Mi Do Fr Sa",
    ),
    0x0C: (
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "janv févr mars avr mai juin juil août sept oct nov déc",
        "dimanche lundi mardi mercredi jeudi vendredi samedi",
        "dim lun mar mer jeu ven sam",
    ),
    0x0A: (
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "ene feb mar abr may jun jul ago sep oct nov dic",
        "domingo lunes martes miércoles jueves viernes sábado",
        "dom lun mar mié jue vie sáb",
    ),
    0x10: (
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
        "dicembre",
        "gen feb mar apr mag giu lug ago set ott nov dic",
        "domenica lunedì martedì mercoledì giovedì venerdì sabato",
        "dom lun mar mer gio ven sab",
    ),
    0x13: (
        "januari februari maart april mei juni juli augustus september oktober november december",
        "jan feb mrt apr mei jun jul aug sep okt nov dec",
        "zondag maandag dinsdag woensdag donderdag vrijdag zaterdag",
        "zo ma di wo do vr za",
    ),
}
"""By the primary language of Windows' language codes (the ten low bits)."""
_SEPARATORS = {
    **dict.fromkeys((0x407, 0xC07, 0x40A, 0xC0A, 0x410, 0x413, 0x813), (",", ".")),
    **dict.fromkeys((0x40C, 0x80C, 0xC0C), (",", " ")),
}
"""Of Germany, Austria, Spain, Italy, the Netherlands and Flanders; of those who speak French."""
_TAGS = {
    "de-de": 0x407, "de-at": 0xC07, "es-es": 0xC0A, "it-it": 0x410, "nl-nl": 0x413,
    "nl-be": 0x813, "fr-fr": 0x40C, "fr-be": 0x80C, "fr-ca": 0xC0C,
}  # fmt: skip
_PRIMARY = {"en": 0x09, "de": 0x07, "fr": 0x0C, "es": 0x0A, "it": 0x10, "nl": 0x13}
_REGION = ("f800", "f400", "x-sysdate", "x-systime")
_TAG = re.compile(r"[a-z]{2,3}(-[a-z]{2,4})?")
_CODE = re.compile(r"(?=.*\d)[0-9a-f]{1,8}")
_ENGLISH = 0x409


def language_of(locale: str) -> Language | None:
    """The language of a locale in a code: `407`, `de-DE`, or nothing, which is English.

    None where the code leaves the look to the machine, or asks for other digits or calendars.
    """
    locale = locale.split(",")[0].lower()
    if locale in _REGION:
        return None
    if _CODE.fullmatch(locale):
        number = int(locale, 16)
        if (number >> 16) & 0xFF > 1 or number >> 24 > 1:
            return None
        return _language(number & 0xFFFF)
    if locale and not _TAG.fullmatch(locale):
        return None
    return _language(_TAGS.get(locale) or _PRIMARY.get(locale[:2], 0) if locale else _ENGLISH)


def _language(number: int) -> Language:
    decimal, group = _SEPARATORS.get(number, (".", ","))
    names = [tuple(text.split()) for text in _NAMES.get(number & 0x3FF, ("", "", "", ""))]
    return Language(decimal, group, *names)
