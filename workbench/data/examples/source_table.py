"""Source table of a version: in memory, or on the disk, and then looked at in parts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.data.readers import Table, options_from, read_table, table_file
from workbench.data.splits import sample_file
from workbench.data.splits.sample import TableSample, sample_of


@dataclass(frozen=True)
class SourceTable:
    """A table of any size."""

    columns: list[str]
    rows: int
    parts: Callable[[Sequence[str]], Iterator[Table]]
    """Its rows with these columns (perhaps with more), part after part."""
    sample: Callable[[], TableSample]


def of_table(table: Table) -> SourceTable:
    """A table that is in memory."""
    return SourceTable(
        table.columns, len(table), lambda names: iter([table]), lambda: sample_of(table)
    )


def of_file(path: Path, name: str, options: dict[str, Any]) -> SourceTable:
    """The table in a file that is small.

    Raises:
        WorkbenchError: it cannot be read; one sentence with the place and what to do.
    """
    return of_table(read_table(path, name, options_from(options)))


def of_folder(folder: Path) -> SourceTable:
    """A table that the job `convert` left in its folder."""
    return SourceTable(
        table_file.columns_of(folder),
        table_file.rows_in(folder),
        lambda names: table_file.read_parts(folder, names),
        lambda: sample_file.read(folder),
    )
