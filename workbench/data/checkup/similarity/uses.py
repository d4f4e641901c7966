"""How the words of texts with categories are used: how often, beside which others, and as names.

Two words that stand beside the same one, such as "gold" and "trial" before "plan", mean different
things where there are several more of them and each stands there in several categories: what a
category is about has words of its own ("cancel", "end"), while a value is named in any of them.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from workbench.data.checkup.similarity.patterns import FILLINGS
from workbench.data.checkup.similarity.tokens import normalize

_MOST_READ = 20_000
_COMMON, _FEW = 0.05, 10
"""A word in such a share of the texts, and in so many, holds sentences together, as "want" does."""
_SEVERAL = 2
"""In so many categories a word stands beside another one that it is no word of one of them."""
_TOPICAL = 0.5
"""A word in a larger share of the categories stands beside whatever there is."""
_NAME = re.compile(r"(?:(?<=[a-z,] )|(?<=\b[A-Z][a-z]\. )|(?<=\b[A-Z][a-z]{2}\. ))[A-Z][A-Za-z]+")
_SMALL = re.compile(r"\b[a-z]+\b")
_Beside = tuple[int, str]
"""A neighbour: -1 before the word or 1 after it, and which."""


class Uses:
    """Knows how the words of the first texts are used."""

    def __init__(self, texts: Sequence[str], kinds: Sequence[str]) -> None:
        """Count the words.

        Args:
            texts: as they were written.
            kinds: the category of each.
        """
        texts = texts[:_MOST_READ]
        self._texts = len(texts)
        self._counts, self._named, self._small = Counter[str](), Counter[str](), Counter[str]()
        said = [text.split(" ") for text in normalize(texts).to_pylist()]
        for text, words in zip(texts, said, strict=True):
            self._counts.update(set(words))
            if not text.islower():
                self._named.update({name.lower() for name in _NAME.findall(" ".join(text.split()))})
                self._small.update(set(_SMALL.findall(text)))
        self._fillers = self._find_fillers(said, kinds)

    def is_common(self, word: str) -> bool:
        """Whether a word stands in many of the texts."""
        return self._counts[word] > max(_FEW, _COMMON * self._texts)

    def is_name(self, word: str) -> bool:
        """Whether a word is the name of a place, a person or a product: within sentences it has a
        capital, and oftener so than not; texts without any capital say nothing of that."""
        return self._named[word] > self._small[word]

    def are_values(self, word: str, other: str) -> bool:
        """Whether two words are two of the values that stand beside the same word."""
        return any(other in self._fillers[beside] for beside in self._places.get(word, ()))

    def is_frequent(self, word: str) -> bool:
        """Whether a word stands in so many texts that it is hardly a slip."""
        return self._counts[word] >= FILLINGS

    def _find_fillers(
        self, said: Sequence[Sequence[str]], kinds: Sequence[str]
    ) -> dict[_Beside, frozenset[str]]:
        """The values beside each neighbour that has enough of them."""
        seen: dict[_Beside, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        kinds_of: dict[str, set[str]] = defaultdict(set)
        for words, kind in zip(said, kinds, strict=False):
            for place, word in enumerate(words):
                kinds_of[word].add(kind)
                for beside in () if self.is_common(word) else _neighbours(words, place):
                    seen[beside][word].add(kind)
        most = _TOPICAL * len({*kinds[: len(said)]})
        found: dict[_Beside, frozenset[str]] = {}
        self._places: dict[str, list[_Beside]] = defaultdict(list)
        for beside, words_there in seen.items():
            fillers = [word for word, where in words_there.items() if len(where) >= _SEVERAL]
            if len(fillers) >= FILLINGS and len(kinds_of[beside[1]]) <= most:
                found[beside] = frozenset(fillers)
                for word in fillers:
                    self._places[word].append(beside)
        return found


def _neighbours(words: Sequence[str], place: int) -> Iterator[_Beside]:
    if place:
        yield -1, words[place - 1]
    if place + 1 < len(words):
        yield 1, words[place + 1]
