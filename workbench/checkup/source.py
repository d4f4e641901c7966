"""The table that a version came from: rows without a category, and how to draw a fair exam."""

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench import mapping
from workbench.checkup.finding import Finding, Mark
from workbench.checkup.rows import Progress, Rows
from workbench.errors import WorkbenchError
from workbench.preparing import Plan, plan_from, prepare
from workbench.readers import Table, read_table
from workbench.readers.table import options_from
from workbench.split_by import TIME, SplitBy, groups_of, moments_of
from workbench.split_columns import SplitAdvice, recommend
from workbench.tasks import Task
from workbench.words import percent

MOST_UNLABELLED = 5000


@dataclass(frozen=True)
class Unlabelled:
    """Rows of the table that have a text but no category."""

    row_ids: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.row_ids)


@dataclass(frozen=True)
class FairSplit:
    """A way of drawing the exam that flatters less than chance."""

    by: SplitBy
    reason: str
    sides: dict[int, str]
    """Row id → train, validation or test, as it would be."""
    related: float
    """The share of exam questions, as they are now, with a relative that is learned from, 0 to 1;
    for a split by time those that are older than what is learned from."""
    report: dict[str, Any]
    """What the version's report would say of it."""


@dataclass(frozen=True)
class Look:
    """What the table shows."""

    unlabelled: Unlabelled = field(default_factory=Unlabelled)
    split: FairSplit | None = None
    """None if chance is fair, or the exam is drawn so already."""


def look(rows: Rows, spec: Mapping[str, Any], progress: Progress) -> Look:
    """Look at the table that `spec` names, if it names one."""
    about = spec.get("table")
    if not about or not Path(about["path"]).is_file():
        return Look()
    table = read_table(Path(about["path"]), about["name"], options_from(about["options"]))
    progress(0.5)
    unlabelled = unlabelled_in(table, rows.task, spec["mapping"]["roles"], set(rows.row_ids))
    progress(0.6)
    plan = plan_from(rows.task.name, spec["mapping"], rows.seed)
    return Look(unlabelled, _fair_split(rows, table, plan))


def _fair_split(rows: Rows, table: Table, plan: Plan) -> FairSplit | None:
    if plan.split_by or plan.test is not None:
        return None
    advice = recommend(table, plan.roles, rows.task)
    if not advice.is_clear:
        return None
    try:
        prepared = prepare(dataclasses.replace(plan, split_by=advice.split_by), table)
    except WorkbenchError:
        return None  # it hangs together too much to be split so
    data = prepared.data
    sides = dict(zip(data["row_id"].to_pylist(), data["split"].to_pylist(), strict=True))
    related = _related(rows, table, advice)
    return FairSplit(advice.split_by, advice.reason, sides, related, prepared.report["split"])


def _related(rows: Rows, table: Table, advice: SplitAdvice) -> float:
    numbers = table.row_numbers.to_pylist()
    exam = [number for i, number in enumerate(rows.row_ids) if rows.is_exam(i)]
    learned = [number for i, number in enumerate(rows.row_ids) if rows.is_learned(i)]
    if advice.kind == TIME:
        moments = dict(zip(numbers, moments_of(table, advice.column), strict=True))
        times = [found for n in learned if (found := moments.get(n)) is not None]
        older = [
            n
            for n in exam
            if (found := moments.get(n)) is not None and found < max(times, default=0.0)
        ]
        return len(older) / max(1, len(exam))
    groups = dict(zip(numbers, groups_of(table, advice.column), strict=True))
    known = {groups.get(number) for number in learned} - {None}
    return sum(groups.get(number) in known for number in exam) / max(1, len(exam))


def split_finding(rows: Rows, fair: FairSplit, gap: tuple[float, float] | None) -> Finding:
    """That the exam flatters, with the fairer one as its fix.

    Args:
        gap: accuracy of a quick probe on the exam as it is and on the fairer one, 0 to 1.
    """
    marks = [
        Mark(row, role="split", after=fair.sides[row])
        for row, split in zip(rows.row_ids, rows.splits, strict=True)
        if row in fair.sides and fair.sides[row] != split
    ]
    what = "come from before what is learned from" if fair.by.kind == TIME else "have a relative"
    behind = "" if fair.by.kind == TIME else " among the rows that are learned from"
    seen = f"{percent(fair.related)} of the exam questions {what}{behind}."
    measured = ""
    if gap is not None:
        measured = (
            f" A quick model answers {percent(gap[0])} of the exam as it is now, but "
            f"{percent(gap[1])} of one drawn by '{fair.by.column}'."
        )
    flattery = max(0.0, gap[0] - gap[1]) if gap else 0.0
    return Finding(
        "split",
        f"The exam is easier than life: draw it by '{fair.by.column}'",
        f"{fair.reason} {seen}{measured}",
        "The score would promise more than the model can do with what is really new.",
        min(0.6, max(0.16 * min(1.0, 2 * fair.related), 2 * flattery)),
        marks,
        change=f"Draw the exam by '{fair.by.column}'",
    )


def unlabelled_in(
    table: Table, task: Task, roles: Mapping[str, str], known: Collection[int]
) -> Unlabelled:
    """The first rows of a table that have a text but no category; `known` rows do not count."""
    if task.name != "classification":
        return Unlabelled()
    texts, labels = mapping.texts(table, roles["text"]), mapping.texts(table, roles["label"])
    numbers = table.row_numbers.to_pylist()
    found = [
        (number, text.strip())
        for number, text, label in zip(numbers, texts, labels, strict=True)
        if (text or "").strip() and not (label or "").strip() and number not in known
        for text in [text or ""]
    ][:MOST_UNLABELLED]
    return Unlabelled([number for number, _ in found], [text for _, text in found])
