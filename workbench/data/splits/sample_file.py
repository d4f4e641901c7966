"""Some rows of a table on the disk, put aside once, to say how its exam is best drawn.

glimpse/first.parquet    the first rows
glimpse/spread.parquet   rows at even distances
glimpse/N.parquet        of column N, whose values stand for customers and the like: all rows of
                         some values, wherever they stand
"""

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from workbench.core.whole import whole_folder
from workbench.data.readers import table_file
from workbench.data.splits.sample import LOOKED_AT, TableSample, of_some_values, step_for
from workbench.data.splits.suggest import belongs_together

_FOLDER = "glimpse"
_CHARS = 2000
"""Of longer cells only the beginning is in a sample."""
_MOST_TOGETHER = 4 * LOOKED_AT


def write(folder: Path) -> None:
    """Put the rows aside, in one pass; nothing for a table that is looked at as a whole."""
    step = step_for(table_file.rows_in(folder))
    if step == 1:
        return
    first, spread = _first(folder), list[pa.Table]()
    names = first.column_names
    wanted = [index for index, name in enumerate(names) if belongs_together(first, name)]
    together: dict[int, list[pa.Table]] = {index: [] for index in wanted}
    seen = 0
    for part in table_file.parts(folder):
        spread.append(_cut(part.take(pa.array(range(-seen % step, len(part), step)))))
        for index, found in together.items():
            if sum(map(len, found)) < _MOST_TOGETHER:
                found.append(_cut(of_some_values(part, names[index], step)))
        seen += len(part)
    tables = {"first": first, "spread": pa.concat_tables(spread)}
    tables |= {str(index): pa.concat_tables(found) for index, found in together.items()}
    with whole_folder(folder / _FOLDER, over=False) as part:  # another process may be quicker
        for name, table in tables.items():
            pq.write_table(table, part / f"{name}.parquet")


def read(folder: Path) -> TableSample:
    """The rows that were put aside (now, if never before), or a table that has few as a whole."""
    kept = folder / _FOLDER
    try:
        return _kept(folder)
    except (pa.ArrowException, OSError):  # torn, or never put aside
        shutil.rmtree(kept, ignore_errors=True)
        write(folder)
    if kept.is_dir():
        return _kept(folder)
    first = _first(folder)
    return TableSample(first, first)


def _kept(folder: Path) -> TableSample:
    files = (folder / _FOLDER / f"{name}.parquet" for name in ("first", "spread"))
    first, spread = map(pq.read_table, files)
    return TableSample(first, spread, lambda name: _together(folder, first, name))


def _together(folder: Path, first: pa.Table, name: str) -> pa.Table:
    path = folder / _FOLDER / f"{first.column_names.index(name)}.parquet"
    try:
        return pq.read_table(path)
    except (pa.ArrowException, OSError):  # not there, or torn
        return first


def _first(folder: Path) -> pa.Table:
    found: list[pa.Table] = []
    for part in table_file.parts(folder):
        found.append(_cut(part.slice(0, LOOKED_AT - sum(map(len, found)))))
        if sum(map(len, found)) >= LOOKED_AT:
            break
    return pa.concat_tables(found)


def _cut(rows: pa.Table) -> pa.Table:
    columns = [pc.utf8_slice_codeunits(column, 0, _CHARS) for column in rows.columns]
    return pa.table(columns, names=rows.column_names)
