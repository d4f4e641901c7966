"""Parquet files, with every column turned into text."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.errors import WorkbenchError
from workbench.data.readers.cell_formats.bare import format_cell
from workbench.data.readers.kinds import PARQUET
from workbench.data.readers.shapes import hub
from workbench.data.readers.table import ReadOptions, Table, check_width

BROKEN = (pa.ArrowException, OverflowError, ValueError)
"""What is raised over a file that is torn, or holds what is no text, date or number."""


def read(path: Path, name: str) -> Table:
    """The table in a Parquet file; rows are numbered from 1.

    Raises:
        WorkbenchError: it is damaged, too wide or empty.
    """
    try:
        source = pq.ParquetFile(path)
        check_width(source.schema_arrow.names.__len__(), name)
        table = source.read()
        table.validate(full=True)
        names = hub.names_in_parquet(table.schema.metadata)
        columns, left_out = _columns(table, names)
    except pa.ArrowMemoryError:
        raise
    except (*BROKEN, OSError):
        raise WorkbenchError(
            f"{name} is a damaged Parquet file: save or download it again."
        ) from None
    if not table.num_rows or not table.num_columns:
        raise WorkbenchError(f"{name} is empty: choose a file with at least ten rows of examples.")
    notes = [f"Column '{c}' holds binary data and was left out." for c in left_out]
    notes += hub.notes_on(names)
    numbers = pa.array(range(1, table.num_rows + 1), pa.int64())
    return Table(name, pa.table(columns), numbers, PARQUET, ReadOptions(), notes=tuple(notes))


def _columns(table: pa.Table, names: hub.Names) -> tuple[dict[str, Any], list[str]]:
    columns: dict[str, Any] = {}
    left_out = []
    for name, column in zip(table.column_names, table.columns, strict=True):
        if is_binary(column.type):
            left_out.append(name)
        else:
            columns[name or "(no name)"] = as_text(column, names.get(name))
    return columns, left_out


def is_binary(type: pa.DataType) -> bool:
    """Whether its values are bytes that no one can read."""
    return bool(pa.types.is_binary(type) or pa.types.is_large_binary(type))


def as_text(column: Any, names: list[str] | None = None) -> Any:
    """A column, or a part of one, as texts; what is empty is null, a number of `names` its name."""
    if names:
        values = [hub.name_of(value, names) for value in column.to_pylist()]
        return pa.array(map(_cell, values), pa.large_string())
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        values = column.to_pylist()
        return pa.array([value or None for value in values], pa.large_string())
    return pa.array(map(_cell, column.to_pylist()), pa.large_string())


def _cell(value: Any) -> str | None:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=format_cell)
    return format_cell(value) or None
