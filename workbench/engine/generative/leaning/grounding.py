"""Answers without an amount, date or name that neither the user's examples nor the question told.

An answer that has one is written again from there on, without the token that began it. What comes in
its place, up to the sentence's end, must stand in what the model reads, the question and the example before
it: a price from elsewhere would be as wrong, and nobody would see it. Where no other way is found in a few
tries, the answer stays as it was, to be marked.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from workbench.evaluation.scoring.facts.known import Known

TRIES = 6
MOST_FROM_OUTSIDE = 0.08
"""Answers are held to what was told where the examples' own are: no more of their facts come from
outside (see `facts.outside`)."""
_SENTENCE_ENDS = re.compile(r"[.!?](?=\s|$)|\n")


@dataclass(frozen=True)
class Again:
    """From where an answer is written again."""

    kept: list[int]
    """The tokens that stay."""
    barred: frozenset[int]
    """Tokens that may not come behind them."""


class Draft:
    """One answer on its way."""

    def __init__(self, known: Known, read: str, text_of: Callable[[Sequence[int]], str]) -> None:
        """Args:
        known: what the examples tell.
        read: all that the model reads.
        text_of: the text of some of the answer's tokens.
        """
        self._here, self._known, self.text_of = Known.of([read]), known.also(read), text_of
        self.tokens: list[int] = []
        """The best version so far: that with the fewest inventions, of several the first."""
        self._fewest = math.inf
        self._barred: dict[int, set[int]] = {}
        self._tries = 0

    def again(self, tokens: Sequence[int], *, is_cut: bool = False) -> Again | None:
        """From where the answer is to be written again; None where that is over, and `tokens` decided.

        Args:
            tokens: of the answer, without its end.
            is_cut: whether it ends where its room did; then its last word may be half a one.
        """
        tokens = list(tokens)
        found = self._inventions(tokens, is_cut)
        if len(found) < self._fewest:
            self._fewest, self.tokens = len(found), tokens
        if not found or self._tries == TRIES:
            return None
        self._tries += 1
        place = self._token_at(min(found), tokens)
        self._barred = {p: own for p, own in self._barred.items() if p <= place}
        barred = self._barred.setdefault(place, set())
        barred.add(tokens[place])
        return Again(tokens[:place], frozenset(barred))

    def invented_from(self, text: str) -> int:
        """Where the first invention begins in a text that is not whole; its end where there is none."""
        return min((start for start, _ in self._known.invented(text)), default=len(text))

    def _inventions(self, tokens: list[int], is_cut: bool) -> set[int]:
        text = self.text_of(tokens)
        found = set(self._known.invented(text))
        for place in self._barred:
            begin = len(self.text_of(tokens[:place]))
            end = _SENTENCE_ENDS.search(text, begin)
            part = text[: end.end() if end else None]
            found |= {one for one in self._here.invented(part) if one[0] >= begin}
        return {start for start, end in found if not is_cut or end < len(text)}

    def _token_at(self, letter: int, tokens: list[int]) -> int:
        low, high = 0, len(tokens) - 1
        while low < high:
            middle = (low + high) // 2
            if len(self.text_of(tokens[: middle + 1])) > letter:
                high = middle
            else:
                low = middle + 1
        return low


class Barring:
    """A `TokenConstraint` of an answer of which one token may not be one of some."""

    is_over = False

    def __init__(self, barred: frozenset[int], width: int, behind: int = 0) -> None:
        """Args:
        width: scores that the model gives for a next token.
        behind: so many tokens are handed back before it bars any.
        """
        self._left, self._all = behind, torch.ones(width, dtype=torch.bool)
        self._mask = self._all.clone()
        self._mask[list(barred)] = False

    def mask(self) -> torch.Tensor:
        """See `TokenConstraint`."""
        return self._all if self._left else self._mask

    def accept(self, token: int) -> None:
        """See `TokenConstraint`."""
        self._left -= 1


class BarringEach:
    """The same for several answers, as a `Held`."""

    def __init__(self, barred: Sequence[frozenset[int]], width: int) -> None:
        self._barred, self._width = barred, width

    def constraint(self, limit: int, place: int = 0) -> Barring:
        """See `Held`."""
        return Barring(self._barred[place], self._width)


def width_of(model: Any, tokenizer: Any) -> int:
    """Scores that a model gives for a next token, at least."""
    return max(int(model.config.get_text_config().vocab_size), len(tokenizer))
