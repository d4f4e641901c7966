"""Several files of one shape, put one below the other on the disk."""

import dataclasses
import shutil
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.errors import WorkbenchError
from workbench.data.bulk import read_file
from workbench.data.bulk.sink import MeteredSink
from workbench.data.readers.archives import gather
from workbench.data.readers.archives.gather import Shape, Sorted
from workbench.data.readers.kinds import PACKED
from workbench.data.readers.listing import Part
from workbench.data.readers.plain import LISTINGS
from workbench.data.readers.table import ReadOptions, Table
from workbench.data.readers.table_file import NUMBER, TableWriter, empty
from workbench.jobs.process.meter import Meter

_PARTS = "parts"
_BATCH = 5000


def read(
    parts: Sequence[Part],
    name: str,
    options: ReadOptions,
    writer: TableWriter,
    meter: Meter,
    folder: Path,
) -> Table:
    """All files of one shape as one table, its rows written by `writer`.

    Args:
        folder: takes the tables one by one before they are put together.

    Raises:
        WorkbenchError: nothing can be read.
    """
    found = gather.sort(parts, name)
    if gather.is_tables(found):
        try:
            return _tables(found, name, options, writer, meter, folder)
        finally:
            shutil.rmtree(folder / _PARTS, ignore_errors=True)
    sink = MeteredSink(writer, 1, meter)
    table = sink.listed(LISTINGS[found.family](found.parts, name, options, sink.share))
    return dataclasses.replace(table, notes=(*table.notes, *found.notes))


def _tables(
    found: Sorted, name: str, options: ReadOptions, writer: TableWriter, meter: Meter, folder: Path
) -> Table:
    (folder / _PARTS).mkdir(exist_ok=True)
    options = dataclasses.replace(options, sheet="")
    shapes: dict[str, Shape] = {}
    for number, part in enumerate(found.parts):
        path = folder / _PARTS / f"{number:05}.parquet"
        ahead = meter.part(number / len(found.parts) * 0.8, (number + 1) / len(found.parts) * 0.8)
        try:
            shapes[str(path)] = _shape(part, path, options, ahead)
        except WorkbenchError as error:
            found.refused[part.name] = str(error)
    if not shapes:
        raise WorkbenchError(next(iter(found.refused.values())))
    known = list(shapes.values())
    chosen = gather.of_one_shape(known)
    _put_together({p: s for p, s in shapes.items() if s in chosen}, writer, meter.part(0.8, 1))
    notes = gather.notes_of(known, chosen, found)
    about = chosen[0].about
    return empty(
        name,
        PACKED,
        gather.options_of(chosen),
        notes=notes,
        unused=gather.unused_of(chosen),
        meant=about.meant,
        question=about.question,
    )


def _shape(part: Part, path: Path, options: ReadOptions, meter: Meter) -> Shape:
    writer = TableWriter(path)
    try:
        about = read_file.read(part, options, writer, meter)
        writer.close()
    except BaseException:
        writer.abandon()
        raise
    return Shape(part, writer.names, writer.rows, about)


def _put_together(shapes: dict[str, Shape], writer: TableWriter, meter: Meter) -> None:
    first, *_ = shapes.values()
    total = sum(shape.rows for shape in shapes.values())
    writer.begin(gather.columns_of(list(shapes.values())))
    done = 0
    for path, shape in shapes.items():
        names = [shape.columns[place] for place in shape.places(first.columns)]
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_BATCH):
                columns = [batch.column(column) for column in names if column != NUMBER]
                columns.append(pa.array([shape.part.name] * batch.num_rows, pa.large_string()))
                rows = pa.RecordBatch.from_arrays(columns, names=writer.names)
                writer.add(rows, range(done + 1, done + rows.num_rows + 1))
                done += rows.num_rows
                meter(done / max(1, total))
