"""Rows that share a key, and the pairs of rows that meet in such buckets."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
_REACH, _MOST_PAIRS = 16, 1_000_000


@dataclass(frozen=True)
class Buckets:
    """Rows with the number of a bucket each, bucket after bucket; a row may stand in several."""

    rows: Ints
    bucket: Ints

    def pairs(self, order: Ints, kinds: Ints | None = None) -> Ints:
        """Pairs (n, 2) of different rows that share a bucket, each pair once.

        In a bucket each row is paired with its first row and with the next few: with all others
        in small buckets, and never with more than a fixed number, so that a million rows of one
        kind do not make a billion of pairs.

        Args:
            order: the rows that count, those first that stand first in a pair.
            kinds: a number for every row; rows are paired within the same number only.
        """
        total = int(max(self.rows.max(initial=-1), order.max(initial=-1))) + 1
        rank = np.full(total, -1, np.int64)
        rank[order] = np.arange(len(order))
        use = rank[self.rows] >= 0
        rows, bucket = self.rows[use], self.bucket[use]
        kind = np.zeros_like(rows) if kinds is None else kinds[rows]
        by = np.lexsort((rank[rows], kind, bucket))
        rows, bucket, kind = rows[by], bucket[by], kind[by]
        begins = np.ones(len(rows), bool)
        begins[1:] = (bucket[1:] != bucket[:-1]) | (kind[1:] != kind[:-1])
        group = np.cumsum(begins) - 1
        found = [_encode(rows[begins][group], rows, total)]
        for step in range(1, int(np.clip(_MOST_PAIRS // max(1, len(rows)), 1, _REACH)) + 1):
            near = group[step:] == group[:-step]
            found.append(_encode(rows[:-step][near], rows[step:][near], total))
        codes = np.unique(np.concatenate(found))
        pairs = np.stack([codes // max(1, total), codes % max(1, total)], axis=1)
        return order_pairs(pairs, rank)

    def mixed(self, side: npt.NDArray[np.bool_]) -> "Buckets":
        """Those buckets that have rows of both sides; `side` is told for every row."""
        here, sizes = np.bincount(self.bucket, side[self.rows]), np.bincount(self.bucket)
        use = ((here > 0) & (here < sizes))[self.bucket]
        return Buckets(self.rows[use], self.bucket[use])


def order_pairs(pairs: Ints, rank: Ints) -> Ints:
    """The pairs by the rank of their second row, then of their first."""
    by: Ints = pairs[np.lexsort((rank[pairs[:, 0]], rank[pairs[:, 1]]))]
    return by


def choose(pairs: Ints, wanted: Sequence[bool]) -> Ints:
    """Those pairs that are wanted."""
    some: Ints = pairs[np.array(wanted, bool)]
    return some


def _encode(first: Ints, second: Ints, total: int) -> Ints:
    """Pairs as one number each, to be told apart quickly."""
    different = first != second
    return np.unique(first[different] * total + second[different])


def buckets_of(keys: npt.NDArray[np.uint64], rows: npt.NDArray[np.int32]) -> Buckets:
    """The buckets with more than one entry."""
    by = np.argsort(keys)
    keys = keys[by]
    same = keys[1:] == keys[:-1]
    shared = np.zeros(len(keys), bool)
    shared[1:] |= same
    shared[:-1] |= same
    fresh = np.ones(len(keys), bool)
    fresh[1:] = ~same
    bucket = (np.cumsum(fresh[shared]) - 1).astype(np.int64)
    return Buckets(rows[by][shared].astype(np.int64), bucket)


def split_copies(pairs: Ints) -> tuple[dict[int, int], dict[int, int]]:
    """Which rows are copies, if of two alike the first one stays.

    Args:
        pairs: as `Buckets.pairs` gives them: ordered by their second row.

    Returns:
        copy → the row it resembles, which stays; and row → the number of its group, from 1, for
        every row of a pair. No two rows that stay are a pair.
    """
    copies: dict[int, int] = {}
    parents: dict[int, int] = {}
    for first, second in pairs.tolist():
        if first not in copies:
            copies.setdefault(second, first)
        parents[_root(parents, second)] = _root(parents, first)
    roots = {row: _root(parents, row) for row in sorted(set(pairs.ravel().tolist()))}
    numbers = {root: number for number, root in enumerate(dict.fromkeys(roots.values()), start=1)}
    return copies, {row: numbers[root] for row, root in roots.items()}


def _root(parents: dict[int, int], row: int) -> int:
    while (parent := parents.setdefault(row, row)) != row:
        parents[row] = row = parents[parent]
    return row
