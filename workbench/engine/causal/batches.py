"""Examples put together in batches of like length."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from workbench.engine.causal.encode import Example, Examples
from workbench.engine.causal.loss import IGNORED
from workbench.engine.encoding.padding import filled_up
from workbench.engine.models.config import load_config

LENGTH_STEP = 16
"""Batches are padded to multiples of this many tokens. With every length a shape of its own, the
processor's kernels and the memory allocator keep something for each: 100 MB more every few steps."""


def collate(examples: Sequence[Example], pad_id: int) -> dict[str, Any]:
    """Examples as one batch, padded on the right; padding is neither seen nor learned."""
    counts = [len(example.input_ids) for example in examples]
    longest = -(-max(counts) // LENGTH_STEP) * LENGTH_STEP
    return {
        "input_ids": filled_up([example.input_ids for example in examples], longest, pad_id),
        "attention_mask": (torch.arange(longest) < torch.tensor(counts)[:, None]).long(),
        "labels": filled_up([example.labels for example in examples], longest, IGNORED),
    }


def batches_by_length(examples: Examples, size: int, pad_id: int) -> Iterator[dict[str, Any]]:
    """All examples in batches of like length, the longest first."""
    order = np.argsort(-examples.lengths, kind="stable")
    for start in range(0, len(order), size):
        numbers = order[start : start + size].tolist()
        yield collate(examples.__getitems__(numbers), pad_id)


def longest_example(folder: Path, wanted: int) -> int:
    """Tokens that an example may have: as many as wanted, and no more than the model can read."""
    config = load_config(folder).get_text_config()
    context = getattr(config, "max_position_embeddings", None) or wanted
    # Batches are padded up to a multiple; the padding must fit as well.
    return min(wanted, max(LENGTH_STEP, context // LENGTH_STEP * LENGTH_STEP))
