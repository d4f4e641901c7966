"""Findings in the source table: rows without a category, and a fairer exam."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.core.progress import Progress
from workbench.data.checkup.checks.fair_split import FairSplit, fair_split
from workbench.data.checkup.rows import Rows
from workbench.data.examples.plan import plan_from
from workbench.data.examples.source_table import SourceTable
from workbench.data.examples.unlabelled import Unlabelled, columns_of, rows_without_category

MOST_UNLABELLED = 5000


@dataclass(frozen=True)
class TableFindings:
    """What the table shows."""

    unlabelled: Unlabelled = field(default_factory=Unlabelled)
    """The first rows without a category."""
    unsorted: int = 0
    """How many rows without a category there are."""
    split: FairSplit | None = None
    """None if chance is fair, or the exam is drawn so already."""


def find_in_table(
    rows: Rows, source_table: SourceTable, about: Mapping[str, Any], progress: Progress
) -> TableFindings:
    """Look at the table; `about` is the version's mapping."""
    found, unsorted = Unlabelled(), 0
    if rows.task.answers_are_categories:
        found, unsorted = _unlabelled(
            rows, source_table, about["roles"], lambda s: progress(0.4 * s)
        )
    plan = plan_from(rows.task.name, about, rows.seed)
    fair = fair_split(rows, source_table, plan, lambda share: progress(0.5 + 0.3 * share))
    return TableFindings(found, unsorted, fair)


def _unlabelled(
    rows: Rows, source_table: SourceTable, roles: Mapping[str, str], progress: Progress
) -> tuple[Unlabelled, int]:
    """The first rows without a category, and how many there are."""
    known, found = set(rows.row_ids), Unlabelled()
    unsorted = seen = 0
    for part in source_table.parts(columns_of(source_table, roles)):
        for number, text in rows_without_category(part, roles, known):
            unsorted += 1
            if len(found) < MOST_UNLABELLED:
                found.row_ids.append(number)
                found.texts.append(text)
        seen += len(part)
        progress(seen / max(1, source_table.rows))
    return found, unsorted
