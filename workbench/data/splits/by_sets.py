"""Drawing sides for rows with several categories each, so that rare ones stand on every side.

Iterative stratification (Sechidis, Tsoumakas and Vlahavas 2011, "On the Stratification of Multi-Label
Data"): the rarest category that is left is given out first, each of its blocks to the side that misses
the category most.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

from workbench.data.splits.blocks import TEST, TRAIN, VALIDATION, Block

_ALWAYS_FROM = 5
"""A category with this many rows is wanted at least once on every side."""
_NOTHING = ""
"""Stands for the rows without any category, which are shared out like one."""


def share_out_sets(
    blocks: Sequence[Block], sets: Sequence[Sequence[str]], fractions: Sequence[float]
) -> None:
    """Give every block without a side one.

    Args:
        blocks: in the order in which they are drawn.
        sets: for each row its categories.
        fractions: shares of train, validation and test; 0 leaves one out.
    """
    counts = [_counts(block, sets) for block in blocks]
    missing = _wanted(counts, blocks, fractions)
    members: dict[str, list[int]] = defaultdict(list)
    left: Counter[str] = Counter()
    for number, block in enumerate(blocks):
        if block.split:
            missing.give(block.split, counts[number], len(block.rows))
            continue
        left.update(counts[number].keys())
        for name in counts[number]:
            members[name].append(number)
    while +left:
        rarest = min(+left, key=lambda name: (left[name], name))
        for number in members[rarest]:
            if not blocks[number].split:
                blocks[number].split = missing.side_for(rarest)
                missing.give(blocks[number].split, counts[number], len(blocks[number].rows))
                left.subtract(counts[number].keys())


def _counts(block: Block, sets: Sequence[Sequence[str]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in block.rows:
        found.update(sets[row] or (_NOTHING,))
    return found


class _Missing:
    """How many rows each side still misses, of each category and in all."""

    def __init__(self, of: dict[str, dict[str, float]], rows: dict[str, float]) -> None:
        self._of, self._rows = of, rows

    def side_for(self, name: str) -> str:
        """The side that misses a category most; of equals the one that misses most rows."""
        return max(self._rows, key=lambda side: (round(self._of[side][name], 9), self._rows[side]))

    def give(self, side: str, counts: Counter[str], rows: int) -> None:
        """Put rows with these categories there."""
        if side in self._rows:
            self._rows[side] -= rows
            for name, number in counts.items():
                self._of[side][name] -= number


def _wanted(
    counts: Sequence[Counter[str]], blocks: Sequence[Block], fractions: Sequence[float]
) -> _Missing:
    """What each side is to have of everything."""
    total: Counter[str] = Counter()
    for found in counts:
        total.update(found)
    shares = {
        side: share
        for side, share in zip((TRAIN, VALIDATION, TEST), fractions, strict=True)
        if share > 0
    }
    of: dict[str, dict[str, float]] = {side: {} for side in shares}
    for name, number in total.items():
        for side, share in shares.items():
            least = 1.0 if number >= _ALWAYS_FROM and side != TRAIN else 0.0
            of[side][name] = max(least, share * number)
        if TRAIN in of:
            others = sum(of[side][name] for side in shares if side != TRAIN)
            of[TRAIN][name] = number - others
    rows = sum(len(block.rows) for block in blocks)
    return _Missing(of, {side: share * rows for side, share in shares.items()})
