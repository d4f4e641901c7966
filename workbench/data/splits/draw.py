"""Drawing sides for blocks of many rows: by shares, or the newest for the exam."""

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence

from workbench.data.splits.blocks import TEST, TRAIN, VALIDATION, Block

_TOTAL = None
"""Stands for all categories together."""
_Counts = Mapping[str | None, int]


def share_out(
    blocks: Sequence[Block],
    categories: Sequence[str | None] | None,
    fractions: Sequence[float],
) -> None:
    """Give every block without a side one, so that each split gets its share of each category.

    Each block in turn goes where it brings the splits nearest to their shares of what has been
    given out so far, in all and of each of its categories: the sum of squared differences grows
    least. A category is learned before it is asked for.

    Args:
        blocks: in the order in which they are drawn.
        categories: for each row its category.
        fractions: shares of train, validation and test; 0 leaves one out.
    """
    drawing = _Drawing(fractions)
    counts = [_counts(block, categories) for block in blocks]
    for block, count in zip(blocks, counts, strict=True):
        if block.split:
            drawing.give(block.split, count)
    for block, count in zip(blocks, counts, strict=True):
        if not block.split:
            block.split = drawing.nearest(count)
            drawing.give(block.split, count)


def _counts(block: Block, categories: Sequence[str | None] | None) -> _Counts:
    if categories is None:
        return {_TOTAL: len(block.rows)}
    found: Counter[str | None] = Counter(categories[row] or "" for row in block.rows)
    found[_TOTAL] = len(block.rows)
    return found


class _Drawing:
    """What has been given out so far."""

    def __init__(self, fractions: Sequence[float]) -> None:
        named = zip((TRAIN, VALIDATION, TEST), fractions, strict=True)
        self._shares = {split: share for split, share in named if share > 0}
        self._given: dict[str, Counter[str | None]] = {
            split: Counter() for split in (TRAIN, VALIDATION, TEST)
        }
        self._all: Counter[str | None] = Counter()

    def give(self, split: str, counts: _Counts) -> None:
        """Put rows with these categories there."""
        self._given[split].update(counts)
        self._all.update(counts)

    def nearest(self, counts: _Counts) -> str:
        """Where rows with these categories are missed most."""
        if any(not self._given[TRAIN][category] for category in counts):
            return TRAIN
        return min(self._shares, key=lambda split: self._cost(split, counts))

    def _cost(self, split: str, counts: _Counts) -> float:
        """By how much the squared differences grow."""
        share, given, everything = self._shares[split], self._given[split], self._all
        return sum(
            number * (number - 2 * (share * (everything[name] + number) - given[name]))
            for name, number in counts.items()
        )


def newest_last(
    blocks: Sequence[Block], moments: Sequence[float | None], fractions: Sequence[float]
) -> None:
    """Let the newest blocks without a side be the exam, the next newest practice.

    A block is as old as its oldest row: what was asked before is not news. Blocks of one moment
    stay on one side. A block with a row whose moment is not known is learned from.

    Args:
        moments: for each row when it was, in seconds, or None.
        fractions: shares of train, validation and test; 0 leaves one out.
    """
    total = sum(len(block.rows) for block in blocks)
    undecided = [block for block in blocks if not block.split]
    free = by_age(undecided, moments)[::-1]
    for split, share in ((TEST, fractions[2]), (VALIDATION, fractions[1])):
        given = sum(len(block.rows) for block in blocks if block.split == split)
        missing = share * total - given
        while share > 0 and len(free) > 1:
            size = sum(len(block.rows) for block in free[0])
            if given and size / 2 > missing:
                break
            for block in free.pop(0):
                block.split = split
            given, missing = given + size, missing - size
    for block in blocks:
        block.split = block.split or TRAIN


def by_age(blocks: Sequence[Block], moments: Sequence[float | None]) -> list[list[Block]]:
    """The blocks of each moment, the oldest first; those of an unknown one are left out."""
    dated = [(moment, block) for block in blocks if (moment := _oldest(block, moments)) is not None]
    dated.sort(key=lambda pair: pair[0])
    grouped = itertools.groupby(dated, key=lambda pair: pair[0])
    return [[block for _, block in together] for _, together in grouped]


def _oldest(block: Block, moments: Sequence[float | None]) -> float | None:
    found = [moments[row] for row in block.rows]
    known = [moment for moment in found if moment is not None]
    return min(known) if known and len(known) == len(found) else None
