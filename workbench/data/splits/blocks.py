"""Rows that must stand on one side of the exam: those that ask the same, or belong together."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

TRAIN, VALIDATION, TEST = "train", "validation", "test"
_LARGEST_SHARE = 0.1
"""What ties more of the rows together than this, and than a group does, is not followed."""
_ALIKE_SHARE = 0.05
_ALIKE_ROWS = 3
"""What is said alike in more rows than both is a form with blanks to fill in, not one question."""


@dataclass(slots=True)
class Block:
    """Rows that stay together."""

    key: str
    """The first of its questions' keys in alphabetical order."""
    rank: bytes
    """Where it stands in the order of the seed."""
    rows: Sequence[int] = ()
    split: str = ""
    """Empty until it has a side."""


def blocks_of(
    keys: Sequence[str],
    seed: int,
    earlier: Mapping[str, str],
    *,
    groups: Sequence[str | None] | None = None,
    alike: Sequence[bytes | None] | None = None,
) -> list[Block]:
    """The rows in blocks, in the order of the seed; what was split before has its side.

    Rows with one question are one block. Rows of one group (a customer) are, too, and with them
    all who asked the same. Where what many ask would tie too many rows together, near-duplicates
    tie no groups; where that is not enough, questions of several groups are learned from instead.

    Args:
        keys: for each row the `question_key` of what comes in.
        earlier: question key → split in an earlier version of the same table.
        groups: for each row what it shares with others, or None.
        alike: for each row what near-duplicates have in common, or None. Questions that stood on
            different sides before stay there.
    """
    rows = _rows_of(keys)
    said_alike = _said_alike(keys, alike, rows) if alike else []
    members = _members(keys, groups) if groups else []
    sizes = Counter(group for group in groups or () if group is not None)
    most = max(_LARGEST_SHARE * len(keys), max(sizes.values(), default=0))
    for links in (_Links(rows, said_alike, members), _Links(rows, [], members)):
        links.follow(earlier)
        if not members or links.largest() <= most:
            return links.blocks(seed, earlier)
    common = _shared_questions(members)
    links = _Links(rows, [], [[key for key in found if key not in common] for found in members])
    links.follow(earlier)
    return links.blocks(seed, dict.fromkeys(common, TRAIN) | dict(earlier))


_Rows = Mapping[str, tuple[int, ...]]
"""The rows that ask a question, by its key. A million questions are a million of these."""


def _rows_of(keys: Sequence[str]) -> _Rows:
    rows: dict[str, tuple[int, ...]] = {}
    several: dict[str, list[int]] = {}
    for row, key in enumerate(keys):
        if (first := rows.get(key)) is None:
            rows[key] = (row,)
        else:
            several.setdefault(key, list(first)).append(row)
    return rows | {key: tuple(found) for key, found in several.items()} if several else rows


class _Links:
    """Which questions hang together: a union-find over the keys of those that do."""

    def __init__(
        self,
        rows: _Rows,
        alike: Iterable[list[str]],
        members: Iterable[list[str]],
    ) -> None:
        self._rows, self._alike, self._members = rows, alike, members
        self._parent: dict[str, str] = {}
        """Of keys that are tied to others; all others are their own."""

    def follow(self, earlier: Mapping[str, str]) -> None:
        """Tie together what belongs together."""
        for keys in self._alike:
            for side in _by_side(keys, earlier):
                self._tie(side)
        for keys in self._members:
            self._tie(keys)

    def largest(self) -> int:
        """How many rows the largest block has."""
        sizes: Counter[str] = Counter()
        for key in self._parent:
            sizes[self._root(key)] += len(self._rows[key])
        alone = max(map(len, self._rows.values()), default=0)
        return max(alone, max(sizes.values(), default=0))

    def blocks(self, seed: int, earlier: Mapping[str, str]) -> list[Block]:
        """The blocks in the order of the seed."""
        found: dict[str, list[str]] = defaultdict(list)
        for key in self._parent:
            found[self._root(key)].append(key)
        blocks = [
            self._block([key], seed, earlier) for key in self._rows if key not in self._parent
        ]
        blocks += [self._block(keys, seed, earlier) for keys in found.values()]
        blocks.sort(key=lambda block: block.rank)
        return blocks

    def _block(self, keys: list[str], seed: int, earlier: Mapping[str, str]) -> Block:
        key = min(keys)
        rank = hashlib.sha256(f"{seed}:{key}".encode()).digest()
        if len(keys) == 1:
            return Block(key, rank, self._rows[key], earlier.get(key, ""))
        sides: Counter[str] = Counter()
        for known in keys:
            if known in earlier:
                sides[earlier[known]] += len(self._rows[known])
        side = max((TEST, VALIDATION, TRAIN), key=lambda s: sides[s]) if sides else ""
        return Block(key, rank, tuple(sorted(r for k in keys for r in self._rows[k])), side)

    def _tie(self, keys: Sequence[str]) -> None:
        if keys:
            first = self._root(keys[0])
            for key in keys[1:]:
                self._parent[self._root(key)] = first

    def _root(self, key: str) -> str:
        parent = self._parent
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key


def _members(keys: Sequence[str], groups: Sequence[str | bytes | None]) -> list[list[str]]:
    """The questions of each group."""
    found: dict[str | bytes, dict[str, None]] = defaultdict(dict)
    for key, group in zip(keys, groups, strict=True):
        if group is not None:
            found[group][key] = None
    return [list(questions) for questions in found.values()]


def _shared_questions(members: Iterable[list[str]]) -> set[str]:
    """The questions that several groups ask."""
    askers = Counter(key for keys in members for key in keys)
    return {key for key, groups in askers.items() if groups > 1}


def _said_alike(keys: Sequence[str], alike: Sequence[bytes | None], rows: _Rows) -> list[list[str]]:
    """Questions that are near-duplicates of each other."""
    most = max(_ALIKE_ROWS, _ALIKE_SHARE * len(keys))
    counts = Counter(alike)
    found = _members(keys, [said if said and counts[said] > 1 else None for said in alike])
    groups = [group for group in found if len(group) > 1]
    return [group for group in groups if sum(len(rows[key]) for key in group) <= most]


def _by_side(keys: Sequence[str], earlier: Mapping[str, str]) -> list[list[str]]:
    """The questions by the side that they had; new ones go with those that were learned from."""
    sides: dict[str, list[str]] = defaultdict(list)
    for key in keys:
        sides[earlier.get(key, "")].append(key)
    new = sides.pop("", [])
    home = next((side for side in (TRAIN, VALIDATION, TEST) if side in sides), "")
    sides[home] = sides[home] + new
    return list(sides.values())
