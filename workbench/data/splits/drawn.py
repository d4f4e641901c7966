"""Some of many rows, drawn at random: the same ones wherever they are drawn."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

_Row = TypeVar("_Row")


def chosen(rows: Sequence[_Row], max_rows: int, seed: int) -> list[_Row]:
    """At most `max_rows` of the rows, drawn at random with the seed, in their order."""
    if len(rows) <= max_rows:
        return list(rows)
    picked = np.random.default_rng(seed).choice(len(rows), max_rows, replace=False)
    return [rows[i] for i in sorted(picked)]
