"""Examples put together in batches of like length."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch.utils.data import Sampler

from workbench.engine.causal.encode import Examples
from workbench.engine.causal.loss import IGNORED

POOL = 50
"""Batches from which those of like length are put together."""
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


class LengthBatches(Sampler[int]):
    """A random order in which the examples of a batch are about equally long.

    Little padding makes a step up to twice as fast. The order depends on seed and pass alone, so
    that a run that goes on from a checkpoint sees what it would have seen. The longest batch
    comes first: if it does not fit into memory, that shows at once.
    """

    def __init__(self, lengths: Sequence[int], batch_size: int, seed: int) -> None:
        self._lengths, self._batch_size, self._seed = lengths, batch_size, seed
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the order of this pass over the data."""
        self._epoch = epoch

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[int]:
        generator = torch.Generator().manual_seed(self._seed + self._epoch)
        order = torch.randperm(len(self._lengths), generator=generator).tolist()
        batches = [batch for pool in self._pools(order) for batch in self._cut(pool)]
        short = [batches.pop()] if len(batches[-1]) < self._batch_size else []
        longest = max(range(len(batches)), key=lambda i: self._weight(batches[i]), default=None)
        first = [batches.pop(longest)] if longest is not None else []
        shuffled = torch.randperm(len(batches), generator=generator).tolist()
        for batch in [*first, *(batches[i] for i in shuffled), *short]:
            yield from batch

    def _pools(self, order: Sequence[int]) -> Iterator[list[int]]:
        size = POOL * self._batch_size
        for start in range(0, len(order), size):
            yield sorted(order[start : start + size], key=lambda i: -self._lengths[i])

    def _cut(self, pool: Sequence[int]) -> Iterator[Sequence[int]]:
        for start in range(0, len(pool), self._batch_size):
            yield pool[start : start + self._batch_size]

    def _weight(self, batch: Sequence[int]) -> int:
        return max(self._lengths[i] for i in batch)
