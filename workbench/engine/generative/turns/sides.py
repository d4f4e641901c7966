"""A version's rows for one training of an exam by turns: other sides, the same rows."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core import parquet
from workbench.core.tasks import SPLITS
from workbench.core.whole import whole_file
from workbench.data.splits.turns import Turns

TRAIN, PRACTICE, ASKED = SPLITS
_LEFT = ""
"""Neither learned nor asked."""


def of_turn(data: Path, turns: Turns, number: int, target: Path) -> Path:
    """The rows of a turn: what it asks is its exam, of the rest what it may learn keeps its side, and
    the version's exam questions are learned.

    Raises:
        WorkbenchError: the examples are damaged.
    """

    def side(row: int, own: str) -> str:
        if turns.of.get(row) == number:
            return ASKED
        if not turns.learns(row, number):
            return _LEFT
        return PRACTICE if own == PRACTICE else TRAIN

    return _written(data, side, target)


def of_all(data: Path, target: Path) -> Path:
    """All rows, to be learned.

    Raises:
        WorkbenchError: the examples are damaged.
    """
    return _written(data, lambda _row, _own: TRAIN, target)


def _written(data: Path, side: Callable[[int, str], str], target: Path) -> Path:
    table = parquet.examples(data)
    ids, own = (table[name].to_pylist() for name in ("row_id", "split"))
    sides = [
        side(int(row), before) if before in SPLITS else before
        for row, before in zip(ids, own, strict=True)
    ]
    place = table.schema.get_field_index("split")
    changed = table.set_column(place, table.schema.field("split"), pa.array(sides, pa.string()))
    target.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(target) as part:
        pq.write_table(changed, part)
    return target
