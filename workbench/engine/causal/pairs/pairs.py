"""Pairs that are learned from: two examples each, and how likely both were before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from workbench.engine.causal.batches import collate
from workbench.engine.causal.encode import Example, Examples

REFERENCE = "reference"
"""In a batch: ln p of each answer before the training (rows,)."""


@dataclass(frozen=True)
class Pair:
    """A better and a worse answer, each behind its question."""

    better: Example
    worse: Example
    reference: tuple[float, float] = (0.0, 0.0)
    """ln p of both as the model is before it learns; noughts where nobody asks for it."""


@dataclass
class Pairs:
    """Pairs by their numbers."""

    examples: Examples
    """The better answer of each, then the worse one."""
    reference: np.ndarray | None = None
    """float32 (pairs, 2)."""

    sides = 2
    """Rows of a batch that each of them is."""

    def __len__(self) -> int:
        return len(self.examples) // 2

    def __getitem__(self, number: int) -> Pair:
        return self.__getitems__([number])[0]

    def __getitems__(self, numbers: Sequence[int]) -> list[Pair]:
        """Some of them, as torch's data loader asks for a batch."""
        places = [side for number in numbers for side in (2 * number, 2 * number + 1)]
        found = self.examples.__getitems__(places)
        return [
            Pair(found[2 * n], found[2 * n + 1], self._reference(number))
            for n, number in enumerate(numbers)
        ]

    def _reference(self, number: int) -> tuple[float, float]:
        if self.reference is None:
            return 0.0, 0.0
        better, worse = self.reference[number].tolist()
        return better, worse

    @property
    def lengths(self) -> np.ndarray:
        """Tokens of each pair, of both its sides, int32 (pairs,)."""
        both: np.ndarray = self.examples.lengths.reshape(-1, 2).sum(1, dtype=np.int32)
        return both

    def by_length(self, size: int) -> list[list[int]]:
        """The numbers of all pairs in batches of like length, the longest first."""
        order = np.argsort(-self.lengths, kind="stable").tolist()
        return [order[start : start + size] for start in range(0, len(order), size)]


def collate_pairs(pairs: Sequence[Pair], pad_id: int) -> dict[str, Any]:
    """Pairs as one batch (2 · pairs, tokens): the better answer of each, right below it the worse one."""
    sides = [side for pair in pairs for side in (pair.better, pair.worse)]
    reference = torch.tensor([value for pair in pairs for value in pair.reference])
    return {**collate(sides, pad_id), REFERENCE: reference}
