"""Which signs stand around the cells of a text table, and how its lines are parsed by them."""

import csv
import io
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

QUOTED, LITERAL = "quoted", "literal"
SINGLE, TYPOGRAPHIC, ESCAPED = "single", "typographic", "escaped"
TITLES = {
    QUOTED: 'Double quotes  "…"',
    SINGLE: "Single quotes  '…'",
    TYPOGRAPHIC: "Typographic quotes  “…”",
    ESCAPED: 'Double quotes, those within as  \\"',
    LITERAL: "None: quotes are text",
}
SIGNS = {
    QUOTED: ('double quote (")', '"'),
    ESCAPED: ('double quote (")', '"'),
    SINGLE: ("single quote (')", "'"),
    TYPOGRAPHIC: ("typographic quote (such as “)", "”"),
}
"""What a sign is called, and the one that ends a cell."""
_OPENING = {SINGLE: "'", TYPOGRAPHIC: "“„”«»‘‚「『"}
_CLOSING = {SINGLE: "'", TYPOGRAPHIC: "”“»«’‘」』"}
_TWIN = {
    "'": "'", "“": "”", "„": "“”", "”": "”", "«": "»", "»": "«",
    "‘": "’", "‚": "‘’", "「": "」", "『": "』",
}  # fmt: skip
"""The quotes that end what another one opens."""
_MARK, _ESCAPED_QUOTE, _ESCAPED_SLASH = "\x1e", "\x1c", "\x1d"
"""Stand for typographic quotes, and for what a backslash protects, while a line is parsed."""
_BARE = re.compile(r"[-+]?[\d.,]*")
_ENOUGH, _NEARLY_ALL = 0.9, 0.95
_MOST = "{0,3000}+"
"""Characters of a cell that are looked at in search of its end."""
csv.field_size_limit(min(sys.maxsize, 2**31 - 1))


def parse(
    lines: Iterable[str], delimiter: str, quoting: str, *, strict: bool = False
) -> Iterator[list[str]]:
    """The rows of some lines.

    Raises:
        csv.Error: a quote does not close where its cell ends, if `strict`.
    """
    if quoting == LITERAL:
        return csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    if quoting == ESCAPED:
        hidden = (_hide_escaped(line) for line in lines)
        return map(_show_escaped, csv.reader(hidden, delimiter=delimiter, strict=strict))
    if quoting == TYPOGRAPHIC:
        lines = _marked(lines, delimiter)
    return csv.reader(lines, delimiter=delimiter, quotechar=_SIGN.get(quoting, '"'), strict=strict)


_SIGN = {SINGLE: "'", TYPOGRAPHIC: _MARK}


def _hide_escaped(line: str) -> str:
    return line.replace("\\\\", _ESCAPED_SLASH).replace('\\"', _ESCAPED_QUOTE)


def _show_escaped(row: list[str]) -> list[str]:
    return [cell.replace(_ESCAPED_QUOTE, '"').replace(_ESCAPED_SLASH, "\\") for cell in row]


def _marked(lines: Iterable[str], delimiter: str) -> Iterator[str]:
    """Lines with one sign where a typographic quote begins or ends a cell."""
    apart = re.escape(delimiter)
    opens = re.compile(rf"(^|{apart})[{_OPENING[TYPOGRAPHIC]}]")
    closes = re.compile(rf"[{_CLOSING[TYPOGRAPHIC]}](?={apart}|\r|\n|$)")
    for line in lines:
        yield closes.sub(_MARK, opens.sub(rf"\1{_MARK}", line))


@dataclass(frozen=True)
class _Seen:
    """What quotes of one style there are at the edges of cells."""

    whole: int
    """Cells that begin and end with them."""
    needed: int
    """Of these, cells that would be cut or cut short without them."""
    torn: int
    """Cells that begin with one and do not end with its twin."""
    bare: int
    """Cells without, but for numbers and nothing."""
    lines: int

    @property
    def enclose(self) -> bool:
        """Whether they stand around cells rather than within the texts."""
        if not self.whole or self.torn > (1 - _ENOUGH) * self.whole:
            return False
        if self.bare <= (1 - _NEARLY_ALL) * self.whole or self.needed >= _ENOUGH * self.whole:
            return True
        return self.needed > 0 and self.whole >= _ENOUGH * self.lines


def find_quoting(sample: str, delimiter: str) -> str:
    """How the cells of a text are enclosed; tab and bar are often written without any quoting."""
    for quoting in (SINGLE, TYPOGRAPHIC):
        if encloses(sample, delimiter, quoting):
            return quoting
    if '"' not in sample:
        return QUOTED
    if is_clean(sample, delimiter, QUOTED):
        return QUOTED
    if '\\"' in sample and is_clean(sample, delimiter, ESCAPED):
        return ESCAPED
    return QUOTED if delimiter in ",;" else LITERAL


def encloses(sample: str, delimiter: str, quoting: str) -> bool:
    """Whether these signs stand around the cells of a text."""
    some = any(sign in sample for sign in _OPENING[quoting])
    return some and _look(sample, delimiter, quoting).enclose


def is_clean(sample: str, delimiter: str, quoting: str) -> bool:
    """Whether every quote that opens in a text closes where its cell ends."""
    try:
        for _ in parse(io.StringIO(sample, newline=""), delimiter, quoting, strict=True):
            pass
    except csv.Error:
        return False
    return True


def _look(sample: str, delimiter: str, quoting: str) -> _Seen:
    opening = _OPENING[quoting]
    found = re.compile(_cell_pattern(delimiter, quoting), re.MULTILINE).finditer(sample)
    whole = needed = torn = bare = lines = 0
    for match in found:
        quoted, plain = match["quoted"], match["plain"]
        lines += match[0][:1] != delimiter
        if quoted is not None:
            whole += 1
            needed += delimiter in quoted or "\n" in quoted or "''" in quoted[1:-1]
        elif plain[:1] and plain[0] in opening:
            torn += 1
        elif not _BARE.fullmatch(plain.strip()):
            bare += 1
    return _Seen(whole, needed, torn, bare, lines)


def _cell_pattern(delimiter: str, quoting: str) -> str:
    """One cell after another: between such quotes, between double quotes, or between separators."""
    apart = re.escape(delimiter)
    end = rf"(?={apart}|\r|\n|\Z)"
    enclosed = "|".join(_between(sign, apart) for sign in _OPENING[quoting])
    double = f'"(?:[^"]|""){_MOST}"'
    return rf"(?:^|{apart})(?:(?P<quoted>{enclosed}){end}|(?P<plain>{double}{end}|[^{apart}\r\n]*))"


def _between(sign: str, apart: str) -> str:
    if sign == "'":
        return f"'(?:[^']|''){_MOST}'"
    twin = re.escape(_TWIN[sign])
    return rf"{sign}(?:[^{twin}\n]|[{twin}](?!{apart}|\r|\n|\Z)){_MOST}[{twin}]"
