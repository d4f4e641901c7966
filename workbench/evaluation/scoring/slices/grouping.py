"""Groups of exam rows by what a column of the user's table says: values, months, bands of numbers."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.data.readers import dates

SMALL = 10
"""Groups of fewer rows are shown as too small to tell, and never tested."""
FEW_VALUES, MOST_VALUES = 12, 30
"""So many values are shown each by itself, however rare; at most so many of a column at all."""
EMPTY = "(empty)"
_PROBED = 60
_ALIKE = 0.9
"""The share of a column's cells that have to be dates or numbers for all to be taken so."""
_FEW_NUMBERS = 8
"""Numbers of so few values (stars, grades) are values, not bands."""
_BANDS = 4
_PERIODS = 24
_ID = re.compile(r"(^|[ _.-])(id|uuid|guid|index|nr|no|number|url|link|file|path)$", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?\d[\d.,' \u00a0\u202f]*")
_AROUND_NUMBER = re.compile(r"^[$€£¥]\s*|\s*[%‰$€£¥]$")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}([,.])\d{3}(\1\d{3})*")
Places = npt.NDArray[np.int64]
Coded = tuple[npt.NDArray[np.int64], list[str]]
"""For each row the place of its group's name among the names, or -1; and the names."""


@dataclass(frozen=True)
class Group:
    """Rows of an exam that have something in common."""

    column: str
    value: str
    """A value of the column, a month, a band of numbers: as a page shows it."""
    places: Places = field(repr=False, compare=False)
    """Which of the exam's rows (0 is the first), ascending."""

    @property
    def is_small(self) -> bool:
        """Whether chance alone could make its score what it is."""
        return len(self.places) < SMALL


@dataclass(frozen=True)
class PassedOver:
    """A column that makes no groups, and why."""

    column: str
    reason: str


def groups_of(
    column: str, cells: Sequence[str | None], places: Places | None = None
) -> list[Group] | PassedOver:
    """The groups that a column makes, the largest first, dates and bands in their order.

    Args:
        cells: what the column says in each row; None and blanks are a group of their own.
        places: which of the exam's rows these are; without, all of them in their order.
    """
    where = np.arange(len(cells)) if places is None else places
    texts = [" ".join((cell or "").split()) for cell in cells]
    filled = [text for text in texts if text]
    if not filled:
        return PassedOver(column, "empty in all of these rows")
    coded = _periods(texts, filled) or _bands(column, texts, filled)
    if coded is None:
        return _values(column, texts, where)
    return _made(column, coded, where)


def length_groups(column: str, texts: Sequence[str]) -> list[Group] | PassedOver:
    """Groups by how long the texts are: four bands of characters."""
    sizes = np.array([len(text.strip()) for text in texts], float)
    coded = _cut(sizes, lambda low, high: f"{_range(low, high)} characters")
    return _made(column, coded, np.arange(len(sizes)))


def _made(column: str, coded: Coded, where: Places) -> list[Group] | PassedOver:
    """A group for each code that occurs, in the order of the codes; -1 is that of empty cells."""
    codes, names = coded
    order = [code for code in (*range(len(names)), -1) if (codes == code).any()]
    if len(order) < 2:
        return PassedOver(column, "the same in all of these rows")
    return [Group(column, [*names, EMPTY][code], where[codes == code]) for code in order]


def _periods(texts: Sequence[str], filled: Sequence[str]) -> Coded | None:
    """The month, quarter or year of each cell; None where the column holds no dates."""
    probe = filled[:: len(filled) // _PROBED + 1]
    if sum(moment is not None for moment in dates.seconds(probe)) < _ALIKE * len(probe):
        return None
    moments = dates.seconds(texts)
    if sum(moment is not None for moment in moments) < _ALIKE * len(filled):
        return None
    stamps = pd.to_datetime(pd.Series(moments, dtype="float64"), unit="s", errors="coerce")
    for frequency in "MQY":
        periods = stamps.dt.to_period(frequency)
        counts = periods.value_counts()
        if len(counts) <= _PERIODS and (counts.median() >= SMALL or frequency == "Y"):
            break
    known = sorted(periods.dropna().unique())
    return pd.Categorical(periods, known).codes.astype(np.int64), [_named(one) for one in known]


def _named(period: pd.Period) -> str:
    """ "March 2026", "January to March 2026", "2026"."""
    if period.freqstr.startswith("M"):
        return period.strftime("%B %Y")
    if period.freqstr.startswith("Q"):
        return f"{period.start_time:%B} to {period.end_time:%B %Y}"
    return str(period.year)


def _bands(column: str, texts: Sequence[str], filled: Sequence[str]) -> Coded | None:
    """The band of each number; None where the column holds no numbers, few values of them or ids."""
    probe = filled[:: len(filled) // _PROBED + 1]
    if sum(_number(text) is not None for text in probe) < _ALIKE * len(probe):
        return None
    values = [_number(text) for text in texts]
    known = [value for value in values if value is not None]
    distinct = len(set(known))
    if len(known) < _ALIKE * len(filled) or distinct <= _FEW_NUMBERS:
        return None
    if _ID.search(column) and distinct > _ALIKE * len(known):
        return None
    numbers = np.array([np.nan if value is None else value for value in values], float)
    return _cut(numbers, _range)


def _number(text: str) -> float | None:
    """The number that a cell says: 12, 1,234.50 €, 3,5, 15 %."""
    bare = _AROUND_NUMBER.sub("", text)
    if not _NUMBER.fullmatch(bare):
        return None
    bare = re.sub("[' \u00a0\u202f]", "", bare)
    decimal = max(bare.rfind(","), bare.rfind("."))
    if "," in bare and "." in bare:
        bare = re.sub("[,.]", "", bare[:decimal]) + "." + bare[decimal + 1 :]
    elif "," in bare or bare.count(".") > 1:
        bare = re.sub("[,.]", "" if _THOUSANDS.fullmatch(bare) else ".", bare)
    try:
        return float(bare)
    except ValueError:
        return None


def _cut(numbers: npt.NDArray[np.float64], named: Callable[[float, float], str]) -> Coded:
    """Bands of about the same number of rows, each named by its least and largest number."""
    bands = pd.qcut(pd.Series(numbers), _BANDS, labels=False, duplicates="drop")
    codes = bands.fillna(-1).to_numpy().astype(np.int64)
    inside = (numbers[codes == code] for code in range(codes.max() + 1))
    # Between numbers that many rows share a band may have none.
    return codes, [named(float(s.min()), float(s.max())) if len(s) else EMPTY for s in inside]


def _range(low: float, high: float) -> str:
    ends = dict.fromkeys((_brief(low), _brief(high)))
    return " to ".join(ends)


def _brief(number: float) -> str:
    whole = abs(number) >= 1000 or number == round(number)
    years = abs(number) < 10_000
    return f"{number:{'' if years else ','}.0f}" if whole else f"{number:.3g}"


def _values(column: str, texts: Sequence[str], where: Places) -> list[Group] | PassedOver:
    """A group for each value that occurs often enough, the others together."""
    keys = [text.casefold() for text in texts]
    counts = Counter(keys)
    common = {key for key, rows in counts.most_common(MOST_VALUES) if rows >= SMALL}
    in_common = sum(counts[key] for key in common)
    several = len(counts) > FEW_VALUES
    if len(counts) == 1:
        return PassedOver(column, "the same in all of these rows")
    if (len(counts) > 2 and 2 * len(counts) > len(keys)) or (several and 2 * in_common < len(keys)):
        return PassedOver(
            column,
            f"too many different values: {len(counts):,} in {len(keys):,} rows",
        )
    shown = common if several else set(counts)
    spelled = _spellings(keys, texts)
    rest = f"others ({len(counts) - len(shown):,} values)"
    names = [spelled[key] if key in shown else rest for key in keys]
    order = sorted(set(names), key=lambda name: (name == rest, -names.count(name), name))
    codes = pd.Categorical(names, order).codes.astype(np.int64)
    return _made(column, (codes, order), where)


def _spellings(keys: Sequence[str], texts: Sequence[str]) -> dict[str, str]:
    """Key → its most frequent spelling."""
    found: dict[str, str] = {}
    for (key, text), _ in Counter(zip(keys, texts, strict=True)).most_common():
        found.setdefault(key, text or EMPTY)
    return found
