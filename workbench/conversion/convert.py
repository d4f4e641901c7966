"""Turns a large file into a table of texts on the disk, a few rows at a time."""

from pathlib import Path
from typing import Any

from workbench.conversion import json_rows, limits, parquet_rows, sheet_rows
from workbench.conversion.progress import Watch, sink_for
from workbench.conversion.table_file import TableWriter, empty, facts_of
from workbench.conversion.unpack import unpacked
from workbench.errors import WorkbenchError
from workbench.job_dir import write_json
from workbench.readers import delimited
from workbench.readers.kinds import CSV, JSON, JSONL, PARQUET, XLSX, kind_of
from workbench.readers.table import ReadOptions, Table, options_from
from workbench.trainer.process import Process


def convert(process: Process) -> dict[str, Any]:
    """Write table.parquet and table.json into the job's folder, or nothing.

    The spec has the `source` (a path), the `name` that the user gave it, and reading `options`.

    Raises:
        WorkbenchError: it cannot be read; one sentence with the place and what to do.
    """
    spec, folder = process.spec, process.job.path
    name = spec["name"]
    too_large = (
        f"{name} holds cells or rows that are too large to be read in the memory that is set "
        "aside: split them, or take them out."
    )
    writer = TableWriter(folder / "table.parquet")
    try:
        with limits.explained(too_large):
            table = _convert(process, Path(spec["source"]), name, writer)
            writer.close()
    except BaseException:
        writer.abandon()
        raise
    finally:
        (folder / "unpacked").unlink(missing_ok=True)
    write_json(folder / "table.json", facts_of(table))
    return {"rows": writer.rows, "columns": len(writer.names)}


def _convert(process: Process, source: Path, name: str, writer: TableWriter) -> Table:
    if not source.is_file():
        raise WorkbenchError(f"{name} is not here any more: choose the file again.")
    process.phase("unpacking", f"Looking at {name}")
    path, inner = unpacked(source, name, process.job.path, Watch(process))
    limits.check_room(process.job.path, path.stat().st_size // 2, name)
    process.phase("reading", f"Reading {inner}")
    options = options_from(process.spec.get("options") or {})
    return _read(path, inner, options, writer, Watch(process))


def _read(path: Path, name: str, options: ReadOptions, writer: TableWriter, watch: Watch) -> Table:
    kind = kind_of(path, name)
    sink = sink_for(path, writer, watch)
    if kind == PARQUET:
        return parquet_rows.read(path, name, sink, watch)
    if kind == XLSX:
        return sheet_rows.read(path, name, options, sink)
    if kind in (JSON, JSONL):
        return json_rows.read(path, name, options, kind, sink, watch)
    grid, resolved = delimited.read_grid(path, name, options, sink)
    return empty(name, CSV, resolved, notes=tuple(grid.notes), ragged=tuple(grid.ragged))
