"""Sentences that many texts have alike: greetings and closings, disclaimers under mails."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

_FEWEST, _SHARE, _MOST_READ = 10, 0.02, 20_000
"""A sentence in so many of the texts, and in such a share of the first ones, says nothing of its own."""
_END = re.compile(r"[.!?;]\s|\n")
_WORD = re.compile(r"\w+")


class Boilerplate:
    """Knows the sentences that many of some texts have."""

    def __init__(self, texts: Sequence[str]) -> None:
        some = texts[:_MOST_READ]
        counts = Counter(said for text in some for said in set(_sentences(text)))
        least = max(_FEWEST, _SHARE * len(some))
        self._common = {said for said, times in counts.items() if times >= least}

    def own_words(self, text: str) -> list[str]:
        """The words of a text without such sentences."""
        return [
            word
            for said in _sentences(text)
            if said not in self._common
            for word in said.split(" ")
        ]


def _sentences(text: str) -> Iterator[str]:
    """The sentences in small letters and without punctuation."""
    for part in _END.split(text):
        if words := _WORD.findall(part.casefold()):
            yield " ".join(words)
