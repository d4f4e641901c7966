"""The questions of a large table, made some thousands at a time, so that never all are in memory."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.errors import WorkbenchError
from workbench.core.tasks import Task
from workbench.core.whole import whole_file
from workbench.data.columns.mapping import check_roles, columns_in
from workbench.data.examples.example_table import canonical
from workbench.data.examples.examples import examples_of
from workbench.data.readers import Table
from workbench.data.readers.kinds import PARQUET
from workbench.data.readers.table_file import NUMBER

ROWS_AT_ONCE = 20_000


def write_questions(
    table: Path,
    name: str,
    task: Task,
    roles: Mapping[str, str],
    target: Path,
    check: Callable[[], None],
    most: int | None = None,
) -> int:
    """Write the questions in a table that `convert` made, whole or not at all; how many there are.

    Args:
        name: what the user calls the file that the table came from.
        roles: role → column or template.
        check: called now and then; may raise to leave.
        most: no more are needed.

    Raises:
        WorkbenchError: a column is missing, or no row can be used.
    """
    rows, writer = 0, None
    with whole_file(target) as path, pq.ParquetFile(table) as file:
        names = [column for column in file.schema_arrow.names if column != NUMBER]
        used = {column for source in roles.values() for column in columns_in(source, names)}
        columns = [NUMBER, *(column for column in names if column in used)]
        for batch in file.iter_batches(ROWS_AT_ONCE, columns=columns):
            check()
            numbers = batch.column(NUMBER)
            part = Table(
                name, pa.Table.from_batches([batch]).drop_columns([NUMBER]), numbers, PARQUET
            )
            checked = check_roles(task.asking(), roles, part)
            examples = examples_of(part, task, checked, answers=False, duplicates=True)
            data = canonical(examples)
            writer = writer or pq.ParquetWriter(path, data.schema, compression="zstd")
            writer.write_table(data)
            rows += len(examples)
            if most is not None and rows >= most:
                break
        if writer is not None:
            writer.close()
        if not rows:
            raise WorkbenchError(
                f"{name} has no row that can be used: fill the cells of its question and try again."
            )
    return rows
