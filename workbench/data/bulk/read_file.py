"""The rows of one file that is not packed, into a sink."""

import zipfile
from pathlib import Path

from workbench.data.bulk import arrow_rows, json_rows, parquet_rows, sheet_rows
from workbench.data.bulk.sink import sink_for
from workbench.data.readers import plain
from workbench.data.readers.kinds import (
    ARROW,
    CSV,
    JSON,
    JSONL,
    PACKED,
    PARQUET,
    XLSX,
    YAML,
    kind_of,
)
from workbench.data.readers.listing import Part
from workbench.data.readers.plain import LISTINGS, packed_within
from workbench.data.readers.table import ReadOptions, Table
from workbench.data.readers.table_file import TableWriter, empty
from workbench.data.readers.tables import delimited
from workbench.jobs.process.meter import Meter

SMALL_BYTES = 16 << 20
"""A workbook, or JSON, of so many is held in memory with ease, and may be of any form then."""

DOCUMENT_BYTES = 64 << 20
"""The same of JSON that is one object, in which nothing can be found before its end."""


def read(part: Part, options: ReadOptions, writer: TableWriter, meter: Meter) -> Table:
    """What a file holds, its rows written by `writer`.

    Raises:
        WorkbenchError: it cannot be read; one sentence with the place and what to do.
    """
    path, name = part
    kind = kind_of(path, name)
    if kind == PACKED:
        raise packed_within(name)
    sink = sink_for(path, writer, meter)
    if kind == YAML or (kind in (XLSX, JSON, JSONL) and _is_held(path, kind)):
        return sink.whole(plain.read(path, name, options, kind))
    if kind in LISTINGS:
        return sink.listed(LISTINGS[kind]([part], name, options, sink.share))
    if kind == PARQUET:
        return parquet_rows.read(path, name, sink, meter)
    if kind == ARROW:
        return arrow_rows.read(path, name, sink)
    if kind == XLSX:
        return sheet_rows.read(path, name, options, sink)
    if kind in (JSON, JSONL):
        return json_rows.read(path, name, options, kind, sink, meter)
    grid, resolved = delimited.read_grid(path, name, options, sink)
    return empty(name, CSV, resolved, notes=tuple(grid.notes), left_out=grid.left_out)


def _is_held(path: Path, kind: str) -> bool:
    size = _unpacked_bytes(path)
    if size <= SMALL_BYTES or kind == XLSX:
        return size <= SMALL_BYTES
    return size <= DOCUMENT_BYTES and json_rows.is_document(path)


def _unpacked_bytes(path: Path) -> int:
    if not zipfile.is_zipfile(path):
        return path.stat().st_size
    with zipfile.ZipFile(path) as archive:
        return sum(part.file_size for part in archive.infolist())
