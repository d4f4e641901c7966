"""From a source and a plan to the examples of a version, each with its split."""

import dataclasses
import functools
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pyarrow as pa

from workbench.core import feedback
from workbench.core.chats.finished import is_finished
from workbench.core.errors import WorkbenchError
from workbench.core.progress import Progress, silent, within
from workbench.core.tasks import Task, task_named
from workbench.core.tasks.category_sets import categories_in
from workbench.core.words import percent, plural
from workbench.data.columns.mapping import check_roles, find_given_away, without_absent
from workbench.data.examples import left_out, quality
from workbench.data.examples.example_table import canonical, parquet_of
from workbench.data.examples.examples import LEAKED, Examples, examples_of
from workbench.data.examples.plan import Plan
from workbench.data.examples.unlabelled import draw_texts, with_texts
from workbench.data.examples.unused import unused
from workbench.data.readers.table import Table
from workbench.data.splits import split_by
from workbench.data.splits.assign import (
    TEST,
    alike_key,
    assign,
    check_fractions,
    sizes,
)
from workbench.data.splits.quantiles import strata_of
from workbench.data.splits.split_by import GROUP, TIME
from workbench.data.splits.turns import MOST_BY_TURNS, Turns, draw_turns, with_turns

_LOOKED_AT = 2_000
_TELLING = 0.05
"""From this share of finished prompts on it is told that texts are such."""
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Prepared:
    """The examples of a version before it is saved."""

    data: pa.Table
    """Columns row_id, split and the roles of the task."""
    plan: Plan
    report: dict[str, Any]
    splits: dict[str, int]
    dropped: int
    total: int = 0
    """How many there are, where `data` holds only some of them; 0 if it holds all."""
    file: Path | None = None
    """Where all of them lie, if `data` does not hold them."""

    def __len__(self) -> int:
        return self.total or int(self.data.num_rows)

    def parquet(self) -> io.BytesIO:
        """The same bytes for the same examples."""
        return parquet_of(self.data)


def prepare(
    plan: Plan,
    table: Table,
    test_table: Table | None = None,
    *,
    earlier: Mapping[str, str] | None = None,
    progress: Progress = silent,
) -> Prepared:
    """Map, clean and split a table.

    Args:
        test_table: the user's own exam, in place of the test split; its rows are numbered on
            after the table's last row and stay whole, while the same texts leave the training.
        earlier: question key → split in earlier versions of the dataset.
        progress: told the share that is done, 0 to 1.

    Raises:
        WorkbenchError: a column is missing, or there is too little to learn from.
    """
    task = task_named(plan.task)
    check_fractions(plan.fractions, test_file=test_table is not None)
    roles = check_roles(task, plan.roles, table)
    plan = dataclasses.replace(
        plan,
        roles=roles,
        system=plan.system.strip(),
        read=table.options,
        split_by=split_by.check_column(plan.split_by, table),
    )
    examples = examples_of(
        table, task, roles, reasoning=plan.reasoning, progress=within(progress, 0.0, 0.4)
    )
    facts: dict[str, Any] = {}
    turns = None
    split = functools.partial(_split, plan, table, progress=within(progress, 0.4, 0.85))
    if test_table is None:
        quality.check_usable(task, examples, table.name)
        splits, facts["split"] = split(examples, plan.fractions, earlier)
        turns = _turns(plan, table, examples)
    else:
        plan = dataclasses.replace(plan, test_read=test_table.options)
        exam = _exam(task, plan, test_table)
        examples = _drop_leaks(examples, exam)
        quality.check_usable(task, examples, table.name)
        shares = (1 - plan.fractions[1], plan.fractions[1], 0.0)
        splits, facts["split"] = split(examples, shares, None)
        offset = max(table.row_numbers.to_pylist())
        splits += [TEST] * len(exam)
        examples = _join(examples, exam, offset)
        facts |= {"test_row_offset": offset, "test_name": test_table.name}
        facts["test_dropped"] = {reason: len(rows) for reason, rows in exam.dropped.items()}
    progress(0.85)
    facts |= {"turns": turns.facts()} if turns else {}
    report = {**quality.report(task, examples), **facts}
    progress(0.95)
    report["remarks"] = [
        *examples.notes,
        *examples.account.sentences(),
        *_reasoning(plan, examples.account.reasoning),
        *_prompts_as_texts(task, examples),
    ]
    report["reasoning"] = examples.account.reasoning
    report["notes"] = [*table.notes, *report["remarks"], *_bad_answers(examples, roles)]
    report["unused"] = unused(table, roles, {plan.split_by.column}, examples.account.unused)
    report["rows_read"] = table.put_together or table.rows + sum(map(len, table.left_out.values()))
    if table.put_together:
        report["put_together"] = table.rows
    if copied := find_given_away(task, roles, table.columns):
        report["given_away"] = copied
    dropped = sum(map(len, examples.dropped.values()))
    others = draw_texts(table, task, roles, examples.keys, plan.seed)
    report["unlabelled"] = len(others)
    data = with_texts(with_turns(canonical(examples, splits), turns), others)
    return Prepared(data, plan, report, sizes(splits), dropped)


def _bad_answers(examples: Examples, roles: Mapping[str, str]) -> list[str]:
    """That answers are left out because their feedback is bad."""
    if not (bad := examples.dropped.get(feedback.BAD)):
        return []
    verb = "answer is" if len(bad) == 1 else "answers are"
    return [
        f"{len(bad):,} {verb} marked as bad by '{roles[feedback.ROLE]}': left out, and never taught."
    ]


def _prompts_as_texts(task: Task, examples: Examples) -> list[str]:
    """That some documents are finished prompts, of which all is learned."""
    if not task.rows_are_documents:
        return []
    texts = examples.values[task.learned]
    some = texts[:: len(texts) // _LOOKED_AT + 1]
    share = sum(1 for text in some if text and is_finished(text)) / max(1, len(some))
    if share < _TELLING:
        return []
    return [
        f"About {percent(share)} of the texts are finished prompts, questions and answers with the "
        "marks of a model: here they are learned as running text, questions and marks too. To learn "
        "the answers alone, choose 'Hold a conversation'; the other rows are left out then."
    ]


def _reasoning(plan: Plan, rows: int) -> list[str]:
    """What becomes of the reasoning before answers."""
    if not rows:
        return []
    has = "has" if rows == 1 else "have"
    kept = "learned as <think> text before the answers" if plan.reasoning else "not learned"
    return [f"{plural(rows, 'row')} {has} reasoning beside the answer: it is {kept}."]


def _split(
    plan: Plan,
    table: Table,
    examples: Examples,
    fractions: Sequence[float],
    earlier: Mapping[str, str] | None,
    progress: Progress,
) -> tuple[list[str], dict[str, Any]]:
    """The split of every example, and how they were split."""
    by = plan.split_by
    categories, groups, moments, alike = _together(plan, table, examples)
    sets = None
    if task_named(plan.task).answers_are_sets:
        sets = [categories_in(label or "") for label in examples.values["label"]]
    progress(0.3)
    splits = assign(
        examples.keys,
        categories,
        fractions=fractions,
        seed=plan.seed,
        earlier=earlier,
        groups=groups,
        moments=moments,
        alike=alike,
        sets=sets,
        progress=within(progress, 0.3, 1.0),
    )
    if by:
        split_by.check_sides(by, splits, fractions)
    return splits, split_by.facts(by, splits, groups=groups, moments=moments)


def _turns(plan: Plan, table: Table, examples: Examples) -> Turns | None:
    """When each example is asked in an exam by turns."""
    task = task_named(plan.task)
    if len(examples) >= MOST_BY_TURNS or task.answers_are_sets or task.answers_are_numbers:
        return None
    categories, groups, moments, alike = _together(plan, table, examples)
    return draw_turns(
        examples.row_ids,
        examples.keys,
        categories,
        seed=plan.seed,
        groups=groups,
        moments=moments,
        alike=alike,
    )


class _Together(NamedTuple):
    """For each example what sides and turns are drawn by; None where it does not count."""

    categories: list[str | None] | None
    groups: list[str | None] | None
    moments: list[float | None] | None
    alike: list[bytes | None] | None


def _together(plan: Plan, table: Table, examples: Examples) -> _Together:
    by, task = plan.split_by, task_named(plan.task)
    groups = split_by.groups_of(table, by.column) if by.kind == GROUP else None
    moments = split_by.moments_of(table, by.column) if by.kind == TIME else None
    return _Together(
        _strata(task, examples),
        None if groups is None else _at(examples, table, groups),
        None if moments is None else _at(examples, table, moments),
        _alike(plan, task, examples),
    )


def _alike(plan: Plan, task: Task, examples: Examples) -> list[bytes | None] | None:
    """What near-duplicates have in common; where numbers are estimated, texts that differ in their
    digits say something else."""
    if not plan.near_duplicates or task.answers_are_numbers:
        return None
    return list(map(alike_key, examples.raw_questions))


def _strata(task: Task, examples: Examples) -> list[str | None] | None:
    """What is shared out alike: categories, or numbers by their size."""
    if task.answers_are_numbers:
        return strata_of(examples.values[task.learned])
    return examples.values["label"] if task.answers_are_categories else None


def _at(examples: Examples, table: Table, values: Sequence[_Value]) -> list[_Value]:
    """The values of the rows that are examples."""
    by_number = dict(zip(table.row_numbers.to_pylist(), values, strict=True))
    return [by_number[number] for number in examples.row_ids]


def _exam(task: Task, plan: Plan, table: Table) -> Examples:
    roles = check_roles(task, without_absent(plan.roles, table), table)
    exam = examples_of(table, task, roles, duplicates=True, reasoning=plan.reasoning)
    if not len(exam):
        raise WorkbenchError(
            f"{table.name} has no row that can be examined "
            f"({left_out.sentence(left_out.left_out(exam.dropped)) or 'it is empty'}): "
            "fill its cells, or choose another file."
        )
    return exam


def _drop_leaks(examples: Examples, exam: Examples) -> Examples:
    asked = set(exam.raw_questions)
    leaks = {i for i, text in enumerate(examples.raw_questions) if text in asked}
    return examples.without(leaks, LEAKED)


def _join(examples: Examples, exam: Examples, offset: int) -> Examples:
    dropped = dict(examples.dropped)
    for reason, rows in exam.dropped.items():
        dropped[f"{reason}, in the exam file"] = rows
    return Examples(
        examples.row_ids + [row + offset for row in exam.row_ids],
        {role: [*texts, *exam.values[role]] for role, texts in examples.values.items()},
        examples.raw_questions + exam.raw_questions,
        examples.keys + exam.keys,
        dropped,
        examples.account,
        examples.notes,
    )
