"""A model's tokens as bytes: which stay within a text, and how a text is put into tokens."""

import threading
import weakref
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from llguidance import LLTokenizer

from workbench.engine.generative.fields import pieces
from workbench.engine.serving.choosing.json_constraint import UnusableForm, token_words

_MARKS = frozenset(b'"\\')


class MissingSign(UnusableForm):
    """No token writes a sign that is needed."""

    sign = ""


class Vocabulary:
    """The tokens of one model."""

    def __init__(self, tokenizer: Any, ends: Iterable[int] = ()) -> None:
        """Args:
            ends: ids of the tokens that end an answer.

        Raises:
            UnusableForm: the tokens cannot be known one by one, or none of them writes a sign that
                JSON needs.
        """
        self.words = _words(tokenizer, frozenset(ends))
        self._bytes = [self._of(token) for token in range(self.words.vocab_size)]
        self._ids = {told: token for token, told in reversed([*enumerate(self._bytes)]) if told}
        self._longest = max(map(len, self._ids), default=0)
        self.stays_in_text = self._mask(map(_is_plain, self._bytes))
        """(vocabulary,) bool: whole characters, none of which ends a text."""
        self.is_one_byte = self._mask(len(told) == 1 for told in self._bytes)
        """(vocabulary,) bool."""
        self.tokens('{"}: ,null')

    def _of(self, token: int) -> bytes:
        if self.words.is_special_token(token):
            return b""
        return bytes(self.words.decode_bytes([token]))

    @staticmethod
    def _mask(told: Iterable[bool]) -> torch.Tensor:
        return torch.from_numpy(np.fromiter(told, bool))

    def raw(self, token: int) -> bytes:
        """The bytes of a token; of one that is a mark none."""
        return self._bytes[token] if token < len(self._bytes) else b""

    def tokens(self, text: str) -> list[int]:
        """Tokens that write a text, as few as the longest ones first give.

        Raises:
            UnusableForm: a sign of it cannot be written.
        """
        rest, found = text.encode(), []
        while rest:
            for length in range(min(self._longest, len(rest)), 0, -1):
                token = self._ids.get(rest[:length])
                if token is not None:
                    found.append(token)
                    rest = rest[length:]
                    break
            else:
                raise _missing(rest.decode("utf-8", "replace")[0])
        return found


def _missing(sign: str) -> MissingSign:
    error = MissingSign(
        f"This model has no token for the sign {sign}, which answers in fields need: "
        "choose another base model, for example SmolLM2-135M-Instruct."
    )
    error.sign = sign
    return error


def _words(tokenizer: Any, ends: frozenset[int]) -> LLTokenizer:
    try:
        return token_words(tokenizer, ends)
    except UnusableForm:
        if not ends or not pieces.has_pieces(tokenizer):
            raise
        return pieces.words_of(tokenizer, ends)


def _is_plain(told: bytes) -> bool:
    if not told or not _MARKS.isdisjoint(told) or any(byte < 32 for byte in told):
        return False
    try:
        told.decode()
    except UnicodeDecodeError:
        return False
    return True


_made: "weakref.WeakKeyDictionary[Any, tuple[frozenset[int], Vocabulary]]" = (
    weakref.WeakKeyDictionary()
)
_making = threading.Lock()


def vocabulary(tokenizer: Any, ends: Iterable[int] = ()) -> Vocabulary:
    """The tokens of a tokenizer, made once.

    Raises:
        UnusableForm: see `Vocabulary`.
    """
    named = frozenset(ends)
    with _making:
        known = _made.get(tokenizer)
        if known is None or known[0] != named:
            known = (named, Vocabulary(tokenizer, named))
            _made[tokenizer] = known
        return known[1]
