"""Keys and values of the texts that are being answered, in a bounded part of memory."""

import torch
from torch import Tensor

BLOCK = 64
"""Tokens by which the room of a text is rounded up."""
GROWTH = 1.25


class Shape:
    """What one token keeps in all layers."""

    def __init__(self, layers: int, heads: int, size: int) -> None:
        self.layers, self.heads, self.size = layers, heads, size

    @property
    def token_bytes(self) -> int:
        """Bytes of one token: keys and values in float32."""
        return self.layers * 2 * self.heads * self.size * 4


class KeyValues:
    """Keys and values of one text; belongs to a pool, which must get it back."""

    def __init__(self, shape: Shape, room: int) -> None:
        self._shape = shape
        self.room = 0
        """Tokens that fit."""
        self.layers: list[Tensor] = []
        """Of each layer (2 * heads, room, size): keys, then values."""
        self.resize(room, 0)

    @property
    def bytes(self) -> int:
        """What it takes."""
        return self.room * self._shape.token_bytes

    def resize(self, room: int, kept: int) -> None:
        """Room for so many tokens; the first `kept` stay."""
        shape = self._shape
        layers = list(torch.empty(shape.layers, 2 * shape.heads, room, shape.size))
        if kept:
            self._copy(layers, kept)
        self.layers, self.room = layers, room

    def take(self, other: "KeyValues", count: int) -> None:
        """Begin with the first `count` tokens of another text."""
        other._copy(self.layers, count)

    def _copy(self, layers: list[Tensor], count: int) -> None:
        for to, own in zip(layers, self.layers, strict=True):
            to[:, :count] = own[:, :count]


class Pool:
    """Gives out room for keys and values, and never more than its budget."""

    def __init__(self, shape: Shape, budget_bytes: int) -> None:
        self._shape, self.budget_bytes = shape, budget_bytes
        self.used_bytes = 0

    def is_free(self, tokens: int) -> bool:
        """Whether there is room for a text of so many tokens."""
        return self.used_bytes + self._bytes(tokens) <= self.budget_bytes

    def ever_fits(self, tokens: int) -> bool:
        """Whether there is room for it once everybody else has left."""
        return self._bytes(tokens) <= self.budget_bytes

    def take(self, tokens: int) -> KeyValues:
        """Room for a text of so many tokens; `is_free` was asked before."""
        found = KeyValues(self._shape, _rounded(tokens))
        self.used_bytes += found.bytes
        return found

    def grow(self, own: KeyValues, tokens: int, kept: int) -> bool:
        """Give a text that has become longer more room; false if there is none."""
        for room in (_rounded(int(own.room * GROWTH)), _rounded(tokens)):
            more = (room - own.room) * self._shape.token_bytes
            if room >= tokens and self.used_bytes + more <= self.budget_bytes:
                own.resize(room, kept)
                self.used_bytes += more
                return True
        return False

    def give_back(self, own: KeyValues) -> None:
        """Its room is free again."""
        self.used_bytes -= own.bytes
        own.layers, own.room = [], 0

    def _bytes(self, tokens: int) -> int:
        return _rounded(tokens) * self._shape.token_bytes


def _rounded(tokens: int) -> int:
    return -(-tokens // BLOCK) * BLOCK
