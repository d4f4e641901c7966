"""Pieces of words: what texts have in common, by spelling alone."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

PIECES = 100_000
"""Most pieces of words that count; the most frequent ones."""
MOST_CHARS = 1000
"""Of a longer text only the beginning is compared."""
_AT_ONCE = 256
"""Texts that are compared at once: their likenesses to all known ones are in memory."""
_RARE, _MOST = 0.01, 0.5
"""What is half alike is similar, even among texts that all say nearly the same."""
_DRAWN, _FEWEST = 500, 30
_SEED = 19_720_101
_DIGIT = re.compile(r"\d")
Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


def pieces() -> Any:
    """Weighs the pieces of words in texts by TF-IDF; a vectorizer of scikit-learn.

    Two to five characters, within words: they forgive typing errors and need no blanks.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer  # whoever needs none starts sooner

    return TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, max_features=PIECES
    )


class KnownTexts:
    """Texts that others are compared with: the cosine of their pieces, from 0 to 1."""

    def __init__(self, texts: Sequence[str], *, numbers: bool = True) -> None:
        """Learn which pieces are rare.

        Args:
            numbers: whether digits count; without, all are one digit, since days and numbers of
                orders go on while what is asked stays the same.

        Raises:
            ValueError: none of the texts says anything.
        """
        self._numbers, self._pieces = numbers, pieces()
        known = self._pieces.fit_transform(self._read(texts)).astype(np.float32)
        self._turned = known.T.tocsr()  # a line a piece, a column a text

    def __len__(self) -> int:
        return int(self._turned.shape[1])

    def likeness(self, texts: Sequence[str]) -> Floats:
        """How alike each text and each known one are (texts, known ones)."""
        asked = self._pieces.transform(self._read(texts)).astype(np.float32)
        found: Floats = (asked @ self._turned).toarray()
        return found

    def nearest(self, texts: Sequence[str], allowed: Sequence[Mask] | None = None) -> Floats:
        """How alike each text and the nearest known one are; 0 where nothing is in common.

        Args:
            allowed: for each text which of the known ones count; all without.
        """
        parts = [np.empty(0, np.float32)]
        for start in range(0, len(texts), _AT_ONCE):
            found = self.likeness(texts[start : start + _AT_ONCE])
            if allowed is not None:
                found[~np.stack(allowed[start : start + _AT_ONCE])] = 0.0
            parts.append(found.max(axis=1))
        return np.concatenate(parts)

    def usual_limit(self) -> float:
        """Below this likeness a text is less like all of these than all but 1 % of them are like
        another one, and less than half alike; 0 where they are too few to tell.
        """
        if len(self) < _FEWEST:
            return 0.0
        return min(_MOST, float(np.quantile(self.among_themselves(), _RARE)))

    def among_themselves(self) -> Floats:
        """How alike known texts and their nearest other one are: of at most `_DRAWN`, the same each time."""
        rng = np.random.default_rng(_SEED)
        drawn = np.sort(rng.permutation(len(self))[:_DRAWN])
        return np.concatenate([*self._to_others(drawn)])

    def _to_others(self, drawn: npt.NDArray[np.int64]) -> Iterator[Floats]:
        known = self._turned.T.tocsr()
        for start in range(0, len(drawn), _AT_ONCE):
            some = drawn[start : start + _AT_ONCE]
            found = (known[some] @ self._turned).toarray()
            found[np.arange(len(some)), some] = 0.0
            yield found.max(axis=1)

    def _read(self, texts: Sequence[str]) -> list[str]:
        cut = (text[:MOST_CHARS] for text in texts)
        return [text if self._numbers else _DIGIT.sub("0", text) for text in cut]
