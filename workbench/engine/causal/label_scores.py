"""How probable each category is to a model that writes the category as text.

The question is read once; every category is then read as its answer, and the probability of a
category is that of its whole text with the end of the turn, shared out among the categories.
"""

import copy
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import torch
from transformers.cache_utils import DynamicLayer, LinearAttentionCacheLayerMixin

BATCH = 16


class Reading(Protocol):
    """A causal model and its tokenizer, as the server or the exam has loaded them."""

    model: Any

    def encode(self, text: str) -> dict[str, Any]:
        """The text as tensors for the model, one row, on its device."""
        ...


@torch.inference_mode()
def label_probabilities(
    loaded: Reading,
    prompt: str,
    answers: Sequence[str],
    between: Callable[[], None] = lambda: None,
) -> list[float]:
    """One probability for each of `answers` (texts with their end mark); they add up to 1.

    The caller holds the turn and has selected the adapter.

    Args:
        between: called before each batch; may raise to leave.
    """
    question = loaded.encode(prompt)
    read = loaded.model(**question, use_cache=True)
    start = read.logits[0, -1].float().log_softmax(-1)
    cache = getattr(read, "past_key_values", None)
    rows = [loaded.encode(answer)["input_ids"][0] for answer in answers]
    scores: list[float] = []
    for at in range(0, len(rows), BATCH):
        between()
        batch = rows[at : at + BATCH]
        if _can_branch(cache):
            scores += _scores(loaded, question, cache, start, batch)
        else:
            scores += [_score_whole(loaded, question, row) for row in batch]
    return torch.tensor(scores, dtype=torch.float64).softmax(0).tolist()


def _can_branch(cache: Any) -> bool:
    """Whether what was read of the question can be gone on from several times at once.

    A state that is carried on from token to token (Mamba, the convolutions of LFM2) cannot.
    """
    layers = getattr(cache, "layers", None)
    return bool(layers) and all(
        isinstance(layer, DynamicLayer) and not isinstance(layer, LinearAttentionCacheLayerMixin)
        for layer in layers or ()
    )


def _score_whole(loaded: Reading, question: dict[str, Any], row: torch.Tensor) -> float:
    """Log-probability of one row of token ids as the answer, read with its question anew."""
    ids = torch.cat([question["input_ids"][0], row])[None, :-1]
    logits = loaded.model(
        input_ids=ids, attention_mask=torch.ones_like(ids), use_cache=False
    ).logits[0, -len(row) :]
    each = logits.float().log_softmax(-1).gather(-1, row[:, None])
    return float(each.sum())


def _scores(
    loaded: Reading,
    question: dict[str, Any],
    cache: Any,
    start: torch.Tensor,
    rows: list[torch.Tensor],
) -> list[float]:
    """Log-probability of each row of token ids as the answer."""
    ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
    lengths = torch.tensor([len(row) for row in rows], device=ids.device)
    real = torch.arange(ids.shape[1], device=ids.device) < lengths[:, None]
    total = start[ids[:, 0]]
    if ids.shape[1] > 1:
        branch = copy.deepcopy(cache)
        branch.batch_repeat_interleave(len(rows))
        seen = question["attention_mask"].expand(len(rows), -1)
        mask = torch.cat([seen, real[:, :-1].to(seen.dtype)], dim=1)
        logits = loaded.model(
            input_ids=ids[:, :-1], attention_mask=mask, past_key_values=branch
        ).logits
        each = logits.float().log_softmax(-1).gather(-1, ids[:, 1:, None]).squeeze(-1)
        total = total + (each * real[:, 1:]).sum(-1)
    return total.tolist()
