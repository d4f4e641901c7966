"""How likely the tokens of an answer were to the model, as OpenAI's `logprobs` tell it."""

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from llguidance import LLTokenizer

from workbench.engine.serving.choosing.json_constraint import UnusableForm, token_words

Likely = tuple[str, bytes, float]
"""A token's text (half of a character as \\xNN), its bytes, and the natural logarithm of its probability."""
LEAST = -9999.0
"""OpenAI's value for what is next to impossible."""


@dataclass(frozen=True)
class TokenLogprob:
    """One token of an answer, and those that were likeliest in its place, best first."""

    text: str
    raw: bytes
    logprob: float
    top: tuple[Likely, ...]


class TokenTexts:
    """What single tokens of a model stand for."""

    def __init__(self, tokenizer: Any, ends: Iterable[int] = ()) -> None:
        self._tokenizer = tokenizer
        self._words: LLTokenizer | None = None
        with contextlib.suppress(UnusableForm):
            self._words = token_words(tokenizer, ends)

    def raw(self, token: int) -> bytes:
        """The bytes of a token, which may be half of a character."""
        if self._words is not None and token < self._words.vocab_size:
            return bytes(self._words.decode_bytes([token]))
        return str(self._tokenizer.decode([token])).encode()


def of_token(token: int, scores: torch.Tensor, most: int, texts: TokenTexts) -> TokenLogprob:
    """What is told of a token that was chosen.

    Args:
        scores: (vocabulary,) the model's own, before anything is done to them.
        most: how many of the likeliest are told beside it.
    """
    logs = torch.log_softmax(scores.float(), dim=-1)
    best = torch.topk(logs, min(most, logs.shape[-1])) if most else None
    top = [] if best is None else zip(best.indices.tolist(), best.values.tolist(), strict=True)
    text, raw, logprob = _likely(token, float(logs[token]), texts)
    return TokenLogprob(text, raw, logprob, tuple(_likely(i, value, texts) for i, value in top))


def _likely(token: int, logprob: float, texts: TokenTexts) -> Likely:
    raw = texts.raw(token)
    return raw.decode("utf-8", "backslashreplace"), raw, max(logprob, LEAST)


def within(tokens: Sequence[TokenLogprob], text: str) -> int:
    """How many of the tokens begin within a text that they begin with (a stop string is cut off)."""
    room, count = len(text.encode("utf-8", "replace")), 0
    for token in tokens:
        if room <= 0:
            break
        room -= len(token.raw)
        count += 1
    return count
