"""Texts that say the same, or nearly so, among a million of them.

Two texts are alike when, but for capitals, spaces and punctuation,

- they are the same, or the same words in another order;
- one word is another one, is missing, or stands elsewhere (from four words on): both texts have
  the same key once that word is left out, so every text gives a key for each of its words
  (a deletion neighbourhood, as in Mor and Fraenkel 1982, CACM 25:935–938); this finds all of them;
- nine of ten words are the same in the same order (from 20 words on): candidates come from their
  sketches (see `minhash`), and each is verified.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from workbench.data.checkup.similarity.buckets import Buckets, Ints, buckets_of, choose, order_pairs
from workbench.data.checkup.similarity.hashing import Keys, bags, whole_texts, without_each
from workbench.data.checkup.similarity.minhash import (
    LONG_WORDS,
    Sketches,
    band_keys,
    sketches,
    worth_comparing,
)
from workbench.data.checkup.similarity.tokens import Tokens, normalize, tokens

FEWEST_WORDS, FEWEST_CHARS = 4, 15
"""Shorter texts are alike only if they are the same."""
MOST_WORDS = 40
"""Longer texts give no key for each word; their sketches find them."""
LONG_SHARE = 0.9
_CHUNK = 20_000
_SAME, _BAG = np.uint64(0x517CC1B727220A95), np.uint64(0x2545F4914F6CDD1D)
"""So that keys of one sort never meet those of another."""
Rows = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Alike:
    """Which of the texts are alike."""

    texts: Sequence[str] = field(repr=False)
    same: Buckets = field(repr=False)
    """Texts of the same words in the same order."""
    sure: Buckets = field(repr=False)
    """Those of one word more or less, too."""
    likely: Buckets = field(repr=False)
    """Long texts that may be alike."""
    sketch_of: Ints = field(repr=False)
    """For each text the place of its sketch, if it is long."""
    sketches: Sketches = field(repr=False)

    def pairs(self, order: Ints, kinds: Ints | None = None) -> Ints:
        """Pairs (n, 2) of alike texts, as `Buckets.pairs` gives them."""
        sure = self.sure.pairs(order, kinds)
        likely = self._verified(self.likely.pairs(order, kinds))
        if not len(likely):
            return sure
        rank = np.zeros(len(self.texts), np.int64)
        rank[order] = np.arange(len(order))
        return order_pairs(np.unique(np.concatenate([sure, likely]), axis=0), rank)

    def _verified(self, pairs: Ints) -> Ints:
        from rapidfuzz.distance import Indel

        pairs = pairs[worth_comparing(self.sketches, self.sketch_of[pairs])]
        words = word_lists(self.texts, pairs)
        alike = [
            Indel.normalized_similarity(words[first], words[second]) >= LONG_SHARE
            for first, second in pairs.tolist()
        ]
        return choose(pairs, alike)


def word_lists(texts: Sequence[str], pairs: Ints) -> dict[int, list[str]]:
    """The words of all texts that stand in pairs."""
    rows: list[int] = np.unique(pairs).tolist()
    lists: dict[int, list[str]] = {}
    for start in range(0, len(rows), _CHUNK):
        some = rows[start : start + _CHUNK]
        said = normalize([texts[row] for row in some]).to_pylist()
        lists |= {row: text.split(" ") for row, text in zip(some, said, strict=True)}
    return lists


def alike(texts: Sequence[str], same: Buckets, progress: Callable[[float], None]) -> Alike:
    """Look for texts that are alike; time and memory grow with the number of words.

    Args:
        same: as `same.same_texts` gives them.
    """
    keys, rows = [np.empty(0, np.uint64)], [np.empty(0, np.int32)]
    lengths = [np.empty(0, np.float64)]
    drawn = [sketches(tokens([]))]
    for start in range(0, len(texts), _CHUNK):
        progress(0.8 * start / len(texts))
        part = texts[start : start + _CHUNK]
        said = tokens(part)
        whole = whole_texts(said)
        for some, of in _keys(said, whole, np.fromiter(map(len, part), np.int64, len(part))):
            keys.append(some)
            rows.append(of + np.int32(start))
        lengths.append(said.sizes)
        drawn.append(sketches(said))
    words = np.concatenate(lengths)
    found = np.concatenate(drawn)
    bands = band_keys(found)
    long = np.flatnonzero(words >= LONG_WORDS).astype(np.int32)
    return Alike(
        texts,
        same,
        _join(keys, rows),
        buckets_of(bands, np.tile(long, len(bands) // max(1, len(long)))),
        np.cumsum(words >= LONG_WORDS) - 1,
        found,
    )


def _join(keys: list[Keys], rows: list[Rows]) -> Buckets:
    """The buckets of all keys; the lists are emptied, since they are large."""
    all_keys, all_rows = np.concatenate(keys), np.concatenate(rows)
    keys.clear()
    rows.clear()
    return buckets_of(all_keys, all_rows)


def _keys(said: Tokens, whole: Keys, chars: Ints) -> Iterator[tuple[Keys, Rows]]:
    """Keys that only alike texts share, and the text of each."""
    numbers = np.arange(len(whole), dtype=np.int32)
    spoken = said.lengths > 0
    yield whole[spoken] ^ _SAME, numbers[spoken]
    enough = (said.lengths >= FEWEST_WORDS) & (chars >= FEWEST_CHARS)
    yield whole[enough], numbers[enough]
    yield bags(said)[enough] ^ _BAG, numbers[enough]
    rows = said.rows
    short = (enough & (said.lengths <= MOST_WORDS))[rows]
    yield without_each(said)[short], rows[short].astype(np.int32)
