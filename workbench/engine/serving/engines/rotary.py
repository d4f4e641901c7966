"""Turns of queries and keys by their places (RoPE: Su et al. 2021), as one complex product.

transformers pairs number i of a head with number i + half; here pairs stand side by side, so that
a head is a row of complex numbers. Products of queries and keys are the same in either order, so
the rows of their weights are put in this order once.
"""

from typing import Any

import torch
from torch import Tensor

STEP = 512
CHANGING = ("dynamic", "longrope")
"""Kinds whose turns depend on how long a text becomes."""


class Unfit(Exception):
    """A model that our loop does not compute; says why."""


def paired(heads: int, size: int) -> Tensor:
    """The order (heads * size,) in which rows for heads of a size must stand."""
    half = size // 2
    one = torch.stack([torch.arange(half), torch.arange(half) + half], dim=1).flatten()
    return (torch.arange(heads)[:, None] * size + one).flatten()


class Rotary:
    """The turns of all places, made as far as they are needed."""

    def __init__(self, module: Any, size: int) -> None:
        """Args:
            module: the model's own, which knows all the ways to scale.
            size: numbers of a head.

        Raises:
            Unfit: it is of a kind that is not known here.
        """
        kind = str(getattr(module, "rope_type", "default"))
        if kind in CHANGING:
            raise Unfit(f"its places are told by '{kind}'")
        self._module, self._size = module, size
        self._table = torch.empty(0, size // 2, dtype=torch.complex64)
        self._reach(1)

    def at(self, places: Tensor) -> Tensor:
        """Turns (tokens, half of a head) for places (tokens,)."""
        last = int(places.max())
        if last >= len(self._table):
            self._reach(last + 1)
        return self._table[places]

    def _reach(self, count: int) -> None:
        places = torch.arange(-(-count // STEP) * STEP)[None]
        cos, sin = self._module(torch.zeros(1, 1, 1), places)
        half = self._size // 2
        if cos.shape[-1] != self._size or not torch.equal(cos[..., :half], cos[..., half:]):
            raise Unfit("only a part of its heads is turned")
        self._table = torch.complex(cos[0, :, :half].float(), sin[0, :, :half].float())
