"""Names of categories that are one and the same, written in several ways."""

from collections import Counter, defaultdict

from workbench.data.examples.notices import spelling_key

_LONG, _RARE = 6, 0.1
"""A typo is a letter in a name of at least so many, and at most so often written as the right one."""
_MOST_COMPARED = 2000


def merged(counts: Counter[str]) -> dict[str, str]:
    """Spelling → the most frequent spelling of the same category, for those that differ from it.

    The same are names that differ in capitals, spaces, punctuation, ü or ue, or a plural s, and long
    names of which a rare one differs from a frequent one by a letter.
    """
    alike: dict[str, list[str]] = defaultdict(list)
    for label in sorted(counts, key=lambda name: (-counts[name], name)):
        alike[_key(label)].append(label)
    keys = list(alike)
    heads = {key: _frequent(keys, key, counts, alike) for key in keys}
    return {
        name: alike[heads[key]][0]
        for key in keys
        for name in alike[key]
        if name != alike[heads[key]][0]
    }


def _key(label: str) -> str:
    letters = spelling_key(label)
    plural_s = len(letters) > 3 and letters.endswith("s") and not letters.endswith("ss")
    return letters[:-1] if plural_s else letters


def _frequent(keys: list[str], key: str, counts: Counter[str], alike: dict[str, list[str]]) -> str:
    """The far more frequent category that this one is a typo of, or itself."""
    from rapidfuzz.distance import OSA

    def rows(of: str) -> int:
        return sum(counts[name] for name in alike[of])

    if len(key) < _LONG or len(keys) > _MOST_COMPARED or any(map(str.isdigit, key)):
        return key
    near = [
        other
        for other in keys
        if other != key
        and not any(map(str.isdigit, other))
        and rows(key) <= _RARE * rows(other)
        and OSA.distance(key, other, score_cutoff=1) == 1
    ]
    return max(near, key=rows, default=key)
