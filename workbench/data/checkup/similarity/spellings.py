"""Spellings: names of categories that are one and the same, written in several ways."""

import re
import unicodedata
from bisect import bisect_right
from collections import Counter, defaultdict

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_LONG, _OFTENER = 6, 10
"""A typo is a letter in a name of at least so many, and the right one is so many times oftener."""
_MOST_COMPARED = 2000


def merge_spellings(counts: Counter[str]) -> dict[str, str]:
    """Spelling → the most frequent spelling of the same category, for those that differ from it.

    The same are names that differ in capitals, spaces, punctuation, ü or ue, or a plural s, and long
    names of which a rare one differs from a frequent one by a letter.
    """
    alike: dict[str, list[str]] = defaultdict(list)
    for label in sorted(counts, key=lambda name: (-counts[name], name)):
        alike[_key(label)].append(label)
    rows = {key: sum(counts[name] for name in names) for key, names in alike.items()}
    heads = _frequent(rows)
    return {
        name: alike[heads[key]][0]
        for key in alike
        for name in alike[key]
        if name != alike[heads[key]][0]
    }


def spelling_key(label: str) -> str:
    """The same for names that differ only in capitals, spaces, punctuation, and in ü or ue."""
    composed = unicodedata.normalize("NFKC", label)
    letters = unicodedata.normalize("NFKC", composed.casefold()).translate(_UMLAUTS)
    return re.sub(r"[\W_]+", "", letters) or composed


def _key(label: str) -> str:
    letters = spelling_key(label)
    plural_s = len(letters) > 3 and letters.endswith("s") and not letters.endswith("ss")
    return letters[:-1] if plural_s else letters


def _frequent(rows: dict[str, int]) -> dict[str, str]:
    """For each category the far more frequent one that it is a typo of, or itself.

    Args:
        rows: category → how many rows have it.
    """
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    heads = {key: key for key in rows}
    if len(rows) > _MOST_COMPARED:
        return heads
    words = [key for key in rows if not any(map(str.isdigit, key))]
    words.sort(key=lambda key: -rows[key])
    for key in words:
        oftener = words[: bisect_right(words, -_OFTENER * rows[key], key=lambda key: -rows[key])]
        if len(key) >= _LONG and oftener:
            near = extract(key, oftener, scorer=OSA.distance, score_cutoff=1, limit=None)
            heads[key] = max((other for other, *_ in near), key=lambda key: rows[key], default=key)
    return heads
