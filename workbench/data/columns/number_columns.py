"""Columns of numbers that a text may be given: scores, prices, days; which one is to be estimated."""

import re
from collections.abc import Sequence

from workbench.data.columns.columns import NO_CONTENT, Column, is_label, is_question, name_score

_TELLING = (
    "score rating stars grade points rank target y value number label price amount cost total sum "
    "revenue salary income fee budget days hours minutes duration time_to_resolve age length weight "
    "size quantity count votes likes views share percent percentage probability similarity sentiment "
    "severity urgency risk difficulty readability bewertung note punkte preis betrag kosten summe dauer "
    "tage stunden menge anzahl precio puntuacion prix montant"
)
_STEPS = (
    "score rating stars grade points severity urgency risk difficulty readability similarity sentiment "
    "bewertung note punkte puntuacion"
)
_NAMES, _SCORES = _TELLING.split(), frozenset(_STEPS.split())
"""What numbers to estimate are called, the most telling first; and those of them that are scores."""
_NO_AMOUNT = re.compile(
    r"(^|[ _.])(ids?|zip|postcode|postal_code|plz|phone|telephone|fax|year|month|day|week|hour|lat|lon|"
    r"latitude|longitude|line|row|page|code|version|timestamp|sku|isbn|ean|split|fold)$",
    re.IGNORECASE,
)
_ALL, _MOST, _ENOUGH = 0.95, 0.8, 0.5
"""Shares of a column's cells that are numbers: of no names, of numbers, and of such as may be meant."""
MANY, FEWEST_STEPS = 12, 4
"""So many different values are no categories any more; a score has at least so many steps."""
_LEAST = 0.3
"""Of unnamed columns only those count in which this share of the values is different."""


def fit(column: Column) -> float:
    """How well a column fits as the numbers to estimate; 0 if not at all."""
    if column.numeric < _ENOUGH or column.filled < 0.5 or column.dated > 0.8:
        return 0.0
    if NO_CONTENT.search(column.name) or _NO_AMOUNT.search(column.name):
        return 0.0
    return 1 + 2 * _named(column.name) + min(1.0, column.distinct / MANY) / 2


def reason(columns: Sequence[Column]) -> str:
    """Why a table seems to be one of texts and their numbers; empty where it does not."""
    texts = [column for column in columns if is_question(column)]
    numbers = sorted((c for c in columns if fit(c)), key=lambda c: -fit(c))
    if not texts or not numbers or _other_label(columns, numbers[0]):
        return ""
    best = numbers[0]
    if best.numeric < _MOST:
        return ""
    many = best.distinct > MANY and (_named(best.name) or _is_alone(best, columns))
    score = bool(_words(best.name) & _SCORES) and best.distinct >= FEWEST_STEPS
    if not many and not score:
        return ""
    if many:
        return f"'{best.name}' holds numbers of {best.distinct:,} different values"
    return (
        f"'{best.name}' holds {best.distinct:,} different numbers, and how far apart they lie may count; "
        "to take each as a name, choose 'Sort into categories'"
    )


def _is_alone(best: Column, columns: Sequence[Column]) -> bool:
    """Whether a column stands beside hardly anything but a text, and has many values."""
    return len(columns) <= 3 and best.distinct_share > _LEAST


def _other_label(columns: Sequence[Column], best: Column) -> bool:
    """Whether a column of names sorts the texts, and is called no less like an answer."""
    own = name_score(best.name, "label")
    return any(
        is_label(c)
        and c.numeric < _ALL
        and not is_question(c)
        and name_score(c.name, "label") >= own
        for c in columns
    )


def _named(name: str) -> float:
    """1 for the most telling name, less for others, 0 for a name that says nothing of numbers."""
    words = _words(name)
    places = [place for place, own in enumerate(_NAMES) if own in words]
    return 1 - places[0] / (2 * len(_NAMES)) if places else 0.0


def _words(name: str) -> set[str]:
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.rsplit(".", 1)[-1].strip()).lower()
    return {*re.split(r"[^a-zäöüß]+", plain), plain.replace(" ", "_")}
