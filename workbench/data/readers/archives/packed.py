"""Archives: the table in one, or all of its files of one shape as one table."""

import dataclasses
import tempfile
from pathlib import Path

import pyarrow as pa

from workbench.core.errors import WorkbenchError
from workbench.core.progress import silent
from workbench.data.readers import plain
from workbench.data.readers.archives import gather, unpack
from workbench.data.readers.archives.gather import Shape, Sorted
from workbench.data.readers.kinds import PACKED, kind_of
from workbench.data.readers.listing import Part
from workbench.data.readers.table import ReadOptions, Table


def read(path: Path, name: str, options: ReadOptions) -> Table:
    """The table in a gzip file or a ZIP archive, all in memory.

    Raises:
        WorkbenchError: it cannot be unpacked, or nothing in it can be read.
    """
    with tempfile.TemporaryDirectory() as folder:
        parts = unpack.unpack(path, name, Path(folder), silent)
        if len(parts) == 1:
            (part,) = parts
            return plain.read(part.path, part.name, options, kind_of(part.path, part.name))
        found = gather.sort(parts, name)
        if gather.is_tables(found):
            return _tables(found, name, options)
        listing = plain.LISTINGS[found.family](found.parts, name, options, silent)
        table = listing.table()
        return dataclasses.replace(table, notes=(*table.notes, *found.notes))


def _tables(found: Sorted, name: str, options: ReadOptions) -> Table:
    shapes = []
    for part in found.parts:
        try:
            shapes.append(_shape(part, options))
        except WorkbenchError as error:
            found.refused[part.name] = str(error)
    if not shapes:
        raise WorkbenchError(next(iter(found.refused.values())))
    chosen = gather.of_one_shape(shapes)
    columns = gather.columns_of(chosen)
    tables = [_with_file(shape, chosen[0], columns) for shape in chosen]
    data = pa.concat_tables(tables)
    return Table(
        name,
        data,
        pa.array(range(1, data.num_rows + 1), pa.int64()),
        PACKED,
        gather.options_of(chosen),
        notes=gather.notes_of(shapes, chosen, found),
        unused=gather.unused_of(chosen),
        meant=chosen[0].about.meant,
        question=chosen[0].about.question,
    )


def _shape(part: Part, options: ReadOptions) -> Shape:
    options = dataclasses.replace(options, sheet="")
    table = plain.read(part.path, part.name, options, kind_of(part.path, part.name))
    return Shape(part, table.columns, len(table), table)


def _with_file(shape: Shape, first: Shape, columns: list[str]) -> pa.Table:
    """The table with its columns as the first one has them, and the file's name in each row."""
    data = shape.about.data.select(shape.places(first.columns))
    file = pa.array([shape.part.name] * data.num_rows, pa.large_string())
    return data.append_column("file", file).rename_columns(columns)
