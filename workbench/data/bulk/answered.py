"""Large tables about which the user has to be asked: written anew as it was answered."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from workbench.data.asking import ask
from workbench.data.asking.ask import Making, Plan
from workbench.data.asking.look import Row, rows_of
from workbench.data.readers import table_file
from workbench.data.readers.table import Table, options_from
from workbench.data.readers.table_file import TableWriter, facts_of
from workbench.jobs.process.job_dir import write_json
from workbench.jobs.process.stop import Check


def answer(
    table: Table, options: Mapping[str, Any], folder: Path, writer: TableWriter, check: Check
) -> tuple[Table, TableWriter]:
    """The table as it was answered, or with the question that has to be answered first.

    Args:
        table: without its rows, which `writer` has written to the folder.
        check: called between some thousands of rows.

    Raises:
        Cancelled: by `check`.
        WorkbenchError: nothing is left of it.
    """
    if not writer.rows:
        return table, writer
    write_json(folder / "table.json", facts_of(table))
    try:
        sample = table_file.read_sample(folder)
        found = ask.plan(
            sample, options_from(dict(options)).choice, lambda c: _rows(folder, c, check)
        )
        if not found.steps:
            return ask.with_question(table, found.question), writer
        return _written(table, found, folder, check)
    finally:
        (folder / "table.json").unlink()


def _rows(folder: Path, columns: Sequence[str], check: Check) -> Iterable[Row]:
    for part in table_file.read_parts(folder, columns):
        check()
        yield from part.data.to_pylist()


def _numbered(folder: Path) -> Iterator[tuple[int, Row]]:
    for part in table_file.read_parts(folder, table_file.columns_of(folder)):
        yield from rows_of(part.data, iter(part.row_numbers.to_pylist()))


def _written(table: Table, found: Plan, folder: Path, check: Check) -> tuple[Table, TableWriter]:
    making = Making(found.steps)
    writer = TableWriter(folder / "table.new")
    try:
        writer.begin(list(making.columns))
        for batch, numbers in making.batches(_numbered(folder)):
            check()
            writer.add(batch, numbers)
        writer.close()
        told = making.told(table, found.question)
        writer.move(folder / "table.parquet")
    except BaseException:
        writer.abandon()
        raise
    return told, writer
