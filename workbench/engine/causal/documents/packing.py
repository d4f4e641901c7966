"""Pieces of documents packed into blocks as long as the model reads.

A block holds as many pieces as fit (best fit, the longest first; Ding et al. 2024, "Fewer Truncations
Improve Language Modeling", arXiv:2404.10830), none of them cut. In a block every piece has positions
of its own, from 0, and sees nothing of the others, where the architecture allows; `packable` tries that
on the model itself. Where it does not, each piece of a block is a row of its own, which gives the same
corrections and takes longer.
"""

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from workbench.core.recipe import Recipe
from workbench.engine.causal.batches import LENGTH_STEP, collate
from workbench.engine.causal.encode import Example, Examples
from workbench.engine.causal.loss import IGNORED
from workbench.engine.encoding.padding import filled_up

APART = (
    "This model cannot read several texts at once without one seeing the other, so each piece of text "
    "is read by itself; nothing is cut off."
)
Block = tuple[Example, ...]
"""Pieces that are read at once."""


def packed(lengths: Sequence[int] | np.ndarray, room: int) -> list[list[int]]:
    """The numbers of the pieces of each block, which has at most `room` tokens.

    Args:
        lengths: tokens of each piece, none of which is longer than that.
    """
    blocks: list[list[int]] = []
    open_blocks: dict[int, list[int]] = {}  # tokens that are free → blocks
    free: list[int] = []  # the keys of those that have some, sorted
    for number in np.argsort(-np.asarray(lengths), kind="stable").tolist():
        length = int(lengths[number])
        place = bisect.bisect_left(free, length)
        if place < len(free):
            left = free[place]
            block = open_blocks[left].pop()
            if not open_blocks[left]:
                del open_blocks[left], free[place]
        else:
            block, left = len(blocks), room
            blocks.append([])
        blocks[block].append(number)
        if (rest := left - length) > 0:
            if rest not in open_blocks:
                bisect.insort(free, rest)
            open_blocks.setdefault(rest, []).append(block)
    return blocks


@dataclass(frozen=True)
class Blocks:
    """Examples, packed."""

    examples: Examples
    numbers: list[list[int]]
    """Of the examples in each block."""
    room: int
    """Tokens that a block has at most."""
    recipe: Recipe
    """With as many blocks a correction as hold the tokens of so many pieces."""

    @classmethod
    def of(cls, examples: Examples, recipe: Recipe, longest: int) -> "Blocks":
        """The examples in blocks.

        A correction has as many blocks as hold, on average, so many pieces as the recipe says, so a
        training has as many corrections as without packing. Only where these pieces have fewer
        tokens than the model reads are blocks shorter than that.
        """
        lengths = examples.lengths
        at_once = recipe.per_device_train_batch_size * recipe.gradient_accumulation_steps
        tokens = math.ceil(at_once * float(lengths.mean())) if len(lengths) else longest
        room = max(int(lengths.max(initial=1)), min(longest, tokens))
        numbers = packed(lengths, room)
        blocks = max(1, round(at_once * len(numbers) / max(1, len(lengths))))
        rows = min(recipe.per_device_train_batch_size, blocks)
        changed = recipe.changed(
            per_device_train_batch_size=rows,
            gradient_accumulation_steps=math.ceil(blocks / rows),
        )
        return cls(examples, numbers, room, changed)

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, number: int) -> Block:
        return self.__getitems__([number])[0]

    def __getitems__(self, numbers: Sequence[int]) -> list[Block]:
        """Some of them, as torch's data loader asks for a batch."""
        return [tuple(self.examples.__getitems__(self.numbers[number])) for number in numbers]

    @property
    def lengths(self) -> np.ndarray:
        """Tokens of each block, int32 (blocks,)."""
        own = self.examples.lengths
        return np.array([own[numbers].sum() for numbers in self.numbers], np.int32)

    @property
    def sentence(self) -> str:
        """What the log says of them."""
        full = 100 * float(self.lengths.sum()) / max(1, len(self) * self.room)
        return (
            f"Packed into {len(self)} blocks of up to {self.room} tokens ({full:.0f} % full), "
            "nothing cut off; no text sees another one of its block."
        )


def collate_blocks(blocks: Sequence[Block], pad_id: int, *, packs: bool) -> dict[str, Any]:
    """Blocks as one batch.

    Args:
        packs: whether a block is one row, in which `position_ids` begin anew with each piece; else
            each piece is one.
    """
    if not packs:
        return collate([piece for block in blocks for piece in block], pad_id)
    rows = [[np.concatenate(own) for own in _columns(block)] for block in blocks]
    counts = [len(ids) for ids, _, _ in rows]
    longest = -(-max(counts) // LENGTH_STEP) * LENGTH_STEP
    return {
        "input_ids": filled_up([ids for ids, _, _ in rows], longest, pad_id),
        "attention_mask": (torch.arange(longest) < torch.tensor(counts)[:, None]).long(),
        "labels": filled_up([labels for _, labels, _ in rows], longest, IGNORED),
        "position_ids": filled_up([places for _, _, places in rows], longest, 0),
    }


def _columns(block: Block) -> tuple[list[np.ndarray], ...]:
    """Ids, labels and places; nobody is asked to tell a piece's first token from the one before."""
    labels = [piece.labels.copy() for piece in block]
    for own in labels:
        own[:1] = IGNORED
    places = [np.arange(len(piece.input_ids)) for piece in block]
    return [piece.input_ids for piece in block], labels, places
