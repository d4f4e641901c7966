"""Very many texts for a tokenizer: what `marks` does with each, at a fraction of the time."""

from collections.abc import Sequence
from typing import Any

from tokenizers import Encoding
from transformers import PreTrainedTokenizerFast

from workbench.engine.causal.marks import guard_of, is_guarded, token_ids
from workbench.engine.encoding.cores import all_cores


def encodings(texts: Sequence[str], tokenizer: Any) -> list[Encoding]:
    """Of each text, in which a guard may stand, the ids and what they stand for.

    Args:
        tokenizer: a fast one.
    """
    guarded = [is_guarded(text, tokenizer) for text in texts]
    parts: dict[bool, list[str]] = {True: [], False: []}
    for text, own in zip(texts, guarded, strict=True):
        parts[own].append(text)
    with all_cores():
        found = {
            False: iter(_plain(parts[False], tokenizer)),
            True: iter(_by_copy(parts[True], tokenizer)),
        }
    return [next(found[own]) for own in guarded]


def many_ids(texts: Sequence[str], tokenizer: Any) -> list[list[int]]:
    """As `token_ids` of each text."""
    if not tokenizer.is_fast:
        return [token_ids(text, tokenizer) for text in texts]
    return [list(found.ids) for found in encodings(texts, tokenizer)]


def _by_copy(texts: list[str], tokenizer: Any) -> list[Encoding]:
    if not texts:
        return []
    copy = guard_of(tokenizer).tokenizer(tokenizer)
    return list(copy.encode_batch(texts, add_special_tokens=False))


def _plain(texts: list[str], tokenizer: Any) -> list[Encoding]:
    if not texts:
        return []
    if not _is_called_as_ever(tokenizer):
        return list(tokenizer(texts, add_special_tokens=False).encodings)
    tokenizer("", add_special_tokens=False)  # sets all that a call sets
    backend = tokenizer.backend_tokenizer
    return list(backend.encode_batch(texts, add_special_tokens=False))


def _is_called_as_ever(tokenizer: Any) -> bool:
    """Whether a call does no more than ask the backend and turn its answer into lists."""
    return all(
        getattr(type(tokenizer), name, None) is getattr(PreTrainedTokenizerFast, name)
        for name in ("__call__", "_encode_plus")
    )
