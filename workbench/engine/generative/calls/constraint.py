"""An answer that may call tools, while it is written: free until it opens a call, then that call's form.

Which tokens may come next, llguidance says from the grammar (`core.tools.grammar`).
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import torch
from llguidance import LLMatcher, LLTokenizer

from workbench.core.tools.grammar import FREE, FREE_ONCE, grammar
from workbench.core.tools.tool import Tool, Tools
from workbench.engine.serving.choosing.json_constraint import JsonConstraint, UnusableForm

_KEPT, _LONGEST_REASON = 256, 200


class CallsConstraint(JsonConstraint):
    """A `TokenConstraint` of one answer."""

    def __init__(self, words: LLTokenizer, width: int, form: str, ends: frozenset[int]) -> None:
        """Args:
            words: the model's tokens, of `token_words`.
            width: scores that the model gives for a next token.
            form: the grammar.
            ends: ids of the tokens that end an answer.

        Raises:
            UnusableForm: the grammar cannot be followed.
        """
        self._width, self._ends = width, ends
        self._is_free = self._is_over = False
        self._matcher = LLMatcher(words, form, log_level=0)
        if self._matcher.is_error():
            raise UnusableForm(_reason(self._matcher))

    def mask(self) -> torch.Tensor:
        """(width,) bool, True for what may come next; everything where the form cannot be followed."""
        if not self._is_free:
            try:
                return super().mask()
            except UnusableForm:
                self._is_free = True
        return torch.ones(self._width, dtype=torch.bool)

    def accept(self, token: int) -> None:
        """Go on with this token."""
        if token in self._ends:
            self._is_over = True
        elif not self._is_free:
            self._is_free = not self._matcher.consume_token(token)

    @property
    def is_over(self) -> bool:
        """Whether the answer has ended, or nothing can follow."""
        return self._is_over or (not self._is_free and self._matcher.is_stopped())


def form_of(words: LLTokenizer, tools: Sequence[Tool], how: str = FREE) -> str:
    """The grammar of an answer that may call these tools.

    A tool whose inputs cannot be held to what was declared may take any, where the model is free to call.

    Raises:
        UnusableForm: the tools cannot be held to, and one of them must be called.
    """
    return _form_of(words, tuple(map(_frozen, tools)), how)


class _Frozen:
    """Tools as a key: equal where their form is."""

    def __init__(self, tool: Tool) -> None:
        self.tool = replace(tool, line="", calls=0)
        self._key = repr(self.tool)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Frozen) and other._key == self._key

    def __hash__(self) -> int:
        return hash(self._key)


def _frozen(tool: Tool) -> _Frozen:
    return _Frozen(tool)


@lru_cache(maxsize=_KEPT)
def _form_of(words: LLTokenizer, tools: tuple[_Frozen, ...], how: str) -> str:
    known: Tools = tuple(each.tool for each in tools)
    found, why = _usable(words, grammar(known, how))
    if not why:
        return found
    if how not in (FREE, FREE_ONCE):
        raise UnusableForm(why)
    usable = [tool if not _why_not(words, tool, how) else _open(tool) for tool in known]
    found, why = _usable(words, grammar(usable, how))
    return found if not why else grammar((), how)


def _why_not(words: LLTokenizer, tool: Tool, how: str) -> str:
    return _usable(words, grammar([tool], how))[1]


def _open(tool: Tool) -> Tool:
    return replace(tool, inputs=(), parameters=None, is_open=True)


def _usable(words: LLTokenizer, form: str) -> tuple[str, str]:
    """The grammar, and why it cannot be followed."""
    matcher = LLMatcher(words, form, log_level=0)
    return form, _reason(matcher) if matcher.is_error() else ""


def _reason(matcher: LLMatcher) -> str:
    return " ".join(matcher.get_error().split())[:_LONGEST_REASON]
