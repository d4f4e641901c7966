"""Reads a table from CSV, TSV, XLSX, JSON, JSONL or Parquet, whatever its name says."""

from pathlib import Path

from workbench.errors import WorkbenchError
from workbench.readers import delimited, jsons, parquet, sheets
from workbench.readers.kinds import CSV, JSON, JSONL, PARQUET, TITLES, XLSX, kind_of
from workbench.readers.table import ReadOptions, Table, options_from

__all__ = ["CSV", "JSON", "JSONL", "PARQUET", "TITLES", "XLSX", "ReadOptions", "Table"]
__all__ += ["options_from", "read_table"]


def read_table(path: Path, name: str = "", options: ReadOptions | None = None) -> Table:
    """The table in the file at `path`; `name` is what the user calls it.

    Raises:
        WorkbenchError: one sentence with the row, column or file, and what to do.
    """
    name, options = name or path.name, options or ReadOptions()
    if not path.is_file():
        raise WorkbenchError(f"There is no file {path}: check its name and folder.")
    kind = kind_of(path, name)
    if kind == XLSX:
        return sheets.read(path, name, options)
    if kind == PARQUET:
        return parquet.read(path, name)
    if kind in (JSON, JSONL):
        return jsons.read(path, name, options, kind)
    return delimited.read(path, name, options)
