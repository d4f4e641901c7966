"""A quick look at a table: whether there is anything in it that could have to be asked about."""

import pyarrow as pa
import pyarrow.compute as pc

from workbench.data.readers.table import Table

YES = frozenset({"1", "1.0", "true", "yes", "y", "x", "✓", "✔", "wahr", "ja"})
NO = frozenset({"0", "0.0", "false", "no", "n", "-", "falsch", "nein"})
"""What stands in a column for one category."""
_NESTED = r"^\s*[\[{]"
_SEPARATED = r"[,;|]"
_LABEL_CHARACTERS = 60
_LABEL_SHARE = 0.9
"""Of the cells of a column of categories not more are different."""
_FLAG_CHARACTERS = 6
_DIFFERENT, _FLAGS = 3, 2


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
    return bool(
        pc.any(pc.match_substring_regex(column, _SEPARATED)).as_py()
        and pc.count_distinct(column, mode="only_valid").as_py() <= _LABEL_SHARE * filled
    )
