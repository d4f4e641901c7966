"""A quick look at a table: whether there is anything in it that could have to be asked about."""

import re
from collections import Counter
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from workbench.data.readers.table import Table

YES = frozenset({"1", "1.0", "true", "yes", "y", "x", "✓", "✔", "wahr", "ja"})
NO = frozenset({"0", "0.0", "false", "no", "n", "-", "falsch", "nein"})
"""What stands in a column for one category."""
_NESTED = r"^\s*[\[{]"
_SEPARATED = r"[,;|\n]"
_LABEL_CHARACTERS = 60
_MOST_CHARACTERS = 400
"""Several long names in a cell are as long as that."""
_LABEL_SHARE = 0.9
"""Of the cells of a column of categories not more are different."""
_FLAG_CHARACTERS = 6
_DIFFERENT, _FLAGS = 3, 2
_PARTS = re.compile(r"[,;|\n]")
_LOOKED_AT, _AGAIN = 500, 3
"""So many cells are looked at where hardly two say the same; their parts then come so often on average."""


def is_simple(table: Table) -> bool:
    """Whether no cell is a list or an object, and no column could be several categories."""
    flags = 0
    for name in table.columns:
        column = table.data.column(name)
        if column.null_count == len(column):
            continue
        if pc.any(pc.match_substring_regex(column, _NESTED)).as_py():
            return False
        mean = pc.mean(pc.utf8_length(column)).as_py()
        if mean > _LABEL_CHARACTERS:
            if mean <= _MOST_CHARACTERS and _parts_come_again(column):
                return False
            continue
        if _is_separated(column):
            return False
        flags += mean <= _FLAG_CHARACTERS and _is_flag(column)
    return flags < _FLAGS


def _is_flag(column: pa.ChunkedArray) -> bool:
    values = pc.unique(column)
    return (
        len(values) <= _DIFFERENT
        and {v.strip().casefold() for v in values.to_pylist() if v} <= YES | NO
    )


def _is_separated(column: pa.ChunkedArray) -> bool:
    filled = len(column) - column.null_count
    if not pc.any(pc.match_substring_regex(column, _SEPARATED)).as_py():
        return False
    distinct = pc.count_distinct(column, mode="only_valid").as_py()
    return bool(distinct <= _LABEL_SHARE * filled) or _parts_come_again(column)


def _parts_come_again(column: pa.ChunkedArray) -> bool:
    """Whether cells that all differ are made of the same few parts."""
    cells = [cell for cell in column.slice(0, _LOOKED_AT).to_pylist() if cell]
    parts = [part.strip() for cell in cells for part in _PARTS.split(cell) if part.strip()]
    return come_again(parts) and max(map(len, parts)) <= _LABEL_CHARACTERS


def come_again(parts: Sequence[str]) -> bool:
    """Whether the parts of cells are a few names that come again and again, as those of no text do."""
    counts = Counter(parts)
    once = sum(count == 1 for count in counts.values())
    return len(parts) >= _AGAIN * len(counts) and 2 * once <= len(counts)
