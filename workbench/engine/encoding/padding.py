"""Lists of different length as one tensor."""

from collections.abc import Sequence

import numpy as np
import torch


def filled_up(
    lists: Sequence[Sequence[int] | np.ndarray], longest: int, filler: int
) -> torch.Tensor:
    """The lists as int64 (lists, longest), the filler at the ends of shorter ones."""
    found = np.full((len(lists), longest), filler, np.int64)
    for row, values in zip(found, lists, strict=True):
        row[: len(values)] = values
    return torch.from_numpy(found)
