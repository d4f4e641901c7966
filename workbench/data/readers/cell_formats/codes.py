"""The tokens of a number format code such as `#,##0.00\\ [$€-407];[Red]-0.0%;"none"`.

The language is that of ECMA-376, part 1, 18.8.31: up to four sections between semicolons, each a
row of placeholders and of text that stands for itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from workbench.data.readers.cell_formats.languages import Language, language_of

LONGEST = 255
"""Characters that a code can have in a spreadsheet."""
DIGIT, TEXT, PAD, POINT, COMMA, SLASH, PERCENT, POWER, VALUE, GENERAL, DATE, ELAPSED = range(12)


class UnknownCode(ValueError):
    """A code, or a part of one, that is not understood here."""


class Token(NamedTuple):
    """A piece of a section."""

    kind: int
    text: str


@dataclass(frozen=True)
class Section:
    """What the numbers of one range look like."""

    tokens: list[Token]
    language: Language
    condition: tuple[str, float] | None = None
    """An operator and what to compare with."""
    kinds: frozenset[int] = field(default_factory=frozenset)
    """Those of the tokens."""


_PIECE = re.compile(
    r"""
      (?P<quoted>"[^"]*"?)
    | \\(?P<escaped>.)
    | _(?P<width>.)
    | \*(?P<fill>.)
    | (?P<elapsed>\[(?:h+|m+|s+)\])
    | \[(?P<condition>[<>]=?|=|<>)(?P<limit>-?\d+(?:\.\d+)?)\]
    | \[\$(?P<currency>[^\]-]*)-?(?P<locale>[^\]]*)\]
    | (?P<colour>\[(?:black|blue|cyan|green|magenta|red|white|yellow|colou?r\ ?\d+)\])
    | (?P<general>general)
    | (?P<half>am/pm|a/p)
    | (?P<date>y+|m+|d+|h+|s+)
    | (?P<power>e[+-])
    | (?P<end>;)
    | (?P<mark>[0\#?.,/%@])
    | (?P<plain>[-1-9$+():!^&'~{}<>= ]|[^\x00-\x7f])
    """,
    re.I | re.X | re.S,
)
_KINDS = {
    **dict.fromkeys("0#?", DIGIT),
    ".": POINT,
    ",": COMMA,
    "/": SLASH,
    "%": PERCENT,
    "@": VALUE,
}


def sections(code: str) -> list[Section]:
    """The sections of a code, one at least.

    Raises:
        UnknownCode: it is too long, or has a part that is not known here.
    """
    if len(code) > LONGEST:
        raise UnknownCode(code)
    found: list[list[re.Match[str]]] = [[]]
    for piece in _pieces(code):
        if piece.lastgroup == "end":
            found.append([])
        else:
            found[-1].append(piece)
    if len(found) > 4:
        raise UnknownCode(code)
    return [_section(pieces) for pieces in found]


def _pieces(code: str) -> Iterator[re.Match[str]]:
    place = 0
    while place < len(code):
        piece = _PIECE.match(code, place)
        if piece is None:
            raise UnknownCode(code)
        place = piece.end()
        yield piece


def _section(pieces: list[re.Match[str]]) -> Section:
    tokens: list[Token] = []
    condition: tuple[str, float] | None = None
    locale = ""
    for piece in pieces:
        if piece["condition"]:
            condition = piece["condition"], float(piece["limit"])
        elif piece["locale"]:
            locale = locale or piece["locale"]
        if token := _token(piece):
            tokens.append(token)
    language = language_of(locale)
    if language is None:
        raise UnknownCode(locale)
    return Section(tokens, language, condition, frozenset(token.kind for token in tokens))


def _token(piece: re.Match[str]) -> Token | None:
    """The token; nothing for what is not shown."""
    text = piece[0]
    match piece.lastgroup:
        case "quoted":
            return Token(TEXT, text[1:].removesuffix('"'))
        case "escaped" | "plain":
            return Token(TEXT, text[-1])
        case "width":
            return Token(PAD, " ")
        case "fill":
            return Token(PAD, " ") if text[-1] == " " else None
        case "elapsed":
            return Token(ELAPSED, text[1:-1].lower())
        case "date" | "half":
            return Token(DATE, text.lower())
        case "power":
            return Token(POWER, text[-1])
        case "general":
            return Token(GENERAL, "")
        case "mark":
            return Token(_KINDS[text], text)
    return Token(TEXT, piece["currency"]) if piece["currency"] else None
