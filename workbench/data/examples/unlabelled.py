"""Unlabelled rows: those of a table that have a text but no category."""

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from workbench.core.tasks import Task
from workbench.data.columns import mapping
from workbench.data.examples.source_table import SourceTable
from workbench.data.readers.table import Table


@dataclass(frozen=True)
class Unlabelled:
    """Rows of the table that have a text but no category."""

    row_ids: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.row_ids)


def find_unlabelled(
    texts: Collection[str],
    source_table: SourceTable,
    task: Task,
    roles: Mapping[str, str],
    known: Collection[int],
) -> Unlabelled:
    """The rows without a category that say one of these texts; `known` rows do not count."""
    found = Unlabelled()
    if task.answers_are_categories and texts:
        for part in source_table.parts(columns_of(source_table, roles)):
            for number, text in rows_without_category(part, roles, known):
                if text in texts:
                    found.row_ids.append(number)
                    found.texts.append(text)
    return found


def columns_of(source_table: SourceTable, roles: Mapping[str, str]) -> list[str]:
    return [
        name
        for source in roles.values()
        for name in mapping.columns_in(source, source_table.columns)
    ]


def rows_without_category(
    table: Table, roles: Mapping[str, str], known: Collection[int]
) -> Iterator[tuple[int, str]]:
    """Number and text of the rows without a category; `known` rows do not count."""
    table = _keep_empty(table, mapping.columns_in(roles["label"], table.columns))
    texts = mapping.texts(table, roles["text"])
    for number, text in zip(table.row_numbers.to_pylist(), texts, strict=True):
        if text and (said := text.strip()) and number not in known:
            yield number, said


def _keep_empty(table: Table, columns: list[str]) -> Table:
    """The rows where all these columns are empty."""
    empty = pa.array([True] * len(table))
    for name in columns:
        column = table.data.column(name).combine_chunks()
        blank = pc.equal(pc.utf8_trim_whitespace(column), "")
        empty = pc.and_(empty, pc.fill_null(blank, True))
    return dataclasses.replace(
        table, data=table.data.filter(empty), row_numbers=table.row_numbers.filter(empty)
    )
