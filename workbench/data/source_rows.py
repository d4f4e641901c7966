"""Rows of the user's own table that examples came from: what stands in its other columns."""

import io
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from storage import files
from storage.database import Store
from workbench.core import parquet
from workbench.core.errors import WorkbenchError
from workbench.data.columns.mapping import columns_in
from workbench.data.examples.plan import Source, plan_from
from workbench.data.examples.source_table import SourceTable, of_folder, of_table
from workbench.data.files import large, sources
from workbench.data.readers import Table, options_from
from workbench.data.readers.table_file import NUMBER
from workbench.data.versions import VersionInfo

MOST_COLUMNS = 200


def other_columns(store: Store, version: VersionInfo, row_ids: Collection[int]) -> pd.DataFrame:
    """The columns that are not what a model learns from, for these rows of a version.

    Returns:
        One line for each row that has one in the table (or in the exam's own file), its row id as
        index; cells are texts, or None where they are empty. Rows that came from nowhere are missing.

    Raises:
        WorkbenchError: the table is not there any more, or cannot be read.
    """
    plan = plan_from(version.task, version.mapping)
    wanted = np.array(sorted(row_ids), np.int64)
    offset = version.report.get("test_row_offset") if plan.test else None
    own = wanted if offset is None else wanted[wanted <= offset]
    found = []
    if len(own):
        source = Source(version.source_hash, version.source_name)
        found.append(_rows(_opened(store, version, source, plan.read.as_dict()), plan.roles, own))
    if plan.test and offset is not None and len(own) < len(wanted):
        table = _opened(store, version, plan.test, plan.test_read.as_dict())
        exam = _rows(table, plan.roles, wanted[wanted > offset] - offset)
        found.append(exam.set_axis(exam.index + offset))
    return pd.concat(found) if found else pd.DataFrame()


def keep_beside(table: Table, roles: Mapping[str, str], row_ids: Collection[int]) -> Path | None:
    """Keep these columns of a table that is in memory; None if it has no others."""
    found = _rows(of_table(table), roles, np.array(sorted(row_ids), np.int64))
    if not len(found.columns):
        return None
    stream = io.BytesIO()
    kept = pa.Table.from_pandas(found.reset_index(names=NUMBER), preserve_index=False)
    pq.write_table(kept, stream, compression="zstd")
    stream.seek(0)
    return files.object_path(files.put(stream))


def read_beside(path: Path) -> pd.DataFrame:
    """What `keep_beside` kept.

    Raises:
        WorkbenchError: it is not on the disk any more, or damaged.
    """
    gone = "The other columns of this file are not on the disk any more: score the file again."
    # Among the objects of this home, wherever it was when they were written.
    found: pd.DataFrame = parquet.read(files.object_path(path.name), gone).to_pandas()
    return _texts(found.set_index(NUMBER))


def _opened(
    store: Store, version: VersionInfo, source: Source, read: dict[str, Any]
) -> SourceTable:
    where = large.table_at(store, version.project_id, source, read)
    if not where.is_large:
        return of_table(sources.open_source(source, options_from(read)))
    if where.folder is None:
        raise WorkbenchError(
            f"What was read of {source.name}, which is large, is not on the disk any more: open the "
            "file again on the Data page."
        )
    return of_folder(where.folder)


def _rows(table: SourceTable, roles: Mapping[str, str], row_ids: Any) -> pd.DataFrame:
    """Those rows, without the columns that play a role."""
    taken = {part for source in roles.values() for part in columns_in(source, table.columns)}
    names = [name for name in table.columns if name not in taken][:MOST_COLUMNS]
    parts = []
    for part in table.parts(names):
        numbers = part.row_numbers.to_numpy()
        here = np.flatnonzero(np.isin(numbers, row_ids))
        if len(here):
            cells = part.data.select(names).take(here).to_pandas()
            parts.append(cells.set_axis(numbers[here]))
    found = pd.concat(parts) if parts else pd.DataFrame(columns=names)
    return _texts(found[~found.index.duplicated()])  # a row that was put apart counts once


def _texts(frame: pd.DataFrame) -> pd.DataFrame:
    """The cells as texts; the empty ones as None, which pandas likes to make a number."""
    return frame.astype(object).where(frame.notna(), None)
