"""Turns of an exam by turns: in each a part of the rows is asked, and the others are learned from.

With few rows an exam that is put aside says little, and takes from what is learned. By turns
(cross-validation) every row is a question once. Rows that must not be separated are one block, as
for the sides of the exam (`assign`), and a block is asked in one turn. In order of time only what
came before is learned from.

Which row is asked when stands in the schema of the version's Parquet file, beside the columns, so
that whoever reads examples meets the same columns as ever.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.data.splits.blocks import Block, blocks_of
from workbench.data.splits.draw import by_age

MOST_BY_TURNS = 1000
"""Versions of fewer rows are given turns; of so many a tenth is exam enough."""
TURNS = 5
NEVER = -1
"""The turn of a row that is never asked."""
_FIRST = 0.5
"""In order of time this share of the rows is learned from before the first question."""
_LEAST_LEARNED = 0.4
"""Turns that leave less than this share of the rows to learn from are none."""
_KEY = b"turns"


@dataclass(frozen=True)
class Turns:
    """When each row is asked."""

    of: Mapping[int, int]
    """Row id → turn, from 0; rows that are never asked are left out."""
    forward: bool = False
    """Whether a turn learns only from what came before it, not from later turns."""

    @property
    def count(self) -> int:
        """How many turns there are."""
        return max(self.of.values(), default=NEVER) + 1

    def facts(self) -> dict[str, Any]:
        """What a version's report says of them."""
        return {"turns": self.count, "rows": len(self.of), "forward": self.forward}

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        asked: list[list[int]] = [[] for _ in range(self.count)]
        for row, turn in self.of.items():
            asked[turn].append(row)
        return {"forward": self.forward, "asked": asked}

    def learns(self, row_id: int, turn: int) -> bool:
        """Whether a row is learned from in a turn."""
        own = self.of.get(row_id, NEVER)
        return own == NEVER or (own < turn if self.forward else own != turn)


def draw_turns(
    row_ids: Sequence[int],
    keys: Sequence[str],
    categories: Sequence[str | None] | None = None,
    *,
    seed: int,
    groups: Sequence[str | None] | None = None,
    moments: Sequence[float | None] | None = None,
    alike: Sequence[bytes | None] | None = None,
    earlier: Turns | None = None,
) -> Turns | None:
    """The turns of a version's rows; None where an exam by turns would be none.

    Every category is shared out alike. One that a single block holds is never asked: whoever is
    asked would not have learned it.

    Args:
        keys, categories, groups, moments, alike: as in `assign`.
        earlier: turns of these rows before some of them were changed: those of rows that are still
            apart stay. Groups and moments are then not known any more.
    """
    if not 0 < len(row_ids) < MOST_BY_TURNS:
        return None
    blocks = blocks_of(keys, seed, {}, groups=groups, alike=alike)
    before = [earlier.of.get(row, NEVER) if earlier else NEVER for row in row_ids]
    forward = moments is not None or bool(earlier and earlier.forward)
    if moments is not None:
        turns = _in_order(blocks, moments)
    elif forward:
        turns = [_usual(block, before) for block in blocks]
    else:
        turns = _shared_out(blocks, categories, [_usual(block, before) for block in blocks])
    pairs = zip(blocks, _numbered(turns), strict=True)
    of = {row_ids[i]: turn for block, turn in pairs if turn != NEVER for i in block.rows}
    return _checked(Turns(dict(sorted(of.items())), forward), len(row_ids))


def _usual(block: Block, before: Sequence[int]) -> int:
    """The turn in which most of a block's rows were asked."""
    found = Counter(before[row] for row in block.rows if before[row] != NEVER)
    return min(found, key=lambda turn: (-found[turn], turn), default=NEVER)


def _shared_out(
    blocks: Sequence[Block], categories: Sequence[str | None] | None, before: Sequence[int]
) -> list[int]:
    """The turn of each block, the largest first: where its categories were asked least so far."""
    labels = [Counter((categories[r] or "") if categories else "" for r in b.rows) for b in blocks]
    held = Counter(label for own in labels for label in own)
    asked = [max(held[label] for label in own) > 1 for own in labels]
    several = max([min(TURNS, sum(asked)), *(turn + 1 for turn in before)])
    given: list[Counter[str]] = [Counter() for _ in range(several)]
    turns = [turn if may else NEVER for turn, may in zip(before, asked, strict=True)]
    for place, turn in enumerate(turns):
        if turn != NEVER:
            given[turn].update(labels[place])
    for place in sorted(range(len(blocks)), key=lambda i: (-len(blocks[i].rows), blocks[i].rank)):
        if turns[place] == NEVER and asked[place]:
            own = labels[place]
            turns[place] = min(range(several), key=lambda turn: _cost(given[turn], own))
            given[turns[place]].update(own)
    return turns


def _cost(given: Counter[str], own: Counter[str]) -> tuple[int, int]:
    return sum(given[label] * number for label, number in own.items()), given.total()


def _in_order(blocks: Sequence[Block], moments: Sequence[float | None]) -> list[int]:
    """The turn of each block in order of time; what has no time is always learned from."""
    turns = dict.fromkeys((block.key for block in blocks), NEVER)
    together = by_age(blocks, moments)
    total = sum(len(block.rows) for same in together for block in same)
    done = 0
    for same in together:
        share = (done / max(1, total) - _FIRST) / (1 - _FIRST)
        for block in same:
            turns[block.key] = min(TURNS - 1, int(share * TURNS)) if share >= 0 else NEVER
            done += len(block.rows)
    return [turns[block.key] for block in blocks]


def _numbered(turns: Sequence[int]) -> list[int]:
    """The same turns without gaps."""
    place = {turn: number for number, turn in enumerate(sorted({*turns} - {NEVER}))}
    return [place.get(turn, NEVER) for turn in turns]


def _checked(turns: Turns, rows: int) -> Turns | None:
    if turns.count < 2:
        return None
    held = [sum(not turns.learns(row, turn) for row in turns.of) for turn in range(turns.count)]
    return turns if rows - max(held) >= _LEAST_LEARNED * rows else None


def with_turns(data: pa.Table, turns: Turns | None) -> pa.Table:
    """The examples with their turns, or without any, beside the columns."""
    kept = {name: text for name, text in (data.schema.metadata or {}).items() if name != _KEY}
    if turns is not None:
        kept[_KEY] = json.dumps(turns.as_dict()).encode()
    return data.replace_schema_metadata(kept or None)


def turns_in(schema: pa.Schema) -> Turns | None:
    """The turns that stand beside the columns of examples; None where there are none."""
    text = (schema.metadata or {}).get(_KEY)
    return None if text is None else turns_from(json.loads(text))


def turns_from(told: Mapping[str, Any]) -> Turns:
    """What `Turns.as_dict` wrote."""
    pairs = ((row, turn) for turn, rows in enumerate(told["asked"]) for row in rows)
    return Turns(dict(pairs), bool(told["forward"]))


def turns_of(path: Path) -> Turns | None:
    """The turns of a version's file; None where it has none, as files of older versions."""
    return turns_in(pq.read_schema(path))
