"""How the exam is drawn: at random, by what rows have in common, or by time."""

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.words import plural
from workbench.data.columns.mapping import find_column
from workbench.data.readers import dates
from workbench.data.readers.table import Table
from workbench.data.splits.assign import TEST, TRAIN, VALIDATION
from workbench.data.splits.column_nouns import noun_of

RANDOM, GROUP, TIME = "random", "group", "time"
_DASHES = ("-", "--", "–", "—", ".", "?", "0")
_WORDS = ("n/a", "na", "nan", "none", "null", "nil", "unknown", "unbekannt", "anonymous", "anonym")
_NOBODY = frozenset((*_DASHES, *_WORDS))
"""What stands in a cell for want of a value."""
_LEAST_LEARNED = 0.4
"""A split that leaves less than this share of the rows to learn from is refused."""


@dataclass(frozen=True)
class SplitBy:
    """How the exam is drawn."""

    kind: str = RANDOM
    """random; group: rows with the same value stay together; time: the newest rows."""
    column: str = ""

    def __bool__(self) -> bool:
        return self.kind != RANDOM

    def __str__(self) -> str:
        """As on the command line: `random`, `group:COLUMN` or `time:COLUMN`."""
        return f"{self.kind}:{self.column}" if self else RANDOM

    def as_dict(self) -> dict[str, str]:
        """Plain values, for JSON."""
        return dataclasses.asdict(self)


def split_by_from(values: Mapping[str, str] | None) -> SplitBy:
    """What `as_dict` wrote; without it, at random."""
    return SplitBy(values["kind"], values["column"]) if values else SplitBy()


def parse(text: str) -> SplitBy:
    """From `random`, `group:COLUMN` or `time:COLUMN`.

    Raises:
        WorkbenchError: it is none of them.
    """
    kind, _, column = text.partition(":")
    if text == RANDOM or (kind in (GROUP, TIME) and column.strip()):
        return SplitBy(kind, column.strip())
    raise WorkbenchError(
        f"The exam can be drawn by random, group:COLUMN or time:COLUMN, not by '{text}': "
        "write one of them."
    )


def check_column(split_by: SplitBy, table: Table) -> SplitBy:
    """With the column spelled as in the table.

    Raises:
        WorkbenchError: the table has no such column.
    """
    if not split_by:
        return SplitBy()
    return SplitBy(split_by.kind, find_column(split_by.column, table))


def groups_of(table: Table, column: str) -> list[str | None]:
    """For each row what it shares with others, capitals and spaces aside; None for nothing."""
    return [group_of(cell) for cell in table.cells(column)]


def group_of(cell: str | None) -> str | None:
    """What the rows of one group have in common, from one of their cells."""
    value = " ".join((cell or "").casefold().split())
    return None if not value or value in _NOBODY else value


def moments_of(table: Table, column: str) -> list[float | None]:
    """For each row when it was, in seconds since 1970; None where that cannot be read.

    Raises:
        WorkbenchError: no cell holds a date.
    """
    found = dates.seconds(table.cells(column), numbers=True)
    if not any(moment is not None for moment in found):
        raise WorkbenchError(
            f"No cell of '{column}' in {table.name} can be read as a date, so the newest rows "
            "cannot be told: choose another column, or let the exam be drawn at random."
        )
    return found


def check_sides(split_by: SplitBy, splits: Sequence[str], fractions: Sequence[float]) -> None:
    """Refuse a column by which the rows cannot be split.

    Raises:
        WorkbenchError: a side has no rows, or too few are left to learn from.
    """
    counts = Counter(splits)
    wanted = dict(zip((TRAIN, VALIDATION, TEST), fractions, strict=True))
    missing = any(share > 0 and not counts[split] for split, share in wanted.items())
    if not missing and counts[TRAIN] >= _LEAST_LEARNED * len(splits):
        return
    what = "has the same date" if split_by.kind == TIME else "hangs together"
    raise WorkbenchError(
        f"The exam cannot be drawn by '{split_by.column}', because too much of the table {what} "
        "there: choose another column, or let it be drawn at random."
    )


def facts(
    split_by: SplitBy,
    splits: Sequence[str],
    *,
    groups: Sequence[str | None] | None = None,
    moments: Sequence[float | None] | None = None,
) -> dict[str, Any]:
    """How the rows were split, for a version's report; `text` goes on after "Drawn …"."""
    if groups is not None:
        return {**split_by.as_dict(), **_of_groups(split_by.column, groups, splits)}
    if moments is not None:
        return {**split_by.as_dict(), **_of_moments(split_by.column, moments, splits)}
    return {**split_by.as_dict(), "text": "at random"}


def _of_groups(column: str, groups: Sequence[str | None], splits: Sequence[str]) -> dict[str, Any]:
    sides: dict[str, set[str]] = defaultdict(set)
    for group, split in zip(groups, splits, strict=True):
        if group is not None:
            sides[group].add(split)
    both = sum(1 for found in sides.values() if len(found) > 1)
    none = sum(1 for group in groups if group is None)
    said = "none" if not both else f"{both:,} of them (by questions that many ask)"
    alone = f"; {plural(none, 'row')} without one" if none else ""
    noun = noun_of(column, dict.fromkeys(sides, 1))
    what = f"{noun} ('{column}'): {plural(len(sides), noun)}" if noun else ""
    what = what or f"'{column}': {plural(len(sides), 'different value')}"
    return {
        "groups": len(sides),
        "exam_groups": sum(1 for found in sides.values() if TEST in found),
        "on_both_sides": both,
        "without": none,
        "text": f"by {what}, {said} on both sides{alone}",
    }


def _of_moments(
    column: str, moments: Sequence[float | None], splits: Sequence[str]
) -> dict[str, Any]:
    spans: dict[str, tuple[float, float]] = {}
    for split in (TRAIN, VALIDATION, TEST):
        known = [m for m, s in zip(moments, splits, strict=True) if s == split and m is not None]
        if known:
            spans[split] = (min(known), max(known))
    none = sum(1 for moment in moments if moment is None)
    parts = []
    if TRAIN in spans:
        parts.append(f"learned from until {dates.day(spans[TRAIN][1])}")
    if TEST in spans:
        parts.append(f"examined from {dates.day(spans[TEST][0])} on")
    if none:
        parts.append(f"{plural(none, 'row')} without a date learned from")
    return {
        "spans": {split: list(span) for split, span in spans.items()},
        "without": none,
        "text": f"by time ('{column}'): {', '.join(parts)}",
    }
