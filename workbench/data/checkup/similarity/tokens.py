"""The words of many texts at once, as numbers: what capitals, punctuation and spaces leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from workbench.core.writing import is_alphabetic, is_spaceless

MOST_CHARS = 20_000
"""Of a longer text only the beginning is looked at."""
_APOSTROPHES = "['’`´]"
_IN_NUMBER = r"(\d)[.,](\d)"
_NO_WORD = r"[^\pL\pN\pM\p{So}]+"
_NO_WORD_IN_ASCII = "[^a-z0-9]+"
"""The same in small letters of English; to make ready for all others takes milliseconds."""
_ALONE = r"([\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{So}])"
"""Scripts without spaces between words, and pictures: each character counts as a word."""


@dataclass(frozen=True)
class Tokens:
    """The words of some texts, one text after another."""

    hashes: npt.NDArray[np.uint64]
    """For each word 64 bits that are the same wherever it stands."""
    starts: npt.NDArray[np.int64]
    """Where each text begins in `hashes`; one more for where the last one ends."""
    sizes: npt.NDArray[np.float64]
    """How long each text is, in words of a language with spaces (see `word_share`)."""

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """How many words each text has."""
        return np.diff(self.starts)

    @property
    def rows(self) -> npt.NDArray[np.int64]:
        """For each word the place of its text."""
        return np.repeat(np.arange(len(self.starts) - 1), self.lengths)


def normalize(texts: Sequence[str]) -> pa.Array:
    """The texts in small letters, their words apart by one space and without punctuation."""
    cut = [text[:MOST_CHARS] for text in texts]
    found = pa.array(cut, pa.large_string())
    is_ascii = all(map(str.isascii, cut))
    if not is_ascii:
        found = pc.utf8_normalize(found, form="NFKC")
        found = pc.replace_substring_regex(found, _ALONE, r" \1 ")
    found = pc.replace_substring_regex(pc.utf8_lower(found), _APOSTROPHES, "")
    found = pc.replace_substring_regex(found, _IN_NUMBER, r"\1\2")
    no_word = _NO_WORD_IN_ASCII if is_ascii else _NO_WORD
    return pc.utf8_trim(pc.replace_substring_regex(found, no_word, " "), " ")


def tokens(texts: Sequence[str]) -> Tokens:
    """The words of these texts; for many texts to be asked for in parts."""
    lists = pc.split_pattern(normalize(texts), " ")
    words = lists.flatten().dictionary_encode()
    numbers = words.indices.to_numpy()
    known = [_hash(word) for word in words.dictionary.to_pylist()]
    hashes = np.array(known, np.uint64)[numbers] if known else np.empty(0, np.uint64)
    lengths = pc.list_value_length(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    cut = lengths.copy()
    lengths[hashes[np.cumsum(lengths) - lengths] == _NOTHING] = 0
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    shares = np.array([word_share(word) for word in words.dictionary.to_pylist()], np.float64)
    running = np.concatenate([[0.0], np.cumsum(shares[numbers] if known else [])])
    sizes = np.diff(running[np.concatenate([[0], np.cumsum(cut)])])
    return Tokens(hashes[hashes != _NOTHING], starts, sizes)


def size_of(words: Sequence[str]) -> float:
    """How long a text of these words is (see `Tokens.sizes`)."""
    return sum(map(word_share, words))


def word_share(word: str) -> float:
    """1 for a word; where no spaces tell words apart, what a letter is of one, as a rule."""
    if len(word) != 1 or word.isascii() or not is_spaceless(word):
        return 1.0 if word else 0.0
    return _OF_ALPHABET if is_alphabetic(word) else _OF_SIGN


_OF_SIGN, _OF_ALPHABET = 0.5, 0.2


def _hash(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little")


_NOTHING = np.uint64(_hash(""))
