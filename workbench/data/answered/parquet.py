"""Answers in a Parquet file: new columns behind the others, row group by row group."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.errors import WorkbenchError
from workbench.data.answered.columns import (
    AnswerColumn,
    Tally,
    Value,
    Written,
    check_rows,
    unique_titles,
)
from workbench.data.readers.table import ReadOptions, without_surrogates

_HUB = b"huggingface"


def write(
    source: Path, out: Path, options: ReadOptions, columns: Sequence[AnswerColumn]
) -> Written:
    """The file with new columns; its metadata, types, row groups and compression stay.

    Raises:
        WorkbenchError: it is damaged.
    """
    try:
        with pq.ParquetFile(source) as file:
            return _written(file, source.name, out, columns)
    except (pa.ArrowInvalid, OSError) as error:
        raise WorkbenchError(
            f"{source.name} is a damaged Parquet file: save or download it again."
        ) from error


def _written(
    file: pq.ParquetFile, name: str, out: Path, columns: Sequence[AnswerColumn]
) -> Written:
    schema, tally = file.schema_arrow, Tally()
    titles = unique_titles(columns, schema.names)
    new = [pa.field(t, _type(c)) for t, c in zip(titles, columns, strict=True)]
    wider = pa.schema([*schema, *new], _metadata(schema.metadata, new))
    groups, number = file.metadata.num_row_groups, 1
    check_rows(columns, range(1, file.metadata.num_rows + 1), name)
    codec = file.metadata.row_group(0).column(0).compression if groups else "SNAPPY"
    compression = "none" if codec == "UNCOMPRESSED" else codec.lower()
    with pq.ParquetWriter(out, wider, compression=compression) as writer:
        for group in range(groups):
            table = file.read_row_group(group)
            numbers = range(number, number + table.num_rows)
            number += table.num_rows
            tally.rows += sum(any(c.values.get(n) is not None for c in columns) for n in numbers)
            arrays = [
                pa.array([_cell(c.values.get(n), f.type) for n in numbers], f.type)
                for c, f in zip(columns, new, strict=True)
            ]
            joined = [*table.columns, *arrays]
            writer.write_table(pa.Table.from_arrays(joined, schema=wider), table.num_rows or None)
    return Written(titles, "", tally.rows, ReadOptions(), tally.notes())


def _type(column: AnswerColumn) -> pa.DataType:
    """What all of a column's values are; text where they differ."""
    kinds = {bool: pa.bool_(), int: pa.int64(), float: pa.float64()}
    found = {type(value) for value in column.values.values() if value is not None}
    if found == {int, float}:
        return pa.float64()
    return kinds.get(found.pop(), pa.string()) if len(found) == 1 else pa.string()


def _cell(value: Value, wanted: pa.DataType) -> Any:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return without_surrogates(str(value)) if pa.types.is_string(wanted) else value


def _metadata(known: dict[bytes, bytes] | None, new: Sequence[pa.Field]) -> dict[bytes, bytes]:
    """The file's own metadata; of the hub's list of columns one with the new ones."""
    found = dict(known or {})
    try:
        about = json.loads(found.get(_HUB, b""))
        features = about["info"]["features"]
        features.update({f.name: {"dtype": _hub_type(f.type), "_type": "Value"} for f in new})
        found[_HUB] = json.dumps(about).encode()
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    return found


def _hub_type(wanted: pa.DataType) -> str:
    return {"double": "float64"}.get(str(wanted), str(wanted))
