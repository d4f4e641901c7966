"""Numbers through a section of a format code: decimals, thousands, percent, powers, fractions.

A number counts with the 15 digits that a spreadsheet keeps, and halves are rounded away from zero,
so 1.005 with two decimals is 1.01.
"""

import itertools
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from workbench.data.readers.cell_formats import codes
from workbench.data.readers.cell_formats.codes import Section, Token, UnknownCode

_EXACT = Context(prec=1200, rounding=ROUND_HALF_UP)
_MOST_DENOMINATOR_DIGITS = 7
FILLER = "\0"
"""Blanks that only align a number with its neighbours: some of them are one blank, or none."""

Writer = Callable[[float], str]
"""Writes a number that is not negative."""


def general(value: float) -> str:
    """A number without a format: all that a spreadsheet keeps of it, 1 rather than 1.0."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.15g}".replace("e", "E")


def writer(section: Section) -> Writer:
    """What writes numbers as a section of digits and text says.

    Raises:
        UnknownCode: it asks for something that is not known here.
    """
    tokens = section.tokens
    if section.kinds & {codes.GENERAL, codes.VALUE}:
        return _of_general(tokens)
    if codes.POWER in section.kinds:
        return _Power(section)
    if codes.SLASH in section.kinds and codes.DIGIT in section.kinds:
        return _Ratio(section)
    return _Plain(section)


def exact(value: float) -> Decimal:
    """The number with the digits that a spreadsheet keeps."""
    return Decimal(f"{value:.15g}")


def _of_general(tokens: Sequence[Token]) -> Writer:
    if any(token.kind == codes.DIGIT for token in tokens):
        raise UnknownCode("General among placeholders")
    places = (codes.GENERAL, codes.VALUE)
    return lambda value: "".join(
        general(value) if token.kind in places else literal(token) for token in tokens
    )


def literal(token: Token) -> str:
    """The text that a token stands for."""
    return FILLER if token.kind == codes.PAD else token.text


class _Plain:
    """Digits before and after a point, with text anywhere between them."""

    def __init__(self, section: Section) -> None:
        tokens, commas, self._grouped = _without_commas(section.tokens)
        percents = sum(token.kind == codes.PERCENT for token in tokens)
        self._shift = 2 * percents - 3 * commas
        points = [at for at, token in enumerate(tokens) if token.kind == codes.POINT]
        end = points[0] if points else len(tokens)
        self._before, self._after = tokens[:end], tokens[end:]
        self._places = "".join(t.text for t in self._before if t.kind == codes.DIGIT)
        self._decimals = "".join(t.text for t in self._after if t.kind == codes.DIGIT)
        self._unit = Decimal(1).scaleb(-len(self._decimals))
        self._separators = section.language.decimal, section.language.group
        self._shows_number = bool(self._places or self._decimals)
        self._usual = self._usual_parts()

    def __call__(self, value: float) -> str:
        if not self._shows_number:
            return "".join(map(literal, (*self._before, *self._after)))
        return self._soon(value) or self.write(exact(value).scaleb(self._shift, _EXACT))

    def _soon(self, value: float) -> str:
        """What nearly all numbers show, without arithmetic; "" where that takes some."""
        text = f"{value:.15g}"
        whole, _, decimals = text.partition(".")
        if self._usual is None or "e" in text or len(decimals) > len(self._decimals):
            return ""
        start, width, end = self._usual
        point, group = self._separators
        whole = f"{int(whole):,}".replace(",", group) if self._grouped else whole.zfill(width)
        if self._decimals:
            whole += point + decimals.ljust(len(self._decimals), "0")
        return start + whole + end

    def _usual_parts(self) -> tuple[str, int, str] | None:
        """What stands before plain digits, the fewest before the point, and what is behind."""
        tokens = [*self._before, *self._after]
        places = [token for token in tokens if token.kind in (codes.DIGIT, codes.POINT)]
        first = tokens.index(places[0]) if self._shows_number else 0
        whole = self._places.lstrip("#")
        is_usual = (
            self._shows_number
            and places == tokens[first : first + len(places)]
            and not self._shift
            and {*whole, *self._decimals} == {"0"}
            and bool(whole)
            and not (self._grouped and len(whole) > 1)
            and (bool(self._decimals) or places[-1].kind == codes.DIGIT)
        )
        if not is_usual:
            return None
        behind = tokens[first + len(places) :]
        return "".join(map(literal, tokens[:first])), len(whole), "".join(map(literal, behind))

    def write(self, number: Decimal) -> str:
        """The number, scaled as percent and thousands want it."""
        whole, _, decimals = f"{number.quantize(self._unit, context=_EXACT):f}".partition(".")
        point, group = self._separators
        digits = _before_point(self._places, whole.lstrip("0"), group if self._grouped else "")
        if not self._places and digits:
            digits = ["".join(digits)]
        shown = _fill(self._before, digits)
        return shown + _fill(self._after, _after_point(self._decimals, decimals), point)


def _without_commas(tokens: Sequence[Token]) -> tuple[list[Token], int, bool]:
    """The tokens, how many thousands the number is divided by, and whether it is in groups."""
    kept: list[Token] = []
    scale, grouped = 0, False
    for at, token in enumerate(tokens):
        if token.kind != codes.COMMA:
            kept.append(token)
            continue
        after = next((t for t in tokens[at + 1 :] if t.kind != codes.COMMA), None)
        held = [t for t in kept if t.kind in (codes.DIGIT, codes.POINT)]
        if not held or kept[-1].kind not in (codes.DIGIT, codes.POINT):
            kept.append(Token(codes.TEXT, ","))
        elif after is not None and after.kind == codes.DIGIT:
            grouped = True
        else:
            scale += 1
    return kept, scale, grouped


def _before_point(places: str, digits: str, group: str) -> list[str]:
    """What each placeholder shows; the first one also what is left of it."""
    shown: list[str] = []
    for at in range(max(len(places), len(digits))):
        place = places[-1 - at] if at < len(places) else ""
        digit = digits[-1 - at] if at < len(digits) else {"0": "0", "?": FILLER}.get(place, "")
        if group and at and at % 3 == 0 and digit.isdigit():
            digit += group
        shown.append(digit)
    shown.reverse()
    extra = len(shown) - max(1, len(places))
    return ["".join(shown[: extra + 1]), *shown[extra + 1 :]] if extra > 0 else shown


def _after_point(places: str, digits: str) -> list[str]:
    last = max((at for at, d in enumerate(digits) if d != "0" or places[at] == "0"), default=-1)
    return [
        digit if at <= last else FILLER if places[at] == "?" else ""
        for at, digit in enumerate(digits)
    ]


def _fill(tokens: Sequence[Token], digits: Sequence[str], point: str = "") -> str:
    """The tokens with digits at their placeholders; digits without any stand at the end."""
    left = iter(digits)
    parts = [
        next(left, "")
        if token.kind == codes.DIGIT
        else point
        if token.kind == codes.POINT
        else literal(token)
        for token in tokens
    ]
    return "".join([*parts, *left])


class _Power:
    """A mantissa and a power of ten; with several places before the point a multiple of them."""

    def __init__(self, section: Section) -> None:
        at = next(i for i, t in enumerate(section.tokens) if t.kind == codes.POWER)
        after = list(itertools.takewhile(lambda t: t.kind == codes.DIGIT, section.tokens[at + 1 :]))
        head = Section(section.tokens[:at], section.language, kinds=section.kinds)
        self._mantissa = _Plain(head)
        self._step = max(1, len(self._mantissa._places))
        self._plus = section.tokens[at].text == "+"
        self._digits = len(after)
        self._rest = section.tokens[at + 1 + len(after) :]
        if not after or any(t.kind not in (codes.TEXT, codes.PAD) for t in self._rest):
            raise UnknownCode("a power of ten without digits")

    def __call__(self, value: float) -> str:
        number = exact(value)
        power = self._power(number)
        if number:
            rounded = number.scaleb(-power).quantize(self._mantissa._unit, context=_EXACT)
            power = self._power(rounded.scaleb(power))
        sign = "-" if power < 0 else "+" if self._plus else ""
        shown = self._mantissa.write(number.scaleb(-power))
        rest = "".join(map(literal, self._rest))
        return f"{shown}E{sign}{abs(power):0{self._digits}}{rest}"

    def _power(self, number: Decimal) -> int:
        return number.adjusted() // self._step * self._step if number else 0


class _Ratio:
    """A whole number, if there is a place for it, and the fraction that is nearest to the rest."""

    def __init__(self, section: Section) -> None:
        tokens = section.tokens
        at = next(i for i, t in enumerate(tokens) if t.kind == codes.SLASH)
        start = at
        while start and tokens[start - 1].kind == codes.DIGIT:
            start -= 1
        below = list(itertools.takewhile(_may_be_below, tokens[at + 1 :]))
        self._head, self._tail = tokens[:start], tokens[at + 1 + len(below) :]
        self._whole = _Plain(Section(self._head, section.language, kinds=frozenset({codes.DIGIT})))
        self._has_whole = any(token.kind == codes.DIGIT for token in self._head)
        fixed = "".join(token.text for token in below)
        self._denominator = int(fixed) if fixed.isdigit() and int(fixed) else 0
        self._digits = len(below)
        plain = (codes.TEXT, codes.PAD)
        if (
            start == at
            or not 0 < self._digits <= _MOST_DENOMINATOR_DIGITS
            or any(t.kind not in plain for t in self._tail)
            or any(t.kind not in (*plain, codes.DIGIT) for t in self._head)
        ):
            raise UnknownCode("a fraction among other things")

    def __call__(self, value: float) -> str:
        number = Fraction(exact(value))
        whole = int(number) if self._has_whole else 0
        above, below = self._nearest(number - whole)
        if self._has_whole and above == below:
            whole, above = whole + 1, 0
        tail = "".join(map(literal, self._tail))
        if self._has_whole and not above:
            return (self._whole.write(Decimal(whole)).strip(" " + FILLER) or "0") + FILLER + tail
        head = self._whole.write(Decimal(whole)) if self._has_whole else _fill(self._head, [])
        return f"{head}{above}/{below}{tail}"

    def _nearest(self, rest: Fraction) -> tuple[int, int]:
        if self._denominator:
            return int(rest * self._denominator + Fraction(1, 2)), self._denominator
        return _convergent(rest, 10**self._digits - 1)


def _convergent(number: Fraction, most: int) -> tuple[int, int]:
    """The last convergent of its continued fraction whose denominator is not above `most`."""
    above, below, next_above, next_below = 0, 1, 1, 0
    rest = number
    while True:
        whole = int(rest)
        above, next_above = next_above, whole * next_above + above
        below, next_below = next_below, whole * next_below + below
        if next_below > most:
            return above, below
        if rest == whole:
            return next_above, next_below
        rest = 1 / (rest - whole)


def _may_be_below(token: Token) -> bool:
    return token.kind == codes.DIGIT or (token.kind == codes.TEXT and token.text.isdigit())
