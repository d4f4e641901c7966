"""The order in which examples are learned: batches of like length, the same for the same seed."""

from collections.abc import Iterator, Sequence

import torch
from torch.utils.data import Sampler

POOL = 50
"""Batches from which those of like length are put together."""


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
