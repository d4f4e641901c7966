"""Where two texts differ, word by word."""

import difflib
import re
from dataclasses import dataclass

_WORDS = re.compile(r"\s+|[^\W_]+|[\W_]", re.UNICODE)
_LONGEST = 4000
"""Words beyond which a comparison would take seconds; longer texts are shown without marks."""


@dataclass(frozen=True)
class Piece:
    """A stretch of a text."""

    text: str
    differs: bool
    """Whether the other text does not have it there."""


def differences(text: str, other: str) -> list[Piece]:
    """`text` in pieces, those marked that `other` does not have in the same place."""
    words, others = _WORDS.findall(text), _WORDS.findall(other)
    if max(len(words), len(others)) > _LONGEST:
        return [Piece(text, False)]
    matcher = difflib.SequenceMatcher(None, words, others, autojunk=False)
    pieces = [
        Piece("".join(words[start:end]), kind != "equal")
        for kind, start, end, _, _ in matcher.get_opcodes()
        if end > start
    ]
    return _joined(pieces)


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Blanks between two differing words differ too, so that a phrase is one piece."""
    joined: list[Piece] = []
    for i, piece in enumerate(pieces):
        between = 0 < i < len(pieces) - 1 and piece.text.isspace() and "\n" not in piece.text
        differs = piece.differs or between
        if joined and joined[-1].differs == differs:
            joined[-1] = Piece(joined[-1].text + piece.text, differs)
        else:
            joined.append(Piece(piece.text, differs))
    return joined
