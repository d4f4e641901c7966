"""Numbers as texts: how the cells of a column are read, whatever their country and unit; how they are
written, and which are near enough."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from workbench.core.cells import FORMULA_ERROR
from workbench.core.chats.unreadable import Unreadable
from workbench.core.fields import values

NO_NUMBER, TOO_LARGE = "answer that is no number", "number too large to be learned"
LARGEST = 1e15
"""From here on a float keeps no digit behind the point."""
FEW_STEPS = 20
"""Whole numbers that lie no farther apart than this are a score: one more or less can be counted."""
NEAR = 0.5
"""What is near enough otherwise: this share of the usual distance from the median, rounded."""
_PLAIN = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?")
_WORD = re.compile(r"(?P<number>.*\d)\s*(?P<word>[^\W\d_][^\W\d_. /]{0,14}\.?)", re.DOTALL)
_MARKS = re.compile(r"[.,]")
_TWO_WAYS = re.compile(r"[^\d.,]*[1-9]\d{0,2}[.,]\d{3}(?!\d).*", re.DOTALL)
"""What may have a mark between thousands or before decimals: 1.234, but neither 0.123 nor 1234.567."""
_LOOKED_AT = 20_000
_POINT, _COMMA = ".", ","


@dataclass(frozen=True)
class NumberForm:
    """How a column writes its numbers."""

    decimal: str = _POINT
    """What stands before the decimals where a cell alone does not tell (1.234)."""
    unit: str = ""
    """What stands beside most of the numbers: a currency, a percent sign, a word; empty for none."""
    is_guessed: bool = False
    """Whether cells can be read in two ways, and no other cell decides between them."""
    has_both: bool = False
    """Whether there are cells at all that alone could be read in two ways."""

    def read(self, cell: str) -> str:
        """The number in a cell as `written` has it.

        Raises:
            Unreadable: there is none, it is of another unit than most, or it is too large.
        """
        found, unit = _parted(cell)
        if found is None:
            raise Unreadable(_why(cell))
        if unit and self.unit and unit != self.unit:
            raise Unreadable(f"number in '{unit}' where most are in '{self.unit}'")
        number = found[0] if self.decimal in cell or len(found) == 1 else found[-1]
        if abs(number) >= LARGEST:
            raise Unreadable(TOO_LARGE)
        return plain(number)

    @property
    def notes(self) -> list[str]:
        """What is to be told of the reading."""
        if not self.has_both:
            return []
        point = "point" if self.decimal == _POINT else "comma"
        other = _COMMA if self.decimal == _POINT else _POINT
        means = "1.234 is a little more than one" if self.decimal == _POINT else "1.234 is 1,234"
        why = "no cell tells for sure" if self.is_guessed else "as other cells of the column show"
        return [
            f"The numbers are read with a {point} before their decimals and '{other}' between thousands "
            f"({means}; {why})."
        ]


def form_of(cells: Iterable[str | None]) -> NumberForm:
    """How the cells of a column write numbers, told from all of them together."""
    some = [cell.strip() for cell in cells if cell and cell.strip()]
    some = some[:: len(some) // _LOOKED_AT + 1]
    told = [(cell, *_parted(cell)) for cell in some]
    known = [(cell, found, unit) for cell, found, unit in told if found is not None]
    units = Counter(unit for _, _, unit in known if unit)
    unit = units.most_common(1)[0][0] if units else ""
    votes = Counter(mark for cell, found, _ in known if (mark := _decimal_in(cell, found)))
    both = [cell for cell, found, _ in known if len(found) > 1]
    decimal = votes.most_common(1)[0][0] if votes else _guessed(both, known)
    return NumberForm(decimal, unit, bool(both) and not votes, bool(both))


def reader_of(cells: Iterable[str | None]) -> "tuple[Callable[[str], str], list[str]]":
    """What brings each cell of a column into the form that is kept, and what is to be told of it."""
    form = form_of(cells)
    return form.read, form.notes


def canonical(cell: str) -> str:
    """A single cell as `written` has it: 1.234 has decimals, 1,234 thousands.

    Raises:
        Unreadable: it is no number.
    """
    return NumberForm().read(cell)


def plain(number: Decimal) -> str:
    """A number without exponent, and without zeros behind its last decimal."""
    return f"{number.normalize() + 0:f}" if number else "0"


def written(value: float, places: int) -> str:
    """A number with so many decimals at most."""
    return plain(Decimal(f"{value:.{places}f}"))


def value_of(text: Any) -> float:
    """The number in a text that `written` made; NaN where it is none."""
    try:
        value = float(str(text))
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def places_of(texts: Iterable[str]) -> int:
    """Decimals that the most exact of some numbers has."""
    return max((len(text.partition(".")[2]) for text in texts), default=0)


def is_score(numbers: Sequence[float]) -> bool:
    """Whether numbers are whole and so near each other that single steps count (1 to 5 stars)."""
    whole = all(math.isfinite(number) and number == round(number) for number in numbers)
    return bool(numbers) and whole and max(numbers) - min(numbers) <= FEW_STEPS


def tolerance(wanted: Sequence[float]) -> float:
    """How far off an answer is near enough: 1 of a score; else a round part of the usual distance of
    the wanted numbers from their median (1, 2 or 5 of a power of ten); 0 where all are the same."""
    wanted = [number for number in wanted if math.isfinite(number)]
    if is_score(wanted):
        return 1.0
    middle = sorted(wanted)[len(wanted) // 2] if wanted else 0.0
    usual = NEAR * sum(abs(number - middle) for number in wanted) / max(1, len(wanted))
    if not usual:
        return 0.0
    power: float = 10.0 ** math.floor(math.log10(usual))
    return float(f"{max(step for step in (1, 2, 5) if step * power <= usual * 1.0001) * power:.3g}")


def same_number(expected: str, answer: str) -> bool:
    """Whether an answer, with as many decimals as the wanted number has, is that number."""
    wanted, given = value_of(expected), value_of(answer)
    if wanted != wanted or given != given:
        return False
    return written(given, places_of([expected])) == written(wanted, places_of([expected]))


def _parted(cell: str) -> tuple[list[Decimal] | None, str]:
    """What number a cell may be, as decimals first, and its unit; None where it is none."""
    text = " ".join(cell.split())
    if _PLAIN.fullmatch(text) and not _TWO_WAYS.fullmatch(text):
        return [_exact(text)], ""
    if found := values.numbers(text):
        return _ways(found, text), values.currency(text)
    match = _WORD.fullmatch(text)
    number = match["number"].strip() if match else ""
    if match and (found := values.numbers(number)) and not values.currency(number):
        return _ways(found, number), _singular(match["word"])
    return None, ""


def _singular(word: str) -> str:
    """Days and day are one unit."""
    short = word.casefold().rstrip(".")
    return short.removesuffix("s") or short


def _ways(found: values.Readings, text: str) -> list[Decimal]:
    ways = sorted(found, key=abs)
    return ways if _TWO_WAYS.fullmatch(text) else ways[:1]


def _exact(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # pragma: no cover - the pattern lets none through
        return Decimal(0)


def _decimal_in(cell: str, found: Sequence[Decimal]) -> str:
    """What stands before the decimals of a cell that can be read in one way only; empty if unknown."""
    marks = _MARKS.findall(cell.rstrip(".,"))
    if len(found) > 1 or not marks:
        return ""
    if len(set(marks)) == 1 and len(marks) > 1:  # 1.234.567: the other one
        return _COMMA if marks[0] == _POINT else _POINT
    return str(marks[-1])


def _guessed(both: Sequence[str], known: Sequence[tuple[str, Sequence[Decimal], str]]) -> str:
    """What stands before decimals where every cell with a mark could be read in two ways.

    A point is taken for one between thousands where numbers without any are all below a thousand:
    950 beside 1.200.
    """
    marks = Counter(_MARKS.findall("".join(both)))
    if marks[_COMMA] >= marks[_POINT]:
        return _POINT
    others = [found[0] for _, found, _ in known if len(found) == 1]
    return _COMMA if others and all(abs(number) < 1000 for number in others) else _POINT


def _why(cell: str) -> str:
    if FORMULA_ERROR.fullmatch(cell.strip()):
        return "a formula's error (#N/A) in place of the number"
    return NO_NUMBER
