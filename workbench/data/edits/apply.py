"""From a version's examples and an edit to those of the next version, with their report."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from workbench.core.canonical import Unreadable
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import Task, task_named
from workbench.data.edits.edit import Edit, apply_to_table
from workbench.data.examples import left_out, quality
from workbench.data.examples.examples import Examples, question
from workbench.data.examples.plan import Plan
from workbench.data.examples.prepare import Prepared
from workbench.data.examples.unlabelled import texts_in, with_texts
from workbench.data.splits.assign import alike_key, question_key, sizes
from workbench.data.splits.turns import Turns, draw_turns, turns_in, with_turns

REMOVED = "taken out by you"
_CARRIED = ("notes", "remarks", "split", "test_row_offset", "test_name", "test_dropped")


def apply_edit(data: pa.Table, plan: Plan, report: Mapping[str, Any], edit: Edit) -> Prepared:
    """The examples after an edit, as they would be saved.

    Args:
        data: the version's table: row_id, split and the roles of its task.
        report: the version's report; what was left out before stays told.

    Raises:
        WorkbenchError: too little would be left to learn from, or a new text cannot be read.
    """
    task = task_named(plan.task)
    edited = apply_to_table(data, readable(task, edit))
    examples = examples_in(task, edited)
    if not plan.descriptions:  # of described categories none needs an example
        quality.check_usable(task, examples, "What would be left of the dataset")
    splits = edited.column("split").to_pylist()
    fresh = quality.report(task, examples)
    dropped = dict(report.get("dropped") or {})
    if gone := sorted(set(data["row_id"].to_pylist()) - set(examples.row_ids)):
        before = dropped.get(REMOVED) or {"count": 0, "rows": []}
        rows = [*before["rows"], *gone][: left_out.SHOWN_ROWS]
        dropped[REMOVED] = {"count": before["count"] + len(gone), "rows": rows}
    fresh["dropped"] = dropped
    fresh |= {name: report[name] for name in _CARRIED if name in report}
    turns = _turns(examples, plan, turns_in(data.schema))
    fresh |= {"turns": turns.facts()} if turns else {}
    others = _unlabelled(data, edit, examples)
    fresh["unlabelled"] = len(others)
    edited = with_texts(with_turns(edited, turns), others)
    return Prepared(edited, plan, fresh, sizes(splits), left_out.total(dropped))


def _unlabelled(data: pa.Table, edit: Edit, examples: Examples) -> list[str]:
    """The texts without a category that are left. Where texts were changed, perhaps since they should
    not be learned as they were, none of them is."""
    if any(role not in ("label", "split") for _, role in edit.change or {}):
        return []
    known = set(examples.keys)
    return [text for text in texts_in(data.schema) if question_key(text) not in known]


def _turns(examples: Examples, plan: Plan, before: Turns | None) -> Turns | None:
    """The turns of what is left: as before, but for rows that now say the same, or are new."""
    if before is None:
        return None
    questions = examples.raw_questions
    return draw_turns(
        examples.row_ids,
        examples.keys,
        examples.values.get("label"),
        seed=plan.seed,
        alike=list(map(alike_key, questions)) if plan.near_duplicates else None,
        earlier=before,
    )


def readable(task: Task, edit: Edit) -> Edit:
    """The edit with its new texts as an import would keep them.

    Raises:
        WorkbenchError: a text is empty, or no conversation or JSON object where one belongs.
    """
    change = {}
    for (row, role), text in (edit.change or {}).items():
        if not text.strip() and (role == "split" or role in task.required):
            raise WorkbenchError(
                f"Row {row} would be left without a text: write one, or take the whole row out."
            )
        try:
            change[row, role] = task.cleaners[role](text) if role in task.cleaners else text.strip()
        except Unreadable as error:
            if task.answers_are_numbers:
                raise WorkbenchError(
                    f"Row {row} needs a number, and '{text.strip()[:40]}' is none: type one such as "
                    "12.5, or discard the change."
                ) from None
            raise WorkbenchError(
                f"Row {row} could not be read any more ({error}): change only what stands between "
                "the quotation marks there, or discard the change."
            ) from None
    return dataclasses.replace(edit, change=change)


def examples_in(task: Task, data: pa.Table) -> Examples:
    """The examples of a version's table."""
    roles = [name for name in data.column_names if name not in ("row_id", "split")]
    values = {role: data.column(role).to_pylist() for role in roles}
    rows = ({role: texts[i] for role, texts in values.items()} for i in range(len(data)))
    questions = [question(task, row, row) for row in rows]
    keys = [question_key(text) for text in questions]
    return Examples(data.column("row_id").to_pylist(), values, questions, keys)
