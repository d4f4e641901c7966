"""An answer in fields while it is written: it keeps to their form, and is whole when its room ends.

Which tokens may come next, llguidance says from the grammar (`core.fields.grammar`). When the room that
is left is hardly more than what closing the answer takes, texts may only go on plainly or end, and
then what is open is closed; the fields that this cut, or that were not reached, are told.
"""

import codecs
import math
from dataclasses import dataclass, field
from functools import lru_cache

import torch
from llguidance import LLMatcher

from workbench.core.errors import WorkbenchError
from workbench.core.fields import grammar
from workbench.core.fields.closing import Reader
from workbench.core.fields.field import Fields, written
from workbench.engine.generative.fields.vocabulary import Vocabulary
from workbench.engine.serving.choosing.json_constraint import JsonConstraint, UnusableForm

_SPARE = 7
"""Tokens that a character or an escape, half written, may still take, and one that closes."""
_grammar = lru_cache(maxsize=64)(grammar.grammar)


@dataclass
class _Sure:
    """How likely the tokens of one field's value were."""

    total: float = 0.0
    count: int = 0


@dataclass
class Told:
    """What is told of an answer beside its text."""

    cut: list[str] = field(default_factory=list)
    """Fields that ended because the room did, or that were not reached."""
    sure: dict[str, float] = field(default_factory=dict)
    """Field at the top → how likely its value was, per token (geometric mean), 0 to 1."""
    parts: int = 1
    """In how many parts the text was read."""


class FieldsConstraint(JsonConstraint):
    """A `TokenConstraint` of one answer."""

    def __init__(self, fields: Fields, words: Vocabulary, width: int, limit: int) -> None:
        """Args:
        width: scores that the model gives for a next token.
        limit: tokens that the answer may have; see `limit`.

        Raises:
            UnusableForm: the grammar of the fields cannot be followed.
        """
        self._width = width
        self._matcher = LLMatcher(words.words, _grammar(fields), log_level=0)
        if self._matcher.is_error():
            raise UnusableForm(f"The form of the fields is too hard ({self._matcher.get_error()}).")
        self._fields, self._all = fields, words
        self.limit(limit)
        self._reader, self._decoder = Reader(), codecs.getincrementaldecoder("utf-8")()
        self._forced: list[int] = []
        self._written = 0
        self._is_closed = False
        self._cut: list[str] = []
        self._sure: dict[str, _Sure] = {}
        self._most = {one.name: grammar.longest(one) for one in fields if not one.is_list}
        self._tight = _SPARE + _most_to_close(fields, words)

    def limit(self, tokens: int) -> int:
        """Set the room; what the answer gets, which is never less than an empty one takes."""
        self._limit = max(tokens, least(self._all))
        return self._limit

    def mask(self) -> torch.Tensor:
        """(width,) bool, True for what may come next."""
        if self._forced:
            return self._only(self._forced[0])
        found = super().mask()
        left = self._limit - self._written
        return self._narrowed(found, left) if left <= self._tight + self._reader.depth else found

    def accept(self, token: int) -> None:
        """Go on with this token."""
        self._written += 1
        if self._forced:
            if token != self._forced.pop(0):
                raise WorkbenchError("The answer left the form that it was to keep to.")
            self._is_closed = not self._forced
        else:
            super().accept(token)
        was_in_text = self._reader.is_in_text
        self._reader.add(self._decoder.decode(self._all.raw(token)))
        if was_in_text and not self._reader.is_in_text:
            self._note_bound()

    def note(self, logprob: float) -> None:
        """How likely the token was that comes next to `accept`, among those that were allowed."""
        if self._reader.is_in_value and not self._forced:
            sure = self._sure.setdefault(self._reader.top, _Sure())
            sure.total, sure.count = sure.total + logprob, sure.count + 1

    @property
    def is_over(self) -> bool:
        """Whether the answer is whole and nothing can follow."""
        return self._is_closed or super().is_over

    @property
    def cut(self) -> list[str]:
        """Fields that ended because the room did, or that were not reached."""
        return list(dict.fromkeys(self._cut))

    @property
    def told(self) -> Told:
        """What is to be told of the answer, so far."""
        sure = {n: math.exp(s.total / s.count) for n, s in self._sure.items() if s.count}
        return Told(self.cut, sure)

    def _narrowed(self, found: torch.Tensor, left: int) -> torch.Tensor:
        """What of the allowed tokens leaves room to close the answer."""
        if not self._is_clean:
            single = found & self._fitting(self._all.is_one_byte)
            return single if bool(single.any()) else found
        closing = self._all.tokens(self._reader.closing(self._fields))
        if self._reader.is_in_text and len(closing) + 1 < left:
            plain = found & self._fitting(self._all.stays_in_text)
            ends = self._all.tokens('"')[0]
            plain[ends] = found[ends]
            if bool(plain.any()):
                return plain
        self._close(closing)
        return self._only(closing[0])

    @property
    def _is_clean(self) -> bool:
        half, _ = self._decoder.getstate()
        return self._reader.is_clean and not half

    def _close(self, closing: list[int]) -> None:
        self._forced = list(closing)
        if self._reader.is_in_value and self._reader.top:
            self._cut.append(self._reader.top)
        begun = {*self._reader.names}
        self._cut += [one.name for one in self._fields if one.name not in begun]

    def _note_bound(self) -> None:
        """A text that ended at the longest that its field may have was cut there."""
        most = self._most.get(self._reader.top)
        if most is not None and self._reader.longest_text >= most:
            self._cut.append(self._reader.top)

    def _only(self, token: int) -> torch.Tensor:
        found = torch.zeros(self._width, dtype=torch.bool)
        found[token] = True
        return found

    def _fitting(self, told: torch.Tensor) -> torch.Tensor:
        found = torch.zeros(self._width, dtype=torch.bool)
        both = min(self._width, len(told))
        found[:both] = told[:both]
        return found


def _most_to_close(fields: Fields, words: Vocabulary) -> int:
    """Tokens that closing takes at most, but for the ends of what is open."""
    names = ["", *grammar.names(fields)]
    return max(len(words.tokens(f", {written(name)}: null")) for name in names)


def least(words: Vocabulary) -> int:
    """Tokens of the shortest whole answer, that of no field."""
    return len(words.tokens("{}"))
