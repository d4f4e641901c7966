"""An exam that flatters less than chance, where the table's columns tell how to draw it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.core.errors import WorkbenchError
from workbench.core.progress import Progress
from workbench.core.words import percent, plural
from workbench.data.checkup.finding import Finding, FlaggedRow
from workbench.data.checkup.rows import Rows
from workbench.data.examples.plan import Plan
from workbench.data.examples.source_table import SourceTable
from workbench.data.readers import dates
from workbench.data.splits import split_by
from workbench.data.splits.assign import alike_key, assign, question_key
from workbench.data.splits.quantiles import strata_of
from workbench.data.splits.split_by import TIME, SplitBy
from workbench.data.splits.suggest import recommend
from workbench.data.splits.turns import Turns, draw_turns

_CHUNK = 50_000
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class FairSplit:
    """A way of drawing the exam that flatters less than chance."""

    by: SplitBy
    reason: str
    sides: list[str]
    """For each row train, validation or test, as it would be."""
    related: float
    """The share of exam questions, as they are now, with a relative that is learned from, 0 to 1;
    for a split by time those that are older than what is learned from."""
    report: dict[str, Any]
    """What the version's report would say of it."""
    groups: list[str | None] = field(repr=False)
    """For each row what it shares with others; nothing for a split by time."""
    turns: Turns | None = None
    """The turns of an exam by turns, as they would be."""

    def sample(self, most: int, seed: int) -> list[int]:
        """At most so many rows, by index: of groups all rows or none, since half a customer has no
        relatives any more."""
        if len(self.sides) <= most:
            return list(range(len(self.sides)))
        numbers = _numbers(self.groups)
        sizes = np.bincount(numbers)
        order = np.random.default_rng(seed).permutation(len(sizes))
        kept = order[np.cumsum(sizes[order]) <= most]
        chosen: list[int] = np.flatnonzero(np.isin(numbers, kept)).tolist()
        return chosen


def _numbers(groups: Sequence[str | None]) -> Ints:
    """A number for each group; rows without one are on their own."""
    known: dict[str, int] = {}
    found = [
        -row - 1 if group is None else known.setdefault(group, len(known))
        for row, group in enumerate(groups)
    ]
    numbers: Ints = np.unique(found, return_inverse=True)[1]
    return numbers


def fair_split(
    rows: Rows, source_table: SourceTable, plan: Plan, progress: Progress
) -> FairSplit | None:
    """The fairer exam; None if chance is fair, or the exam is drawn so or given already."""
    if plan.split_by or plan.test is not None:
        return None
    advice = recommend(source_table.sample(), plan.roles, rows.task)
    if not advice.is_clear:
        return None
    by = advice.split_by
    cells = _cells(rows, source_table, by.column, lambda share: progress(0.3 * share))
    groups = None if by.kind == TIME else _groups(cells)
    moments = dates.seconds(cells, numbers=True) if by.kind == TIME else None
    del cells
    questions = rows.questions()
    keys = _keys(questions, lambda share: progress(0.3 + 0.3 * share))
    categories: list[str | None] | None = None
    if rows.task.answers_are_numbers:
        categories = strata_of([*rows.answers()])
    elif rows.task.answers_are_categories:
        categories = [*rows.answers()]
    by_letters = plan.near_duplicates and not rows.task.answers_are_numbers
    together: dict[str, Any] = {
        "seed": plan.seed,
        "groups": groups,
        "moments": moments,
        "alike": [alike_key(text) for text in questions] if by_letters else None,
    }
    sides = assign(keys, categories, fractions=plan.fractions, **together)
    turns = draw_turns(rows.row_ids, keys, categories, **together)
    try:
        split_by.check_sides(by, sides, plan.fractions)
    except WorkbenchError:
        return None  # it hangs together too much to be split so
    report = split_by.facts(by, sides, groups=groups, moments=moments)
    related = (
        _share_older(rows, moments) if moments is not None else _share_related(rows, groups or ())
    )
    alone: list[str | None] = [None] * len(rows)
    return FairSplit(by, advice.reason, sides, related, report, groups or alone, turns)


def _groups(cells: Sequence[str | None]) -> list[str | None]:
    """What each row shares with others; a text that comes again is kept once."""
    known = {cell: split_by.group_of(cell) for cell in set(cells)}
    return [known[cell] for cell in cells]


def _keys(questions: Sequence[str], progress: Progress) -> list[str]:
    keys: list[str] = []
    for start in range(0, len(questions), _CHUNK):
        progress(start / len(questions))
        keys += map(question_key, questions[start : start + _CHUNK])
    return keys


def _cells(
    rows: Rows, source_table: SourceTable, column: str, progress: Progress
) -> list[str | None]:
    """The cell of every row in a column of the table; rows are looked up by their number."""
    order = np.argsort(rows.row_ids)
    ids = np.asarray(rows.row_ids)[order]
    found: list[str | None] = [None] * len(rows)
    same: dict[str, str] = {}
    seen = 0
    for part in source_table.parts([column]):
        numbers = part.row_numbers.to_numpy()
        places = np.minimum(np.searchsorted(ids, numbers), len(ids) - 1)
        there = ids[places] == numbers
        cells = part.data.column(column).filter(there).to_pylist()
        for place, cell in zip(order[places[there]].tolist(), cells, strict=True):
            found[place] = same.setdefault(cell, cell) if cell else cell
        seen += len(part)
        progress(seen / max(1, source_table.rows))
    return found


def _share_related(rows: Rows, groups: Sequence[str | None]) -> float:
    known = {groups[i] for i in range(len(rows)) if rows.is_learned(i)} - {None}
    exam = [i for i in range(len(rows)) if rows.is_exam(i)]
    return sum(groups[i] in known for i in exam) / max(1, len(exam))


def _share_older(rows: Rows, moments: Sequence[float | None]) -> float:
    times = [
        moment for i, moment in enumerate(moments) if rows.is_learned(i) and moment is not None
    ]
    exam = [moment for i, moment in enumerate(moments) if rows.is_exam(i)]
    last = max(times, default=0.0)
    return sum(moment is not None and moment < last for moment in exam) / max(1, len(exam))


def finding(rows: Rows, fair: FairSplit, gap: tuple[float, float] | None, measured: int) -> Finding:
    """That the exam flatters, with the fairer one as its fix.

    Args:
        gap: accuracy of a quick probe on the exam as it is and on the fairer one, 0 to 1.
        measured: how many rows the probe was given.
    """
    flagged_rows = [
        FlaggedRow(row, role="split", after=side)
        for row, split, side in zip(rows.row_ids, rows.splits, fair.sides, strict=True)
        if side != split
    ]
    what = "come from before what is learned from" if fair.by.kind == TIME else "have a relative"
    behind = "" if fair.by.kind == TIME else " among the rows that are learned from"
    seen = f"{percent(fair.related)} of the exam questions {what}{behind}."
    return Finding(
        "split",
        f"The exam is easier than life: draw it by '{fair.by.column}'",
        f"{fair.reason} {seen}{_describe_gap(rows, fair, gap, measured)}",
        "The score would promise more than the model can do with what is really new.",
        min(0.6, max(0.16 * min(1.0, 2 * fair.related), 2 * _flattery(gap))),
        flagged_rows,
        change=f"Draw the exam by '{fair.by.column}'",
    )


def _flattery(gap: tuple[float, float] | None) -> float:
    return max(0.0, gap[0] - gap[1]) if gap else 0.0


def _describe_gap(
    rows: Rows, fair: FairSplit, gap: tuple[float, float] | None, measured: int
) -> str:
    if gap is None:
        return ""
    drawn = "" if measured == len(rows) else f" (measured on {plural(measured, 'row')} drawn)"
    return (
        f" A quick model answers {percent(gap[0])} of the exam as it is now, but "
        f"{percent(gap[1])} of one drawn by '{fair.by.column}'{drawn}."
    )


def facts(fair: FairSplit) -> dict[str, Any]:
    """What a checkup keeps of it, so that its fix can say how the exam was drawn."""
    told = {"by": fair.by.as_dict(), "report": fair.report}
    return {**told, "turns": fair.turns.as_dict() if fair.turns else None}
