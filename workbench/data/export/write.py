"""A version's examples as a file for other programs, some rows at a time.

CSV and workbooks are for people: a mark at the start says the encoding, and no text is run as a
formula. JSON lines have the shape that training tools expect, and so has the folder (as a ZIP) that
the library `datasets` loads from the disk. Parquet is as it is kept.
"""

import contextlib
import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from workbench.core import parquet
from workbench.core.cells import MAX_CHARS, MAX_ROWS, harmless, typed
from workbench.core.errors import WorkbenchError
from workbench.core.progress import Progress, silent
from workbench.core.tasks import task_named
from workbench.core.whole import whole_file
from workbench.data.export import saved_set

CSV, XLSX, JSONL, PARQUET, DATASETS = "csv", "xlsx", "jsonl", "parquet", "datasets"
KINDS = (CSV, XLSX, JSONL, PARQUET, DATASETS)
_MOST_ROWS = 5_000
_BATCH_BYTES = 4 << 20
_CHUNK = 4 << 20


def write(
    source: Path,
    target: Path,
    kind: str,
    task: str,
    *,
    system: str = "",
    progress: Progress = silent,
) -> int:
    """Write the file at `target`, whole or not at all; how many examples it has.

    Args:
        source: the version's Parquet file: columns row_id, split and the roles of the task.
        kind: one of `KINDS`.
        system: the instruction for every example, which JSON lines carry.

    Raises:
        WorkbenchError: there is no such kind, a workbook cannot hold the rows, or the source is
            damaged.
    """
    check_kind(kind)
    parquet.check(source, parquet.damaged_examples(source))
    with (
        whole_file(target) as part,
        pq.ParquetFile(source, buffer_size=1 << 20, pre_buffer=False) as file,
    ):
        rows = int(file.metadata.num_rows)
        batches = watched(file, progress)
        if kind == CSV:
            _csv(file.schema_arrow.names, batches, part)
        elif kind == XLSX:
            _xlsx(file.schema_arrow.names, rows, batches, part)
        elif kind == JSONL:
            _jsonl(batches, part, task, system)
        elif kind == DATASETS:
            saved_set.write(
                records(batches, task, system),
                part,
                with_system=has_system(file, system),
                with_weight=has_weights(file),
            )
        else:
            _copy(source, part, progress)
    return rows


def check_kind(kind: str) -> None:
    """Refuse a kind of file that cannot be written.

    Raises:
        WorkbenchError: it is none of `KINDS`.
    """
    if kind not in KINDS:
        raise WorkbenchError(
            f"Examples can be saved as {', '.join(KINDS)}, not as '{kind}': choose one of them."
        )


def check_rows(rows: int) -> None:
    """Refuse more rows than a sheet holds.

    Raises:
        WorkbenchError: there are too many.
    """
    if rows >= MAX_ROWS:
        raise WorkbenchError(
            f"There are {rows:,} examples and a sheet holds {MAX_ROWS - 1:,}: save them as CSV, "
            "JSONL or Parquet."
        )


def check_cells(batch: pa.RecordBatch) -> None:
    """Refuse a text that is longer than a workbook's cell.

    Raises:
        WorkbenchError: says which.
    """
    for name in batch.schema.names:
        column = batch.column(name)
        if not pa.types.is_large_string(column.type) and not pa.types.is_string(column.type):
            continue
        lengths = pc.utf8_length(column)
        if (longest := pc.max(lengths).as_py()) and longest > MAX_CHARS:
            row = batch.column("row_id")[pc.index(lengths, longest).as_py()].as_py()
            raise WorkbenchError(
                f"The {name} of row {row} has {longest:,} characters, more than the {MAX_CHARS:,} "
                "that a workbook's cell holds: save the examples as CSV, JSONL or Parquet."
            )


def has_system(file: pq.ParquetFile, system: str) -> bool:
    """Whether some of the answers may have an instruction."""
    return bool(system) or "system" in file.schema_arrow.names


def has_weights(file: pq.ParquetFile) -> bool:
    """Whether some turns of the conversations are not to be learned."""
    if "messages" not in file.schema_arrow.names:
        return False
    batches = file.iter_batches(_MOST_ROWS, columns=["messages"])
    return any(pc.any(pc.match_substring(b.column(0), '"learn"')).as_py() for b in batches)


def watched(file: pq.ParquetFile, progress: Progress) -> Iterator[pa.RecordBatch]:
    """All rows, as many at a time as make some megabytes."""
    total, done = max(1, file.metadata.num_rows), 0
    for group in range(file.num_row_groups):
        about = file.metadata.row_group(group)
        each = max(1, about.total_byte_size // max(1, about.num_rows))
        at_once = int(min(_MOST_ROWS, max(16, _BATCH_BYTES // each)))
        for batch in file.iter_batches(at_once, [group]):
            yield batch
            done += batch.num_rows
            progress(done / total)


def _csv(names: list[str], batches: Iterator[pa.RecordBatch], part: Path) -> None:
    with part.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(names)
        for batch in batches:
            columns = [[harmless(cell) for cell in column.to_pylist()] for column in batch.columns]
            writer.writerows(zip(*columns, strict=True))


def _xlsx(names: list[str], rows: int, batches: Iterator[pa.RecordBatch], part: Path) -> None:
    """A workbook, row by row into the file."""
    from openpyxl import Workbook

    check_rows(rows)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Examples")
    sheet.freeze_panes = "A2"
    sheet.append(names)
    try:
        for batch in batches:
            check_cells(batch)
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                sheet.append([typed(sheet, cell) for cell in row])
    except BaseException:
        with contextlib.suppress(Exception):  # its temporary file goes, whatever it says
            sheet.close()
            os.unlink(sheet._writer.out)
        raise
    book.save(part)


def _jsonl(batches: Iterator[pa.RecordBatch], part: Path, task: str, system: str) -> None:
    with part.open("w", encoding="utf-8", newline="\n") as stream:
        for some in records(batches, task, system):
            stream.writelines(json.dumps(r, ensure_ascii=False) + "\n" for r in some)


def records(
    batches: Iterator[pa.RecordBatch], task: str, system: str
) -> Iterator[list[dict[str, Any]]]:
    """The examples of each batch, as training tools expect them (see `record`)."""
    for batch in batches:
        yield [record(task, row, system) for row in batch.to_pylist()]


def record(task: str, row: dict[str, Any], system: str = "") -> dict[str, Any]:
    """An example as training tools expect it, with its split.

    `messages` for conversations, `prompt` and `completion` where a text is answered (with
    `system` where there is an instruction), `text` and `label` for categories, `text` alone.
    """
    fields = task_named(task).record(row, row.get("system") or system)
    return {**fields, "split": row["split"]}


def _copy(source: Path, part: Path, progress: Progress) -> None:
    total, done = max(1, source.stat().st_size), 0
    with source.open("rb") as origin, part.open("wb") as stream:
        while chunk := origin.read(_CHUNK):
            stream.write(chunk)
            done += len(chunk)
            progress(done / total)
