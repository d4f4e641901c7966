"""Answers that keep to a JSON schema while they are written, by llguidance's grammars.

The mask of each step holds the tokens that some text of that form goes on with, special tokens
left out; the marks that end an answer are allowed where it is whole.
"""

import json
import threading
import weakref
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import torch
from llguidance import LLMatcher, LLTokenizer
from llguidance.hf import from_tokenizer
from transformers import PreTrainedTokenizerFast

from workbench.core.errors import WorkbenchError

_OPTIONS: Any = {"whitespace_pattern": "[ \\n]{0,10}", "lenient": False}
"""White space as in files that are laid out, but none without end."""
_LONGEST_REASON = 200


class UnusableForm(WorkbenchError):
    """The form cannot be kept to: the schema or the model's tokenizer does not allow it."""


class JsonConstraint:
    """A `TokenConstraint`: the answer is JSON of a schema."""

    def __init__(self, words: LLTokenizer, width: int, schema: Mapping[str, Any]) -> None:
        """Args:
            words: the model's tokens, of `token_words`.
            width: scores that the model gives for a next token.

        Raises:
            UnusableForm: the schema is not valid, or says what cannot be enforced.
        """
        self._width = width
        grammar = LLMatcher.grammar_from_json_schema(json.dumps(schema), overrides=_OPTIONS)
        self._matcher = LLMatcher(words, grammar, log_level=0)
        if self._matcher.is_error():
            raise UnusableForm(_reason(self._matcher))

    def mask(self) -> torch.Tensor:
        """(width,) bool, True for what may come next."""
        packed = np.frombuffer(self._matcher.compute_bitmask(), dtype=np.uint8)
        if self._matcher.is_error():
            raise UnusableForm(f"it is too hard to follow ({_reason(self._matcher)})")
        bits = torch.from_numpy(np.unpackbits(packed, bitorder="little").astype(bool))
        found = torch.zeros(self._width, dtype=torch.bool)
        both = min(self._width, len(bits))
        found[:both] = bits[:both]
        return found

    def accept(self, token: int) -> None:
        """Go on with this token."""
        if not self._matcher.consume_token(token):
            raise WorkbenchError("The answer left the form that it was to keep to.")

    @property
    def is_over(self) -> bool:
        """Whether the JSON is whole and nothing can follow."""
        return self._matcher.is_stopped()


_made: "weakref.WeakKeyDictionary[Any, tuple[frozenset[int], LLTokenizer]]" = (
    weakref.WeakKeyDictionary()
)
_making = threading.Lock()


def token_words(tokenizer: Any, ends: Iterable[int]) -> LLTokenizer:
    """The tokens of a model as bytes; made once, which takes up to a second for a large vocabulary.

    Args:
        ends: ids of the tokens that end an answer; without any the tokenizer's own end.

    Raises:
        UnusableForm: it is a tokenizer whose tokens cannot be known one by one.
    """
    named = frozenset(ends) or frozenset({tokenizer.eos_token_id} - {None})
    with _making:
        known = _made.get(tokenizer)
        if known is None or known[0] != named:
            known = (named, _words(tokenizer, sorted(named)))
            _made[tokenizer] = known
        return known[1]


def _words(tokenizer: Any, ends: list[int]) -> LLTokenizer:
    if not isinstance(tokenizer, PreTrainedTokenizerFast) or not ends:
        raise UnusableForm("this model's tokenizer does not tell its tokens one by one")
    try:
        return from_tokenizer(tokenizer, eos_token=ends)
    except Exception as error:  # of its own many kinds, and panics' among them
        raise UnusableForm(f"this model's tokenizer cannot be used for that ({error})") from error


def _reason(matcher: LLMatcher) -> str:
    """What llguidance says, on one line."""
    said = " ".join(matcher.get_error().split())
    return said if len(said) <= _LONGEST_REASON else said[: _LONGEST_REASON - 1] + "…"
