"""From the user's table to examples: the roles of a task, row by row, unusable rows left out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.core.canonical import Unreadable, question_of
from workbench.core.chats.seen import Account, Seen
from workbench.core.progress import Progress, silent
from workbench.core.tasks import Task
from workbench.core.tasks.task import Cleaner, Joiner, Teller
from workbench.data.columns import mapping
from workbench.data.examples import judged_answers
from workbench.data.examples.end_marks import without_end_marks
from workbench.data.readers.table import Table
from workbench.data.splits.assign import question_key

DUPLICATE = "exact duplicate"
LEAKED = "also in the exam file"
_TOLD_ROWS = 20_000
_Values = Mapping[str, str | None]


@dataclass
class Examples:
    """The usable rows, in the table's order, and which others were left out."""

    row_ids: list[int]
    values: dict[str, list[str | None]]
    """Role → text of every example, outer spaces removed."""
    raw_questions: list[str]
    """What comes in, exactly as in the table."""
    keys: list[str]
    """For each example the `question_key` of what comes in."""
    dropped: dict[str, list[int]] = field(default_factory=dict)
    """Reason → row numbers."""
    account: Account = field(default_factory=Account)
    """What is to be told of how conversations were read."""
    notes: list[str] = field(default_factory=list)
    """What else is to be told of the reading."""

    def __len__(self) -> int:
        return len(self.row_ids)

    def row(self, index: int) -> dict[str, str | None]:
        """One example, role by role."""
        return {role: texts[index] for role, texts in self.values.items()}

    def without(self, indexes: set[int], reason: str) -> "Examples":
        """These examples less some of them, whose row numbers are kept under `reason`."""
        keep = [i for i in range(len(self)) if i not in indexes]
        gone = [self.row_ids[i] for i in sorted(indexes)]
        dropped = dict(self.dropped)
        if gone:
            dropped[reason] = sorted(dropped.get(reason, []) + gone)
        return Examples(
            [self.row_ids[i] for i in keep],
            {role: [texts[i] for i in keep] for role, texts in self.values.items()},
            [self.raw_questions[i] for i in keep],
            [self.keys[i] for i in keep],
            dropped,
            self.account,
            self.notes,
        )


def examples_of(
    table: Table,
    task: Task,
    roles: Mapping[str, str],
    *,
    answers: bool = True,
    duplicates: bool = False,
    reasoning: bool = False,
    progress: Progress = silent,
) -> Examples:
    """The usable rows of a table.

    Args:
        roles: role → column or template, as `mapping.check_roles` gives them.
        answers: whether the answers are needed; without, questions alone are read.
        duplicates: whether a row that says the same as an earlier one is kept.
        reasoning: whether the reasoning before answers is kept.
        progress: told the share that is done, 0 to 1.
    """
    roles = dict(roles) if answers else task.question_roles(roles)
    raw = {role: mapping.texts(table, source) for role, source in roles.items()}
    apart: dict[int, str] = {}
    if answers and judged_answers.are_such(task, roles):
        raw, apart = judged_answers.paired(raw)
    raw, marks = without_end_marks(task, raw)
    named = {role: mapping.title(source, table.columns) for role, source in roles.items()}
    cleaners = dict(task.cleaners if answers else task.question_cleaners)
    told: list[str] = []
    for role, read in task.column_readers.items() if answers else ():
        cleaners[role], told = read(raw[role])
    required = [role for role in task.required if role in roles]
    result = Examples([], {role: [] for role in task.kept_roles(roles)}, [], [])
    result.notes += [*marks, *told]
    result.dropped |= {reason: list(rows) for reason, rows in table.left_out.items()}
    seen: set[tuple[str | None, ...]] = set()
    for index, number in enumerate(table.row_numbers.to_pylist()):
        if index % _TOLD_ROWS == 0:
            progress(index / len(table))
        cells, heard = {role: raw[role][index] for role in roles}, Seen(reasoning)
        if answers:
            cleaners |= {role: _telling(tell, heard) for role, tell in task.tellers.items()}
        joiner = _joining(task.joiner, heard) if task.joiner and answers else None
        reason, values = _clean(cells, required, named, cleaners, joiner)
        reason = apart.get(index) or reason
        key = tuple(cells.values())
        if not reason and not duplicates and key in seen:
            reason = DUPLICATE
        if reason:
            result.dropped.setdefault(reason, []).append(number)
            continue
        seen.add(key)
        result.account.add(heard)
        result.row_ids.append(number)
        result.raw_questions.append(question(task, cells, values))
        for role, texts in result.values.items():
            texts.append(values[role])
    result.keys = [question_key(text) for text in result.raw_questions]
    return result


def _joining(join: Joiner, heard: Seen) -> Callable[[_Values], Mapping[str, str]]:
    return lambda cells: join(cells, heard)


def _telling(tell: Teller, heard: Seen) -> Cleaner:
    return lambda cell: tell(cell, heard)


def question(task: Task, cells: Mapping[str, str | None], values: Mapping[str, Any]) -> str:
    """What comes in, from cells or canonical values; of a conversation the user's side."""
    role = task.question_role
    if task.rows_are_conversations:
        return question_of(values[role])
    return task.question(values) if task.opening else cells[role] or ""


def _clean(
    cells: Mapping[str, str | None],
    required: list[str],
    named: Mapping[str, str],
    cleaners: Mapping[str, Cleaner],
    join: Callable[[_Values], Mapping[str, str]] | None,
) -> tuple[str, dict[str, str | None]]:
    """Why the row cannot be used (or nothing), and its values."""
    values = {role: (cell or "").strip() or None for role, cell in cells.items()}
    for role in required:
        if values[role] is None:
            return f"empty {named[role]}", values
    try:
        for role, cleaner in cleaners.items():
            if role in required or values.get(role):
                values[role] = cleaner(values[role] or "")
        values |= join(values) if join else {}
    except Unreadable as error:
        return str(error), values
    return "", values
