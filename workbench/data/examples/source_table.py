"""The table that a version came from: in memory, or on the disk, and then looked at in parts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.data.readers import Table, options_from, read_table, table_file
from workbench.data.splits import sample_file
from workbench.data.splits.sample import Glimpse, glimpse_of


@dataclass(frozen=True)
class Origin:
    """A table of any size."""

    columns: list[str]
    rows: int
    parts: Callable[[Sequence[str]], Iterator[Table]]
    """Its rows with these columns (perhaps with more), part after part."""
    glimpse: Callable[[], Glimpse]


def of_table(table: Table) -> Origin:
    """A table that is in memory."""
    return Origin(table.columns, len(table), lambda names: iter([table]), lambda: glimpse_of(table))


def of_file(path: Path, name: str, options: dict[str, Any]) -> Origin:
    """The table in a file that is small.

    Raises:
        WorkbenchError: it cannot be read; one sentence with the place and what to do.
    """
    return of_table(read_table(path, name, options_from(options)))


def of_folder(folder: Path) -> Origin:
    """A table that the job `convert` left in its folder."""
    return Origin(
        table_file.columns_of(folder),
        table_file.rows_in(folder),
        lambda names: table_file.read_parts(folder, names),
        lambda: sample_file.read(folder),
    )
