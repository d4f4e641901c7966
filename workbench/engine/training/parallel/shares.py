"""Which examples of each step a process learns, of several that learn together.

A step's examples are those of one process, in the same order, so all see the same data however many they
are. Its batches are dealt out as they are, being of like length; where there are too few for all, each
batch is cut into parts first. A share may be empty, at the end of a pass.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from torch.utils.data import Dataset, Sampler

from workbench.engine.training.batches import LengthBatches


class Shares(Sampler[list[int]]):
    """The numbers of one process's examples, batch by batch."""

    drop_last = False

    def __init__(
        self, order: LengthBatches, batch_size: int, accumulation: int, number: int, count: int
    ) -> None:
        """
        Args:
            order: of all examples, as one process learns them.
            batch_size, accumulation: examples of a batch, and batches of a step, of one process.
            number, count: which process it is, of how many.
        """
        self.sampler, self.batch_size = order, batch_size
        self._accumulation, self._number, self._count = accumulation, number, count
        self._parts = min(count // math.gcd(accumulation, count), batch_size)
        self.rows = math.ceil(batch_size / self._parts)
        """Examples of its largest batch."""
        self.batches = math.ceil(accumulation * self._parts / count)
        """Batches of its step."""

    def __len__(self) -> int:
        rows = self._batch_sizes()
        steps = math.ceil(len(rows) / self._accumulation)
        last = rows[(steps - 1) * self._accumulation :]
        parts = sum(min(self._parts, size) for size in last)
        return max(0, steps - 1) * self.batches + math.ceil(parts / self._count)

    def _batch_sizes(self) -> list[int]:
        full, rest = divmod(len(self.sampler), self.batch_size)
        return [self.batch_size] * full + ([rest] if rest else [])

    def __iter__(self) -> Iterator[list[int]]:
        order = list(self.sampler)
        batches = [
            order[start : start + self.batch_size]
            for start in range(0, len(order), self.batch_size)
        ]
        for start in range(0, len(batches), self._accumulation):
            yield from self._own(batches[start : start + self._accumulation])

    def _own(self, step: Sequence[list[int]]) -> list[list[int]]:
        cut = (batch[part :: self._parts] for batch in step for part in range(self._parts))
        parts = [part for part in cut if part]
        own = parts[self._number :: self._count]
        return own + [[]] * (math.ceil(len(parts) / self._count) - len(own))


class Some(Dataset[Any]):
    """Examples, of which also none can be asked for."""

    def __init__(self, examples: Any) -> None:
        self._examples = examples

    def __len__(self) -> int:
        return len(self._examples)

    def __getitems__(self, numbers: Sequence[int]) -> list[Any]:
        """Some of them, as torch's data loader asks for a batch."""
        if not numbers:
            return []
        if hasattr(self._examples, "__getitems__"):
            found: list[Any] = self._examples.__getitems__(numbers)
            return found
        return [self._examples[number] for number in numbers]

    def __getitem__(self, number: int) -> Any:
        return self._examples[number]
