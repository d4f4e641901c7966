"""The order in which examples are learned, told in plain lists."""

from collections.abc import Sequence

import numpy as np
import pytest
import torch

from workbench.engine.training.batches import POOL, LengthBatches


def told_in_lists(lengths: Sequence[int], size: int, seed: int) -> list[int]:
    """Shuffle; sort pools of batches by length; the longest batch first, a short one last."""
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(lengths), generator=generator).tolist()
    batches = []
    for start in range(0, len(order), POOL * size):
        pool = sorted(order[start : start + POOL * size], key=lambda i: -lengths[i])
        batches += [pool[at : at + size] for at in range(0, len(pool), size)]
    short = [batches.pop()] if len(batches[-1]) < size else []
    weights = [max(lengths[i] for i in batch) for batch in batches]
    first = [batches.pop(weights.index(max(weights)))] if batches else []
    shuffled = torch.randperm(len(batches), generator=generator).tolist()
    return [i for batch in [*first, *(batches[n] for n in shuffled), *short] for i in batch]


@pytest.mark.parametrize("size", [1, 3, 4])
@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 12, 199, 200, 201, 203, 601, 1000])
def test_the_order_is_the_one_in_plain_lists(count: int, size: int) -> None:
    lengths = [(7 * i) % 13 + 1 for i in range(count)]
    found = LengthBatches(np.array(lengths), size, 5)
    found.set_epoch(2)
    assert list(found) == told_in_lists(lengths, size, 5 + 2)
    assert all(type(number) is int for number in found)
