"""Texts that say the same, or nearly so, among a million of them.

Two texts are alike when, but for capitals, spaces and punctuation,

- they are the same, or the same words in another order;
- one word is another one, is missing, or stands elsewhere (from four words on): both texts have
  the same key once that word is left out, so every text gives a key for each of its words
  (a deletion neighbourhood, as in Mor and Fraenkel 1982, CACM 25:935–938); this finds all of them;
- nine of ten words are the same in the same order (from 20 words on): candidates by MinHash with
  banding (Broder 1997; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, 3.4), each
  verified. Eight bands of four find a pair whose words overlap by 0.82 with 99 %.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from workbench.checkup.buckets import Buckets, Ints, buckets_of, chosen, ordered
from workbench.checkup.tokens import Tokens, plain, tokens

FEWEST_WORDS, FEWEST_CHARS = 4, 15
"""Shorter texts are alike only if they are the same."""
MOST_WORDS = 40
"""Longer texts give no key for each word; MinHash finds them."""
LONG_WORDS, LONG_SHARE = 20, 0.9
_BANDS, _ROWS = 8, 4
_CHUNK = 20_000
_SEED = 20_120_611
_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)
_SAME, _BAG = np.uint64(0x517CC1B727220A95), np.uint64(0x2545F4914F6CDD1D)
Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Alike:
    """Which of the texts are alike."""

    texts: Sequence[str] = field(repr=False)
    words: npt.NDArray[np.int64] = field(repr=False)
    """How many words each text has."""
    same: Buckets = field(repr=False)
    """Texts of the same words in the same order."""
    sure: Buckets = field(repr=False)
    """Those of one word more or less, too."""
    likely: Buckets = field(repr=False)
    """Long texts that may be alike."""

    def pairs(self, order: Ints, kinds: Ints | None = None) -> Ints:
        """Pairs (n, 2) of alike texts, as `Buckets.pairs` gives them."""
        sure = self.sure.pairs(order, kinds)
        likely = self._verified(self.likely.pairs(order, kinds))
        if not len(likely):
            return sure
        rank = np.zeros(len(self.texts), np.int64)
        rank[order] = np.arange(len(order))
        both = np.unique(np.concatenate([sure, likely]), axis=0)
        return ordered(both, rank)

    def _verified(self, pairs: Ints) -> Ints:
        from rapidfuzz.distance import Indel

        lists = word_lists(self.texts, pairs)
        alike = [
            Indel.similarity(lists[a], lists[b]) >= LONG_SHARE * (len(lists[a]) + len(lists[b]))
            for a, b in pairs.tolist()
        ]
        return chosen(pairs, alike)


def word_lists(texts: Sequence[str], pairs: Ints) -> dict[int, list[str]]:
    """The words of all texts that stand in pairs."""
    rows: list[int] = np.unique(pairs).tolist()
    lists: dict[int, list[str]] = {}
    for start in range(0, len(rows), _CHUNK):
        some = rows[start : start + _CHUNK]
        said = plain([texts[row] for row in some]).to_pylist()
        lists |= {row: text.split(" ") for row, text in zip(some, said, strict=True)}
    return lists


def alike(texts: Sequence[str], progress: Callable[[float], None]) -> Alike:
    """Look for texts that are alike; time and memory grow with the number of words."""
    found: list[tuple[Keys, npt.NDArray[np.int32]]] = []
    likely: list[tuple[Keys, npt.NDArray[np.int32]]] = []
    same, words = [], []
    for start in range(0, len(texts), _CHUNK):
        progress(0.8 * start / len(texts))
        part = texts[start : start + _CHUNK]
        said = tokens(part)
        chars = np.fromiter(map(len, part), np.int64, len(part))
        whole = _mixed(_totals(_terms(said), said))
        found += [(keys, rows + start) for keys, rows in _keys(said, whole, chars)]
        keys, rows = _bands(said)
        likely.append((keys, rows + np.int32(start)))
        same.append(whole)
        words.append(said.lengths)
    lengths = np.concatenate([*words, np.empty(0, np.int64)])
    spoken = np.flatnonzero(lengths).astype(np.int32)
    return Alike(
        texts,
        lengths,
        buckets_of(np.concatenate([*same, np.empty(0, np.uint64)])[spoken], spoken),
        _joined(found),
        _joined(likely),
    )


def _joined(parts: list[tuple[Keys, npt.NDArray[np.int32]]]) -> Buckets:
    keys = np.concatenate([*(keys for keys, _ in parts), np.empty(0, np.uint64)])
    rows = np.concatenate([*(rows for _, rows in parts), np.empty(0, np.int32)])
    parts.clear()
    return buckets_of(keys, rows.astype(np.int32))


def _terms(said: Tokens) -> Keys:
    """Each word's part of the number that stands for its text: Σ hash(word) · base^place mod 2^64.

    Unlike a plain sum of the words it knows their order.
    """
    longest = int(said.lengths.max(initial=0))
    powers = np.cumprod(np.full(longest + 1, _BASE, np.uint64)) * np.uint64(_INVERSE)
    terms: Keys = said.hashes * powers[np.arange(len(said.hashes)) - said.starts[said.rows]]
    return terms


def _running(values: Keys) -> Keys:
    """The sums of the first 0, 1, 2 … values, modulo 2^64."""
    return np.concatenate([np.zeros(1, np.uint64), np.cumsum(values)])


def _totals(values: Keys, said: Tokens) -> Keys:
    """The sum over each text."""
    running = _running(values)
    return running[said.starts[1:]] - running[said.starts[:-1]]


def _keys(said: Tokens, whole: Keys, chars: Ints) -> Iterator[tuple[Keys, npt.NDArray[np.int32]]]:
    """Keys that only alike texts share, and the text of each."""
    numbers = np.arange(len(whole), dtype=np.int32)
    spoken = said.lengths > 0
    yield _mixed(whole[spoken] ^ _SAME), numbers[spoken]
    enough = (said.lengths >= FEWEST_WORDS) & (chars >= FEWEST_CHARS)
    yield whole[enough], numbers[enough]
    bags = _totals(_mixed(said.hashes), said)
    yield _mixed(bags ^ _BAG)[enough], numbers[enough]
    rows = said.rows
    short = (enough & (said.lengths <= MOST_WORDS))[rows]
    yield _without_each(said)[short], rows[short].astype(np.int32)


def _without_each(said: Tokens) -> Keys:
    """For each word the key of its text without that word."""
    terms = _terms(said)
    running = _running(terms)
    before = running[:-1] - running[said.starts[:-1]][said.rows]
    after = running[said.starts[1:]][said.rows] - running[1:]
    return _mixed(before + after * np.uint64(_INVERSE))


def _bands(said: Tokens) -> tuple[Keys, npt.NDArray[np.int32]]:
    """MinHash keys of the long texts: one for each band, and the text of each."""
    long = np.flatnonzero(said.lengths >= LONG_WORDS)
    if not len(long):
        return np.empty(0, np.uint64), np.empty(0, np.int32)
    hashes = said.hashes[(said.lengths >= LONG_WORDS)[said.rows]]
    starts = np.cumsum(said.lengths[long]) - said.lengths[long]
    salts = np.random.default_rng(_SEED).integers(0, 1 << 63, (_BANDS, _ROWS), dtype=np.uint64)
    keys = []
    for band in salts:
        key = np.full(len(long), band[0])
        for salt in band:
            least: Keys = np.minimum.reduceat(_mixed(hashes ^ salt), starts)
            key = _mixed(key ^ least)
        keys.append(key)
    return np.concatenate(keys), np.tile(long.astype(np.int32), _BANDS)


def _mixed(numbers: Keys) -> Keys:
    """The numbers well shuffled (the finalizer of SplitMix64, Steele, Lea and Flood 2014)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))
