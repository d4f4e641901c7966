"""The order in which examples are learned: batches of like length, the same for the same seed."""

from collections.abc import Iterator

import numpy as np
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

    def __init__(self, lengths: np.ndarray, batch_size: int, seed: int) -> None:
        """
        Args:
            lengths: tokens of each example (examples,).
        """
        self._lengths, self._batch_size, self._seed = lengths, batch_size, seed
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the order of this pass over the data."""
        self._epoch = epoch

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[int]:
        generator = torch.Generator().manual_seed(self._seed + self._epoch)
        order = torch.randperm(len(self._lengths), generator=generator).numpy()
        self._sort_pools(order)
        size = self._batch_size
        full = np.arange(0, len(order) - size + 1, size)  # where each full batch begins
        first = (
            self._lengths[order[full]].argmax() if len(full) else 0
        )  # a batch's longest is first
        others = np.delete(full, first) if len(full) else full
        shuffled = others[torch.randperm(len(others), generator=generator).numpy()]
        for start in [*full[first : first + 1], *shuffled]:
            yield from order[start : start + size].tolist()
        yield from order[len(full) * size :].tolist()

    def _sort_pools(self, order: np.ndarray) -> None:
        size = POOL * self._batch_size
        for start in range(0, len(order), size):
            pool = order[start : start + size]
            pool[:] = pool[np.argsort(-self._lengths[pool], kind="stable")]
