"""Unlabelled rows: those of a table that have a text but no category."""

import dataclasses
import json
import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from workbench.core.tasks import Task
from workbench.data.columns import mapping
from workbench.data.examples.source_table import SourceTable
from workbench.data.readers.table import Table
from workbench.data.splits.assign import question_key

FEW = 2_000
"""Beside at most so many examples they are kept with a version, to be learned from."""
MOST, MOST_CHARS = 1_000, 200_000
"""So many of them, and characters in all."""
_KEY = b"workbench.unlabelled"


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


def draw_texts(
    table: Table, task: Task, roles: Mapping[str, str], examples: Sequence[str], seed: int
) -> list[str]:
    """Some of the different texts without a category, drawn with the seed.

    Args:
        examples: the question keys of the examples; what says the same does not count.

    Returns:
        nothing of other tasks, and beside more than `FEW` examples.
    """
    if not task.answers_are_categories or len(examples) > FEW:
        return []
    known, texts = set(examples), []
    for _, text in rows_without_category(table, roles, ()):
        key = question_key(text)
        if key not in known:
            known.add(key)
            texts.append(text)
    random.Random(seed).shuffle(texts)
    return list(_within(texts[:MOST]))


def _within(texts: Sequence[str]) -> Iterator[str]:
    left = MOST_CHARS
    for text in texts:
        left -= len(text)
        if left >= 0:
            yield text


def with_texts(data: pa.Table, texts: Sequence[str]) -> pa.Table:
    """The examples with these texts beside their columns, or without any."""
    kept = {name: text for name, text in (data.schema.metadata or {}).items() if name != _KEY}
    if texts:
        kept[_KEY] = json.dumps(list(texts), ensure_ascii=False).encode()
    return data.replace_schema_metadata(kept or None)


def texts_in(schema: pa.Schema) -> list[str]:
    """The texts that stand beside the columns of examples."""
    text = (schema.metadata or {}).get(_KEY)
    return [] if text is None else list(map(str, json.loads(text)))


def texts_of(path: Path) -> list[str]:
    """Those of a version's file; none of older versions."""
    return texts_in(pq.read_schema(path))
