"""Lines as they were set on a page, and the text that was broken into them."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from workbench.core.writing import is_spaceless

_LEAST_WIDTH = 45
_WRAPPED, _USUAL = 0.8, 0.97
_END = re.compile(r"[.!?:;…。！？][\"'”’»)\]]*$")
_CUT_WORD = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]\n(?=[^\W\d_A-Z])")
_SOFT = re.compile("\u00ad\n?")
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2060\ufeff\ufffe\uffff]")
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)


def clean(text: str) -> str:
    """The text without characters that nobody sees, and with the letters of its ligatures."""
    if text.isascii():
        return _UNSEEN.sub("", text)
    return _UNSEEN.sub("", text.translate(_LIGATURES))


def ends_sentence(line: str) -> bool:
    """Whether a sentence may end with this line."""
    return bool(_END.search(line.rstrip()))


def join(lines: Iterable[str]) -> str:
    """Lines as one text; a word that was cut at the end of a line is whole again."""
    text = _SOFT.sub("", _CUT_WORD.sub("", "\n".join(lines)))
    if text.isascii():
        return text.replace("\n", " ")
    parts = text.split("\n")
    joined = parts[0]
    for before, after in pairwise(parts):
        close = bool(before and after) and is_spaceless(before[-1]) and is_spaceless(after[0])
        joined += ("" if close else " ") + after
    return joined


def are_wrapped(blocks: Iterable[Sequence[str]]) -> bool:
    """Whether lines that stand together are sentences broken where a line was full.

    A line was full if the first word of the next one had no room in it; lines of a list, of
    verses or of an address are not, and as a rule end where a sentence ends.
    """
    pairs = [pair for block in blocks for pair in pairwise(map(str.rstrip, block))]
    width = width_of([line for pair in pairs for line in pair])
    if width < _LEAST_WIDTH:
        return False
    going_on = [pair for pair in pairs if not ends_sentence(pair[0])]
    full = sum(is_full(line, after, width) for line, after in going_on)
    return full >= _WRAPPED * len(going_on) and 3 * len(going_on) >= len(pairs)


def is_cut_word(line: str, after: str) -> bool:
    """Whether a word was cut at the end of a line."""
    return bool(_CUT_WORD.search(f"{line}\n{after}"))


def width_of(lines: Sequence[str]) -> int:
    """The characters of a full line; a few that are longer do not count."""
    lengths = sorted(map(len, lines))
    return lengths[int(_USUAL * (len(lengths) - 1))] if lengths else 0


def is_full(line: str, after: str, width: float) -> bool:
    """Whether the first word of the line `after` would not fit behind this line."""
    first = after.split(maxsplit=1)[:1]
    word = len(first[0]) if first else 0
    return len(line) + 1 + (1 if first and is_spaceless(first[0][0]) else word) > width
