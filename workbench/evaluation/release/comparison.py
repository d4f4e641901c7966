"""Two versions of a project's model against each other, on questions that neither has learned."""

from dataclasses import dataclass, field

import pandas as pd

from storage.database import Store
from workbench.core.metrics import main_score
from workbench.core.tasks import task_named
from workbench.data import versions
from workbench.evaluation import evaluations, slices
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.evaluation.release.groups import GroupDifference, by_group, categories
from workbench.evaluation.release.in_place import with_rung
from workbench.evaluation.release.paired import Difference, difference, paired
from workbench.evaluation.verdict import TURN
from workbench.training import runs
from workbench.training.run_view import RunView

_SAME_TURNS = 0.9
"""The share of the common questions that must have been asked in the same turn."""


@dataclass(frozen=True)
class Comparison:
    """What a new version does better and worse than another."""

    new: RunView
    old: RunView
    questions: str = ""
    """What one row is called in a sentence; empty where nothing could be compared."""
    rows: pd.DataFrame = field(default_factory=pd.DataFrame)
    """As `paired.paired` gives them."""
    difference: Difference | None = None
    groups: tuple[GroupDifference, ...] = ()
    losses: tuple[float, float] | None = None
    """Of documents, which have no scores for rows: how wrong both still are on the same texts."""
    why_not: str = ""
    """Why nothing could be compared; a sentence."""


def compare(
    store: Store, new_id: int, old_id: int, new_rung: str = "", old_rung: str = ""
) -> Comparison:
    """A new version against another, question by question.

    Args:
        new_rung: what answers in the place of the new one's model, if anything does; it can be compared
            on exams alone.

    Raises:
        WorkbenchError: one of the runs is gone, or the answers of an exam are.
    """
    new, old = runs.get_run(store, new_id), runs.get_run(store, old_id)
    if new.task != old.task:
        return Comparison(new, old, why_not=f"'{old.name}' was taught another task.")
    mine, theirs = (evaluations.list_evaluations(store, run.id) for run in (new, old))
    for run, found in ((new, mine), (old, theirs)):
        if not found:
            return Comparison(new, old, why_not=f"'{run.name}' has not taken an exam yet.")
    rungs = (new_rung, old_rung)
    if (compared := _by_exam(store, new, old, mine, theirs, rungs)) is not None:
        return compared
    if not any(rungs) and (compared := _by_file(store, new, old, mine, theirs)) is not None:
        return compared
    return Comparison(new, old, why_not=_nothing_common(new, old))


def _nothing_common(new: RunView, old: RunView) -> str:
    why = "They have no exam question in common"
    if new.was_by_turns != old.was_by_turns:
        turns = new if new.was_by_turns else old
        why = (
            f"'{turns.name}' has learned from every row, so its exam was by turns, the other's not"
        )
    return f"{why}: test both on one file of your own."


def _by_exam(
    store: Store,
    new: RunView,
    old: RunView,
    mine: list[EvaluationInfo],
    theirs: list[EvaluationInfo],
    rungs: tuple[str, str],
) -> Comparison | None:
    exams = [next((e for e in found if e.is_exam), None) for found in (mine, theirs)]
    if exams[0] is None or exams[1] is None:
        return None
    ours, other = (
        with_rung(evaluations.predictions(store, exam.id), rung)
        for exam, rung in zip(exams, rungs, strict=True)
        if exam
    )
    if not {"tuned"} <= set(ours) & set(other) or (TURN in ours) != (TURN in other):
        return None
    rows = paired(new.task, ours, other)
    if TURN in ours:
        rows = _same_turns(rows, other)
    if rows.empty:
        return None
    losses = None
    if task_named(new.task).rows_are_documents and len(rows) == len(ours) == len(other):
        both = [main_score(new.task, exam.scores.get("tuned") or {}) for exam in exams if exam]
        losses = (both[0], both[1]) if both[0] is not None and both[1] is not None else None
    return _compared(store, new, old, exams[0], rows, losses)


def _same_turns(rows: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Those rows that both were asked in the same turn; none if most were not."""
    then = other.groupby("input")[TURN].first()
    same = rows["input"].map(then) == rows[TURN]
    return rows[same] if same.mean() >= _SAME_TURNS else rows[:0]


def _by_file(
    store: Store,
    new: RunView,
    old: RunView,
    mine: list[EvaluationInfo],
    theirs: list[EvaluationInfo],
) -> Comparison | None:
    """On the newest file of the user's that both were scored on, without what either has learned."""
    other = {info.split: info for info in reversed(theirs) if not info.is_exam}
    for info in (info for info in mine if info.split in other):
        ours, then = (evaluations.predictions(store, e.id) for e in (info, other[info.split]))
        if not {"tuned"} <= set(ours) & set(then):
            continue
        rows = paired(new.task, ours, then)
        learned = _learned(store, new) | _learned(store, old)
        rows = rows[~rows["input"].isin(learned)]
        if not rows.empty:
            return _compared(store, new, old, info, rows, None)
    return None


def _learned(store: Store, run: RunView) -> set[str]:
    """The questions that a run has learned from, or was chosen by."""
    task = task_named(run.task)
    table = versions.read_examples(versions.get_version(store, run.version_id))
    return {
        task.question(row)
        for row in table.to_pylist()
        if run.was_by_turns or row["split"] != evaluations.EXAM
    }


def _compared(
    store: Store,
    new: RunView,
    old: RunView,
    info: EvaluationInfo,
    rows: pd.DataFrame,
    losses: tuple[float, float] | None,
) -> Comparison:
    rows = rows.reset_index(drop=True)
    found = difference(new.task, rows)
    parts = categories(new.task, rows)
    if found is not None:
        parts += slices.groups_in(store, info, rows).groups
    groups = tuple(by_group(new.task, rows, parts))
    why = "" if found or losses else "Their exams keep no score for single rows."
    return Comparison(new, old, info.questions, rows, found, groups, losses, why)
