"""Columns by which an exam is drawn more honestly than at random, and which of them to choose.

Rows of one customer, one ticket or one thread resemble each other; drawn at random, some of them
are learned and others asked, and the score says more of what the model remembers than of what it
can do. Where such columns, or dates, are found, it is said what they are and why they matter.
"""

import itertools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from workbench.core.tasks import Task
from workbench.data.columns import mapping
from workbench.data.columns.columns import name_score
from workbench.data.readers import dates
from workbench.data.readers.table import Table
from workbench.data.splits.column_nouns import may_be_date, noun_of
from workbench.data.splits.evidence import has_shifted, resemble
from workbench.data.splits.sample import TableSample, sample_of
from workbench.data.splits.split_by import GROUP, RANDOM, TIME, SplitBy, group_of

LEAST_GROUPS = 10
LARGEST_SHARE = 0.3
"""A value with more of the rows than this cannot stand on one side."""
LEAST_REPEATED = 0.3
"""At least this share of the rows must have company in their group."""
LEAST_READABLE = 0.8
LEAST_DAYS = 14
_PROBED = 200
_MOST_COLUMNS = 200
_PURE = 0.9
"""A column whose values have one category each in this share of the rows is the category again."""
_DAY_S = 86_400
_AMOUNT = re.compile(r"[-+]?[\d.,]{1,5}|[-+(]?[$€£]? ?[\d., ]+ ?[%€$£]\)?|[-+(]?[$€£] ?[\d.,]+\)?")
_DEED = {
    "conversation": "A conversation goes on for {mean} rows on average",
    "ticket": "A ticket has {mean} rows on average",
    "order": "An order is written about {mean} times on average",
    "patient": "The same patient comes {mean} times on average",
    "customer": "The same customer has {mean} rows on average",
    "document": "A document gives {mean} rows on average",
    "": "Each value of '{column}' comes in {mean} rows on average",
}


_CHANGED = (
    ", and the newest are of other categories than those before: with a random exam the score "
    "would say how well the model knows the past, not what comes next."
)
_LATER = (
    ": an exam of the newest rows shows how the model does on what comes after the rows that it "
    "learned from, as in later use."
)


@dataclass(frozen=True)
class SplitColumn:
    """A column by which the exam can be drawn."""

    name: str
    kind: str
    """group or time."""
    noun: str
    """What a value stands for: customer, ticket … or nothing, if the name does not say."""
    reason: str
    """Why a random exam would flatter; a sentence."""
    is_clear: bool
    """Whether there is little doubt that it is better than chance."""
    groups: int = 0
    mean_rows: float = 0.0

    @property
    def split_by(self) -> SplitBy:
        """The exam drawn by it."""
        return SplitBy(self.kind, self.name)

    @property
    def title(self) -> str:
        """As a choice: "By customer (kunden_nr)"."""
        what = "time" if self.kind == TIME else self.noun or "what rows share"
        return f"By {what} ({self.name})"


@dataclass(frozen=True)
class SplitAdvice:
    """How to draw the exam."""

    kind: str = RANDOM
    """random, group or time."""
    column: str = ""
    reason: str = "No column says which rows belong together: a random exam is fair."
    is_clear: bool = False
    """Whether it may be chosen without asking."""

    @property
    def split_by(self) -> SplitBy:
        """The exam drawn so."""
        return SplitBy(self.kind, self.column)


def recommend(table: Table | TableSample, roles: Mapping[str, str], task: Task) -> SplitAdvice:
    """The best way to draw the exam from this table.

    Args:
        roles: role → column or template, as far as they are chosen.
    """
    found = split_columns(table, roles, task)
    best = next((column for column in found if column.is_clear), found[0] if found else None)
    if best is None or not (best.noun or best.kind == TIME):
        return SplitAdvice()
    return SplitAdvice(best.kind, best.name, best.reason, best.is_clear)


def split_columns(
    table: Table | TableSample, roles: Mapping[str, str], task: Task
) -> list[SplitColumn]:
    """The columns by which the exam can be drawn, the most advisable first."""
    look = _Look(table if isinstance(table, TableSample) else sample_of(table), roles, task)
    free = [name for name in table.columns if name not in look.taken]
    named = [look.column(name) for name in free[:_MOST_COLUMNS]]
    found = [column for column in named if column is not None]
    return sorted(found, key=_order)


def belongs_together(rows: pa.Table, name: str) -> bool:
    """Whether the values of a column stand for customers, tickets and the like."""
    values = {group_of(cell) or "": 1 for cell in _cells(rows.slice(0, _PROBED), name)}
    return bool(noun_of(name, values))


def _order(column: SplitColumn) -> tuple[bool, int, int]:
    """Groups that are clear, then times, then other groups; the coarser first."""
    place = 0 if column.kind == GROUP and column.noun else 1 if column.kind == TIME else 2
    return not column.is_clear, place, column.groups


def _is_part(column: str, of: str) -> bool:
    """Whether a column is this one, or a field of it: `fields.total` of `fields`."""
    return column == of or column.startswith(f"{of}.")


class _Look:
    """The rows that are looked at: for dates those from all over; for groups the first ones, or in a
    larger table all rows of some values, which may stand far from each other."""

    def __init__(self, rows: TableSample, roles: Mapping[str, str], task: Task) -> None:
        self._rows = rows
        self.taken = {source for source in roles.values() if source in rows.columns}
        answer = roles.get(task.learned, "")
        for name in mapping.columns_in(answer, rows.columns) if answer else ():
            self.taken |= {other for other in rows.columns if _is_part(other, name)}
        self._question = roles.get(task.required[0], "")
        label = answer if task.answers_are_categories else ""
        self._label = label if label in rows.columns else ""

    def _texts(self, rows: pa.Table) -> list[str]:
        known = mapping.columns_in(self._question, rows.column_names) if self._question else []
        if not known or any(name not in rows.column_names for name in known):
            return []
        cells = [_cells(rows, name) for name in known]
        return [" ".join(cell or "" for cell in row) for row in zip(*cells, strict=True)]

    def column(self, name: str) -> SplitColumn | None:
        """The column, if the exam can be drawn by it."""
        if time := self._time(name):
            return time
        rows = self._rows.first
        if pc.count_distinct(rows.column(name)).as_py() < LEAST_GROUPS:
            return None
        if self._rows.together and belongs_together(rows, name):
            rows = self._rows.together(name)
        return self._group(name, rows)

    def _time(self, name: str) -> SplitColumn | None:
        cells = _cells(self._rows.spread, name)
        probe = [cell for cell in cells[:: len(cells) // _PROBED + 1] if cell]
        numbers = may_be_date(name)
        if len(probe) < LEAST_GROUPS or _readable(probe, numbers) < LEAST_READABLE:
            return None
        moments = dates.seconds(cells, numbers=numbers)
        known = sorted(moment for moment in moments if moment is not None)
        days = len({moment // _DAY_S for moment in known})
        if len(known) < LEAST_READABLE * len(moments) or days < LEAST_GROUPS:
            return None
        if known[-1] - known[0] < LEAST_DAYS * _DAY_S:
            return None
        reason = f"The rows go from {dates.day(known[0])} to {dates.day(known[-1])}"
        changed = bool(self._label) and has_shifted(_cells(self._rows.spread, self._label), moments)
        return SplitColumn(name, TIME, "", reason + (_CHANGED if changed else _LATER), changed)

    def _group(self, name: str, looked_at: pa.Table) -> SplitColumn | None:
        values = [group_of(cell) for cell in _cells(looked_at, name)]
        sizes = Counter(value for value in values if value is not None)
        rows = sum(sizes.values())
        if len(sizes) < LEAST_GROUPS or rows < len(values) / 2:
            return None
        repeated = sum(size for size in sizes.values() if size > 1) / rows
        if repeated < LEAST_REPEATED or max(sizes.values()) > LARGEST_SHARE * len(values):
            return None
        noun = noun_of(name, sizes)
        labels = _cells(looked_at, self._label) if self._label else []
        if not noun and (_is_prose(sizes) or _is_number(sizes) or _is_label(name, values, labels)):
            return None
        mean, texts = rows / len(sizes), self._texts(looked_at)
        alike = bool(texts) and resemble(values, texts)
        deed = _DEED[noun].format(mean=f"{mean:.1f}", column=name)
        known = (
            "what the model has seen nearly word for word"
            if alike
            else f"about {noun}s that the model knows already"
            if noun
            else "about what the model knows already"
        )
        reason = f"{deed}: with a random split the exam would ask {known}."
        sure = noun in ("conversation", "ticket", "order", "document", "patient")
        clear = bool(noun) and (alike or (sure and repeated > 0.5) or mean >= 3)
        return SplitColumn(name, GROUP, noun, reason, clear, len(sizes), mean)


def _cells(rows: pa.Table, name: str) -> list[str | None]:
    cells: list[str | None] = rows.column(name).to_pylist()
    return cells


def _is_label(name: str, values: Sequence[str | None], labels: Sequence[str | None]) -> bool:
    """Whether a column sorts the rows as the category does, or is named like one."""
    if not labels or name_score(name, "label"):
        return bool(labels)
    pairs = zip(values, labels, strict=True)
    counts = Counter((value, label) for value, label in pairs if value is not None)
    most: Counter[str] = Counter()
    for (value, _), count in counts.items():
        most[value or ""] = max(most[value or ""], count)
    return sum(most.values()) > _PURE * counts.total()


def _is_prose(values: Mapping[str, int]) -> bool:
    """Whether the values are texts rather than names or numbers of things."""
    some = list(itertools.islice(values, 200))
    return sum(map(len, some)) > 40 * len(some)


def _is_number(values: Mapping[str, int]) -> bool:
    """Whether the values are amounts or marks rather than names."""
    some = list(itertools.islice(values, 200))
    return all(_AMOUNT.fullmatch(value) for value in some)


def _readable(cells: Sequence[str], numbers: bool) -> float:
    found = dates.seconds(cells, numbers=numbers)
    return sum(1 for moment in found if moment is not None) / len(cells)
