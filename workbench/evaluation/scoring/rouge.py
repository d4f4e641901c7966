"""ROUGE-L: how many words two texts have in common, in the same order; the usual score of summaries."""

import re
from collections.abc import Sequence

_WORD = re.compile(r"\w+")


def rouge_l(expected: str, answer: str) -> float:
    """The F-measure of the longest common subsequence of words, from 0 to 100.

    Lin 2004, "ROUGE: a package for automatic evaluation of summaries", section 3.1, with beta = 1.
    Words are runs of letters and digits, whatever their case.
    """
    wanted, given = (_WORD.findall(text.casefold()) for text in (expected, answer))
    if not wanted or not given:
        return 100.0 * (wanted == given)
    return 200.0 * longest_common(wanted, given) / (len(wanted) + len(given))


def longest_common(first: Sequence[str], second: Sequence[str]) -> int:
    """Length of the longest common subsequence.

    A row of the usual table is one number, whose zeros are the places where the length grows
    (Hyyrö 2004, "Bit-parallel LCS-length computation revisited").
    """
    places: dict[str, int] = {}
    for at, word in enumerate(first):
        places[word] = places.get(word, 0) | 1 << at
    whole = (1 << len(first)) - 1
    row = whole
    for word in second:
        common = row & places.get(word, 0)
        row = (row + common | row - common) & whole
    return len(first) - row.bit_count()
