"""Pairs put together in batches of like length, the decoder's input made of what it learns."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch

from workbench.engine.causal.batches import LENGTH_STEP
from workbench.engine.causal.loss import IGNORED
from workbench.engine.seq2seq.encode import Example, Examples
from workbench.engine.seq2seq.framing import Framing


def collate(examples: Sequence[Example], framing: Framing) -> dict[str, Any]:
    """Examples as one batch, padded on the right; padding is neither seen nor learned.

    Returns:
        input_ids, attention_mask (rows, source tokens); labels, decoder_input_ids (rows, target
        tokens): at each place the decoder has read what stands before and learns what stands there.
    """
    sources = [example.input_ids for example in examples]
    targets = [example.labels for example in examples]
    shifted = [[framing.start, *target[:-1]] for target in targets]
    lengths = torch.tensor([len(source) for source in sources])
    ids = _padded(sources, framing.pad)
    return {
        "input_ids": ids,
        "attention_mask": (torch.arange(ids.shape[1]) < lengths[:, None]).long(),
        "labels": _padded(targets, IGNORED),
        "decoder_input_ids": _padded(shifted, framing.pad),
    }


def _padded(rows: Sequence[Sequence[int]], filler: int) -> torch.Tensor:
    longest = -(-max(map(len, rows)) // LENGTH_STEP) * LENGTH_STEP
    return torch.tensor([[*row, *[filler] * (longest - len(row))] for row in rows])


def batches_by_length(examples: Examples, size: int, framing: Framing) -> Iterator[dict[str, Any]]:
    """All examples in batches of like length, the longest first."""
    lengths = examples.lengths
    order = sorted(range(len(examples)), key=lambda i: -lengths[i])
    for start in range(0, len(order), size):
        yield collate([examples[i] for i in order[start : start + size]], framing)
