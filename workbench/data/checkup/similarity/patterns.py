"""Texts made from one pattern, such as "What are the symptoms of … ?" with an illness each.

Such texts differ in a word as near copies do, but that word is what they are about. What tells them
apart is how many there are: a copy that was edited stands beside its original, while a pattern is
filled in ever new ways.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from workbench.data.checkup.similarity.alike import Alike
from workbench.data.checkup.similarity.buckets import Ints
from workbench.data.checkup.similarity.tokens import normalize

FILLINGS = 5
"""From so many different words in one place on, the words around it are a pattern."""
_MOST_FRAMES, _MOST_TEXTS = 2000, 20
_CHUNK = 20_000
_NUMBER = r"\S*\pN\S*"


def of_a_pattern(alike: Alike, pairs: Ints, kinds: Ints | None = None) -> npt.NDArray[np.bool_]:
    """For each pair of texts whether they fill the same gap of a pattern.

    Args:
        kinds: a number for every text; a pattern counts among those of the same number only.
    """
    rows, frame = _find_patterned(alike, kinds)
    if not len(rows) or not len(pairs):
        return np.zeros(len(pairs), bool)
    by = np.argsort(rows, kind="stable")
    rows, frame = rows[by], frame[by]
    frames = int(frame.max()) + 1
    begins = np.searchsorted(rows, pairs[:, 0])
    lengths = np.searchsorted(rows, pairs[:, 0], side="right") - begins
    pair = np.repeat(np.arange(len(pairs)), lengths)
    step = np.arange(len(pair)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    wanted = pairs[pair, 1] * frames + frame[begins[pair] + step]
    shared = pair[np.isin(wanted, rows * frames + frame)]
    return np.bincount(shared, minlength=len(pairs)) > 0


def slots(alike: Alike, kinds: Ints | None = None) -> dict[str, frozenset[int]]:
    """Word → the numbers of the gaps that it fills in patterns; words with one in common stand for
    different things, wherever they differ.

    Args:
        kinds: as in `of_a_pattern`.
    """
    rows, frame = _find_patterned(alike, kinds)
    texts: dict[int, list[int]] = {}
    for row, number in zip(rows.tolist(), frame.tolist(), strict=True):
        if len(texts) < _MOST_FRAMES or number in texts:
            texts.setdefault(number, []).append(row)
    found: dict[str, set[int]] = {}
    for number, some in texts.items():
        said = normalize([alike.texts[row] for row in some[:_MOST_TEXTS]]).to_pylist()
        words = [set(text.split(" ")) for text in said]
        common = set.intersection(*words)
        fillers = {word for each in words if len(each - common) == 1 for word in each - common}
        for word in fillers if len(fillers) >= FILLINGS else ():
            found.setdefault(word, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


def _find_patterned(alike: Alike, kinds: Ints | None) -> tuple[Ints, Ints]:
    """The texts that fill the gap of a pattern, and the number of the pattern; several each."""
    rows, bucket = alike.sure.rows, alike.sure.bucket
    full = np.bincount(bucket, minlength=1)[bucket] >= FILLINGS
    rows, bucket = rows[full], bucket[full]
    text = np.arange(len(alike.texts))
    text[alike.same.rows] = len(text) + alike.same.bucket
    most = int(text.max(initial=0)) + 1
    kind = np.zeros_like(rows) if kinds is None else kinds[rows]
    _, frame = np.unique(bucket * (int(kind.max(initial=0)) + 1) + kind, return_inverse=True)
    different = np.unique(frame * most + text[rows]) // most
    many = (np.bincount(different, minlength=1) >= FILLINGS)[frame]
    return rows[many], frame[many]


def forms(texts: Sequence[str]) -> Ints:
    """For each text how many are the same but for the numbers in them, as notifications are."""
    found: list[int] = []
    for start in range(0, len(texts), _CHUNK):
        said = pc.replace_substring_regex(normalize(texts[start : start + _CHUNK]), _NUMBER, "")
        found += map(hash, said.to_pylist())
    counts = Counter(found)
    return np.array([counts[form] for form in found], np.int64)
