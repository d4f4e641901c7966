"""Rows of a table as they are looked at and taken: cells of JSON as the values that they hold."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from workbench.core.canonical import parsed
from workbench.data.columns import guessing
from workbench.data.columns.columns import is_question, look_at
from workbench.data.readers.shapes.shape import Shape
from workbench.data.readers.table import Table

Row = Mapping[str, str | None]
_NUMPY = re.compile(r"\[\s*(?:'[^']*'|\"[^\"]*\")(?:\s+(?:'[^']*'|\"[^\"]*\"))*\s*\]")
_ARRAY = re.compile(r"array\((\[[^()]*?\])(?:, dtype=[^()]*)?\)")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")


@dataclass(frozen=True)
class Looked:
    """A table, and what is guessed of it."""

    table: Table
    """With all of its rows, or some of a large one's."""
    task: str
    roles: Mapping[str, str]
    texts: tuple[str, ...]
    """Columns of texts that differ from row to row."""

    def filled(self, column: str) -> list[str]:
        """The cells of a column that are not empty."""
        cells = self.table.cells(column) if column in self.table.columns else []
        return [cell for cell in cells if cell and cell.strip()]


def look(table: Table) -> Looked:
    """What is guessed of a table as it stands."""
    task = guessing.guess_task(table).task
    texts = [c for c in look_at(table) if is_question(c) and not c.conversations]
    texts.sort(key=lambda column: -column.mean_chars)
    names = tuple(column.name for column in texts if not _is_nested(table, column.name))
    return Looked(table, task, guessing.guess_roles(table, task), names)


def _is_nested(table: Table, name: str) -> bool:
    cells = [cell for cell in table.data.column(name).slice(0, 200).to_pylist() if cell]
    return sum(value_of(cell) is not None for cell in cells) * 2 > len(cells)


@dataclass(frozen=True)
class Asked:
    """What is to be made of a table, row by row."""

    shape: Shape
    """How rows are taken."""
    columns: tuple[str, ...]
    """The columns of the table that it gives."""


def value_of(cell: str | None) -> Any:
    """The list or object in a cell; None where it is a plain text or empty."""
    if not cell or cell.lstrip()[:1] not in ("[", "{"):
        return None
    if _NUMPY.fullmatch(cell.strip()):  # as arrays are printed, without commas
        return [one or other for one, other in _QUOTED.findall(cell)]
    found = parsed(_ARRAY.sub(r"\1", cell) if "array(" in cell else cell)
    return found if isinstance(found, list | dict) else None


def values_of(row: Row) -> dict[str, Any]:
    """A row with its lists and objects as such."""
    return {
        name: cell if (value := value_of(cell)) is None else value for name, cell in row.items()
    }


def rows_of(data: pa.Table, numbers: Iterator[int]) -> Iterator[tuple[int, Row]]:
    """The rows of a table with their numbers."""
    for batch in data.to_batches(max_chunksize=5000):
        for row in batch.to_pylist():
            yield next(numbers), row
