"""What the table shows that a version came from: rows without a category, and a fairer exam."""

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.core.progress import Progress
from workbench.core.tasks import Task
from workbench.data.checkup.checks.fair_split import FairSplit, fair_split
from workbench.data.checkup.rows import Rows
from workbench.data.columns import mapping
from workbench.data.examples.prepare import plan_from
from workbench.data.examples.source_table import Origin
from workbench.data.readers.table import Table

MOST_UNLABELLED = 5000


@dataclass(frozen=True)
class Unlabelled:
    """Rows of the table that have a text but no category."""

    row_ids: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.row_ids)


@dataclass(frozen=True)
class Look:
    """What the table shows."""

    unlabelled: Unlabelled = field(default_factory=Unlabelled)
    """The first rows without a category."""
    unsorted: int = 0
    """How many rows without a category there are."""
    split: FairSplit | None = None
    """None if chance is fair, or the exam is drawn so already."""


def look(rows: Rows, origin: Origin, about: Mapping[str, Any], progress: Progress) -> Look:
    """Look at the table; `about` is the version's mapping."""
    found, unsorted = Unlabelled(), 0
    if rows.task.name == "classification":
        found, unsorted = _unlabelled(rows, origin, about["roles"], lambda s: progress(0.4 * s))
    plan = plan_from(rows.task.name, about, rows.seed)
    fair = fair_split(rows, origin, plan, lambda share: progress(0.5 + 0.3 * share))
    return Look(found, unsorted, fair)


def _unlabelled(
    rows: Rows, origin: Origin, roles: Mapping[str, str], progress: Progress
) -> tuple[Unlabelled, int]:
    """The first rows without a category, and how many there are."""
    known, found = set(rows.row_ids), Unlabelled()
    unsorted = seen = 0
    for part in origin.parts(_columns(origin, roles)):
        for number, text in _bare(part, roles, known):
            unsorted += 1
            if len(found) < MOST_UNLABELLED:
                found.row_ids.append(number)
                found.texts.append(text)
        seen += len(part)
        progress(seen / max(1, origin.rows))
    return found, unsorted


def unlabelled_that_say(
    texts: Collection[str],
    origin: Origin,
    task: Task,
    roles: Mapping[str, str],
    known: Collection[int],
) -> Unlabelled:
    """The rows without a category that say one of these texts; `known` rows do not count."""
    found = Unlabelled()
    if task.name == "classification" and texts:
        for part in origin.parts(_columns(origin, roles)):
            for number, text in _bare(part, roles, known):
                if text in texts:
                    found.row_ids.append(number)
                    found.texts.append(text)
    return found


def _columns(origin: Origin, roles: Mapping[str, str]) -> list[str]:
    return [
        name for source in roles.values() for name in mapping.columns_in(source, origin.columns)
    ]


def _bare(
    table: Table, roles: Mapping[str, str], known: Collection[int]
) -> Iterator[tuple[int, str]]:
    """Number and text of the rows without a category; `known` rows do not count."""
    table = _without(table, mapping.columns_in(roles["label"], table.columns))
    texts = mapping.texts(table, roles["text"])
    for number, text in zip(table.row_numbers.to_pylist(), texts, strict=True):
        if text and (said := text.strip()) and number not in known:
            yield number, said


def _without(table: Table, columns: list[str]) -> Table:
    """The rows where all these columns are empty."""
    empty = pa.array([True] * len(table))
    for name in columns:
        column = table.data.column(name).combine_chunks()
        blank = pc.equal(pc.utf8_trim_whitespace(column), "")
        empty = pc.and_(empty, pc.fill_null(blank, True))
    return dataclasses.replace(
        table, data=table.data.filter(empty), row_numbers=table.row_numbers.filter(empty)
    )
