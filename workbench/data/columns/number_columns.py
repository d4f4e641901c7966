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
_ANYTHING = frozenset(
    [
        "rank",
        "target",
        "y",
        "value",
        "number",
        "label",
        "age",
        "length",
        "weight",
        "size",
        "count",
        "votes",
    ]
)
"""Those of them that also number things: categories are often given as such."""
_NO_AMOUNT = re.compile(
    r"(^|[ _.])(ids?|zip|postcode|postal_code|plz|phone|telephone|fax|year|month|day|week|hour|lat|lon|"
    r"latitude|longitude|line|row|page|code|version|timestamp|sku|isbn|ean|split|fold)$",
    re.IGNORECASE,
)
_ALL, _MOST, _ENOUGH = 0.95, 0.8, 0.5
"""Shares of a column's cells that are numbers: of no names, of numbers, and of such as may be meant."""
MANY, FEWEST_STEPS = 12, 4
"""So many different values are no categories any more; a score has at least so many steps."""
_LEAST, _COUNTED = 0.3, 0.98
"""Of unnamed columns only those count in which this share of the values is different, and not nearly all:
such a column numbers the rows."""


def fit(column: Column) -> float:
    """How well a column fits as the numbers to estimate; 0 if not at all."""
    if column.numeric < _ENOUGH or column.filled < 0.5 or column.dated > 0.8:
        return 0.0
    if NO_CONTENT.search(column.name) or _NO_AMOUNT.search(column.name):
        return 0.0
    return 1 + 2 * _named(column.name) + min(1.0, column.distinct / MANY) / 2


def reason(columns: Sequence[Column]) -> str:
    """Why a table is surely one of texts and their numbers, by a name and many values; else empty."""
    best = _best(columns)
    if best is None or best.distinct <= MANY or not _words(best.name) & ({*_NAMES} - _ANYTHING):
        return ""
    return _said(best)


def reason_at_last(columns: Sequence[Column]) -> str:
    """The same of a table that seems to be nothing else: any name will do, if many values differ."""
    best = _best(columns)
    if best is None or best.distinct <= MANY:
        return ""
    alone = len(columns) <= 3 and _LEAST < best.distinct_share < _COUNTED
    return _said(best) if _named(best.name) or alone else ""


def is_score(column: Column) -> bool:
    """Whether a column of few values is a score, of which distances may count."""
    named = bool(_words(column.name) & _SCORES)
    return named and column.numeric >= _MOST and column.distinct >= FEWEST_STEPS


def _best(columns: Sequence[Column]) -> Column | None:
    """The column of numbers that fits best beside a text; None if there is none."""
    texts = [column for column in columns if is_question(column)]
    numbers = sorted((c for c in columns if fit(c)), key=lambda c: -fit(c))
    if not texts or not numbers or _other_label(columns, numbers[0]):
        return None
    return numbers[0] if numbers[0].numeric >= _MOST else None


def _said(best: Column) -> str:
    return f"'{best.name}' holds numbers of {best.distinct:,} different values"


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
