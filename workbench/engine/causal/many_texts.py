"""Very many texts for a tokenizer: what `marks` does with each, at a fraction of the time."""

from collections.abc import Sequence
from typing import Any

from tokenizers import Encoding
from transformers import PreTrainedTokenizerFast

from workbench.engine.causal.marks import GUARD, guard_of, token_ids
from workbench.engine.encoding.cores import all_cores


def encodings(
    texts: Sequence[str], tokenizer: Any, *, add_special_tokens: bool = False
) -> list[Encoding]:
    """Of each text, in which a guard may stand, the ids and what they stand for.

    Args:
        tokenizer: a fast one.
    """
    copy = guard_of(tokenizer)
    plain = iter(_plain([t for t in texts if GUARD not in t], tokenizer, add_special_tokens))
    return [
        copy.tokenizer(tokenizer).encode(text, add_special_tokens=add_special_tokens)
        if GUARD in text
        else next(plain)
        for text in texts
    ]


def many_ids(texts: Sequence[str], tokenizer: Any) -> list[list[int]]:
    """As `token_ids` of each text, with the marks that the tokenizer puts around a text."""
    if not tokenizer.is_fast:
        return [token_ids(text, tokenizer, add_special_tokens=True) for text in texts]
    return [list(found.ids) for found in encodings(texts, tokenizer, add_special_tokens=True)]


def _plain(texts: list[str], tokenizer: Any, add_special_tokens: bool) -> list[Encoding]:
    with all_cores():
        if _is_called_as_ever(tokenizer):
            tokenizer("", add_special_tokens=add_special_tokens)  # sets all that a call sets
            backend = tokenizer.backend_tokenizer
            found: list[Encoding] = backend.encode_batch(
                texts, add_special_tokens=add_special_tokens
            )
        else:
            called = tokenizer(texts, add_special_tokens=add_special_tokens) if texts else None
            found = called.encodings if called else []
    return found


def _is_called_as_ever(tokenizer: Any) -> bool:
    """Whether a call does no more than ask the backend and turn its answer into lists."""
    return all(
        getattr(type(tokenizer), name, None) is getattr(PreTrainedTokenizerFast, name)
        for name in ("__call__", "_encode_plus")
    )
