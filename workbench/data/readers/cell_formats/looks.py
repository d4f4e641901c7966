"""What a number format makes of a cell's value.

Codes are stored as the United States write them (1,234.50), and so numbers are shown, unless a
code names another language. Formats that follow the machine's region have no one look: their dates
stay ISO 8601, as do those that might be misread (see `moments`).
"""

import re
from collections.abc import Callable
from functools import lru_cache

from workbench.data.readers.cell_formats import codes, moments, numbers
from workbench.data.readers.cell_formats.codes import Section, UnknownCode, sections
from workbench.data.readers.cell_formats.numbers import FILLER, general

_KEPT = 2048
"""Numbers whose looks are remembered; columns hold the same ones again and again."""
_AFTER_MINUS = re.compile(f"^-[ {FILLER}]*{FILLER}[ {FILLER}]*(?=\\d)")
_FILLERS = re.compile(f" *{FILLER}[ {FILLER}]*")
_WIDE_BLANKS = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2007": " ", "\u2009": " "})
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": lambda value, limit: value < limit,
    "<=": lambda value, limit: value <= limit,
    ">": lambda value, limit: value > limit,
    ">=": lambda value, limit: value >= limit,
    "=": lambda value, limit: value == limit,
    "<>": lambda value, limit: value != limit,
}
_ANY, _POSITIVE, _NEGATIVE, _NOT_NEGATIVE = ("", 0.0), (">", 0.0), ("<", 0.0), (">=", 0.0)
_USUAL = ((), (_ANY,), (_NOT_NEGATIVE, _NEGATIVE), (_POSITIVE, _NEGATIVE, _ANY))
"""What the sections are for where they do not say, by their number."""


def look_of(code: str, dates_1904: bool = False) -> "Look | None":
    """The look that a code gives; None where cells are shown as without one.

    Args:
        dates_1904: whether the workbook counts days from 1904 instead of 1900.
    """
    if code.lower() in ("", "general", "@"):
        return None
    try:
        return Look(code, dates_1904)
    except UnknownCode:
        return None


def tidy(text: str) -> str:
    """A shown text with plain blanks, and without those that only align it."""
    if not text.isascii():
        text = text.translate(_WIDE_BLANKS)
    if FILLER in text:
        text = _FILLERS.sub(" ", _AFTER_MINUS.sub("-", text))
    return text.strip()


class Look:
    """Shows the values of cells that have one number format."""

    def __init__(self, code: str, dates_1904: bool) -> None:
        found = sections(code)
        with_text = [s for s in found if codes.VALUE in s.kinds]
        self._text = found.pop() if len(found) == 4 or with_text == found[-1:] else None
        if any(codes.VALUE in section.kinds for section in found):
            raise UnknownCode("text before numbers")
        self._ranges = _ranges(found)
        self._writers = [_writer(section, dates_1904) for section in found]
        self._shown = lru_cache(maxsize=_KEPT)(self._number)

    @property
    def shapes_text(self) -> bool:
        """Whether a text looks different, too."""
        if self._text is None:
            return False
        kinds = [token.kind for token in self._text.tokens if token.kind != codes.PAD]
        return kinds not in ([codes.VALUE], [codes.GENERAL])

    def number(self, value: float) -> str:
        """What a cell with a number shows."""
        return self._shown(float(value))

    def text(self, value: str) -> str:
        """What a cell with a text shows."""
        if self._text is None or not self.shapes_text:
            return value
        places = (codes.VALUE, codes.GENERAL)
        tokens = self._text.tokens
        shown = (value if t.kind in places else numbers.literal(t) for t in tokens)
        return _FILLERS.sub(" ", "".join(shown)).strip()

    def _number(self, value: float) -> str:
        for (operator, limit), write in zip(self._ranges, self._writers, strict=True):
            if not operator or _COMPARE[operator](value, limit):
                shown = write(value, _only_negative(operator, limit))
                return general(value) if shown is None else tidy(shown)
        return general(value)


def _ranges(found: list[Section]) -> list[tuple[str, float]]:
    """For each section an operator and a limit; the first that holds is taken."""
    if not any(section.condition for section in found):
        return list(_USUAL[len(found)])
    ranges = [section.condition or _ANY for section in found]
    if len(found) == 3 and not found[1].condition:
        ranges[1] = _NEGATIVE
    return ranges


def _only_negative(operator: str, limit: float) -> bool:
    return (operator == "<" and limit <= 0) or (operator == "<=" and limit < 0)


_Writer = Callable[[float, bool], str | None]


def _writer(section: Section, dates_1904: bool) -> _Writer:
    """What writes any number; its second argument says whether the section is for negative ones."""
    if section.kinds & {codes.DATE, codes.ELAPSED}:
        moment = moments.writer(section, dates_1904)
        return lambda value, _: moment(value)
    write = numbers.writer(section)
    if not section.tokens:
        return lambda value, _: ""

    def signed(value: float, is_range: bool) -> str:
        return ("-" if value < 0 and not is_range else "") + write(abs(value))

    return signed
