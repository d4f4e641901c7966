"""Examples put together in batches of like length."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from workbench.engine.causal.encode import Examples
from workbench.engine.causal.loss import IGNORED
from workbench.engine.models.config import load_config

LENGTH_STEP = 16
"""Batches are padded to multiples of this many tokens. With every length a shape of its own, the
processor's kernels and the memory allocator keep something for each: 100 MB more every few steps."""


def collate(examples: Sequence[Mapping[str, Sequence[int]]], pad_id: int) -> dict[str, Any]:
    """Examples as one batch, padded on the right; padding is neither seen nor learned."""
    longest = max(len(example["input_ids"]) for example in examples)
    longest = -(-longest // LENGTH_STEP) * LENGTH_STEP

    def padded(name: str, filler: int) -> torch.Tensor:
        return torch.tensor(
            [[*example[name], *[filler] * (longest - len(example[name]))] for example in examples]
        )

    lengths = torch.tensor([len(example["input_ids"]) for example in examples])
    return {
        "input_ids": padded("input_ids", pad_id),
        "attention_mask": (torch.arange(longest) < lengths[:, None]).long(),
        "labels": padded("labels", IGNORED),
    }


def batches_by_length(examples: Examples, size: int, pad_id: int) -> Iterator[dict[str, Any]]:
    """All examples in batches of like length, the longest first."""
    lengths = examples.lengths
    order = sorted(range(len(examples)), key=lambda i: -lengths[i])
    for start in range(0, len(order), size):
        yield collate([examples[i] for i in order[start : start + size]], pad_id)


def longest_example(folder: Path, wanted: int) -> int:
    """Tokens that an example may have: as many as wanted, and no more than the model can read."""
    config = load_config(folder).get_text_config()
    context = getattr(config, "max_position_embeddings", None) or wanted
    # Batches are padded up to a multiple; the padding must fit as well.
    return min(wanted, max(LENGTH_STEP, context // LENGTH_STEP * LENGTH_STEP))
