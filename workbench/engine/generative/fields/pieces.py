"""The tokens of a SentencePiece vocabulary as bytes, where llguidance does not know its decoder (T5)."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from llguidance import LLTokenizer, TokenizerWrapper

BLANK = "▁"
_BYTE = re.compile(r"<0x([0-9A-Fa-f]{2})>")


class _Pieces:
    """What `TokenizerWrapper` asks of a tokenizer."""

    bos_token_id = None

    def __init__(self, tokenizer: Any, ends: Sequence[int]) -> None:
        self._tokenizer = tokenizer
        self.eos_token_id = ends[0]
        names = tokenizer.convert_ids_to_tokens(range(len(tokenizer)))
        marks = {*tokenizer.all_special_ids, *ends, *_added(tokenizer)}
        self.special_token_ids = sorted(marks)
        self.tokens = [
            name.encode() if token in marks else _bytes(name) for token, name in enumerate(names)
        ]

    def __call__(self, text: str) -> list[int]:
        if isinstance(text, bytes):
            raise TypeError("texts only")
        return list(self._tokenizer.encode(text, add_special_tokens=False))


def has_pieces(tokenizer: Any) -> bool:
    """Whether its tokens are written with SentencePiece's sign for a blank."""
    names = tokenizer.convert_ids_to_tokens(range(min(len(tokenizer), 2000)))
    return any(isinstance(name, str) and name.startswith(BLANK) for name in names)


def words_of(tokenizer: Any, ends: Iterable[int]) -> LLTokenizer:
    """The tokens for llguidance.

    Args:
        ends: ids of the tokens that end an answer, at least one.
    """
    own = sorted(ends)
    return LLTokenizer(TokenizerWrapper(_Pieces(tokenizer, own)), eos_token=own)


def _added(tokenizer: Any) -> list[int]:
    return [int(token) for token in tokenizer.added_tokens_decoder]


def _bytes(name: str) -> bytes:
    match = _BYTE.fullmatch(name)
    return bytes([int(match[1], 16)]) if match else name.replace(BLANK, " ").encode()
