"""The order in which few texts are learned: in every batch each has a partner of its category."""

from collections.abc import Iterator

import numpy as np
import torch
from torch.utils.data import Sampler


class PairBatches(Sampler[int]):
    """Pairs of texts of one category in a random order, the same for the same seed and pass.

    In a pass every text comes once; the last of an odd number is paired with another of its
    category again, and one that is alone with itself (dropout shows it in two ways).
    """

    def __init__(self, labels: np.ndarray, seed: int) -> None:
        """
        Args:
            labels: number of each text's category (texts,).
        """
        self._labels, self._seed, self._epoch = labels, seed, 0
        self._length = int(sum(n + n % 2 for n in np.bincount(labels)))

    def set_epoch(self, epoch: int) -> None:
        """Choose the order of this pass."""
        self._epoch = epoch

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[int]:
        generator = torch.Generator().manual_seed(self._seed + self._epoch)
        pairs = [pair for own in self._categories() for pair in _pairs(own, generator)]
        for place in torch.randperm(len(pairs), generator=generator).tolist():
            yield from pairs[place]

    def _categories(self) -> list[np.ndarray]:
        order = np.argsort(self._labels, kind="stable")
        return np.split(order, np.flatnonzero(np.diff(self._labels[order])) + 1)


def _pairs(own: np.ndarray, generator: torch.Generator) -> list[tuple[int, int]]:
    order = own[torch.randperm(len(own), generator=generator).numpy()].tolist()
    if len(order) % 2:
        order.append(order[0])
    return list(zip(order[::2], order[1::2], strict=True))
