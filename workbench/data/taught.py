"""Examples that people give in use: texts they sorted, answers they corrected or praised."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from storage.database import Store
from workbench.core.canonical import Unreadable
from workbench.core.tasks import Task, task_named
from workbench.core.tasks.category_sets import categories_in
from workbench.core.words import plural
from workbench.data import changes, versions
from workbench.data.edits.apply import examples_in
from workbench.data.edits.edit import TAUGHT_FROM, Edit
from workbench.data.splits.assign import TRAIN, assign
from workbench.data.versions import VersionInfo
from workbench.jobs.job import JobView

Given = Mapping[str, str]
"""Role → text, for all roles that the task requires."""


def can_be_taught(task: Task) -> bool:
    """Whether an answer of a model can become an example: a document has none, and a pair needs two."""
    return task.asks_in_writing


def readable(task: Task, row: Given) -> Given | None:
    """The row as an import would keep it; None where a text is missing or cannot be read."""
    try:
        told = {
            role: task.cleaners[role](row[role]) if role in task.cleaners else row[role].strip()
            for role in task.required
        }
    except Unreadable:
        return None
    return told if all(told.values()) else None


def unknown(version: VersionInfo, rows: Sequence[Given]) -> list[Given]:
    """Those of the rows that are no examples of a version; the last word on a question counts."""
    task = task_named(version.task)
    told = {row[task.question_role]: row for given in rows if (row := readable(task, given))}
    known = _known(version, task, [*told])
    return [
        row
        for key, row in told.items()
        if not known[key] or any(text != row[task.learned] for _, text in known[key])
    ]


def add_taught(
    store: Store, version: VersionInfo, rows: Sequence[Given], title: str = ""
) -> VersionInfo | JobView:
    """The next version, with these rows; an example with the same question gets the new answer.

    New rows are given to training, practice and exam in the shares of the dataset. They are numbered
    from `TAUGHT_FROM` on, since they stand in no file.

    Args:
        title: what the version says of how it was made; without, that people did so in use.

    Raises:
        WorkbenchError: nothing would change, or the version is not the newest.
    """
    task, wanted = task_named(version.task), unknown(version, rows)
    known = _known(version, task, [row[task.question_role] for row in wanted])
    change: dict[tuple[int, str], str] = {}
    new: list[Given] = []
    for row in wanted:
        if not (places := known[row[task.question_role]]):
            new.append(row)
        change |= {(i, task.learned): row[task.learned] for i, _ in places}
    edit = Edit(change=change, add=_placed(version, task, new))
    said = f"{plural(edit.rows, 'answer')} corrected or praised in use"
    kind = changes.EDIT
    if task.has_categories:
        said, kind = f"{plural(edit.rows, 'text')} sorted by hand", changes.LABEL
    return changes.apply_edit(store, version.id, edit, kind, title or said)


def _known(
    version: VersionInfo, task: Task, questions: Sequence[str]
) -> dict[str, list[tuple[int, str]]]:
    """Question → row id and answer of the examples that ask it."""
    asked, found = task.question_role, defaultdict[str, list[tuple[int, str]]](list)
    wanted = pc.field(asked).isin(pa.array(questions, pa.large_string()))
    columns = ["row_id", *task.required]
    for row in versions.read_examples(version, filters=wanted, columns=columns).to_pylist():
        found[row[asked]].append((row["row_id"], row[task.learned]))
    return found


def _placed(
    version: VersionInfo, task: Task, new: Sequence[Given]
) -> tuple[Mapping[str, str], ...]:
    """The new rows, each on a side of the exam; the others keep theirs."""
    data, plan = versions.read_examples(version), changes.plan_of(version)
    before = examples_in(task, data)
    first = max([TAUGHT_FROM, *before.row_ids]) + 1
    added = {
        "row_id": pa.array(range(first, first + len(new)), pa.int64()),
        "split": pa.array([TRAIN] * len(new), pa.string()),
        **{role: pa.array([row[role] for row in new], pa.large_string()) for role in task.required},
    }
    splits = [TRAIN] * len(new)  # of an exam of the user's own nothing is given away
    if new and not plan.test:
        coming = examples_in(task, pa.table(added))
        categories = sets = None
        if task.has_categories:
            categories = [*before.values[task.learned], *coming.values[task.learned]]
        if task.answers_are_sets:
            sets = [categories_in(label or "") for label in categories or ()]
        splits = assign(
            [*before.keys, *coming.keys],
            categories,
            fractions=plan.fractions,
            seed=plan.seed,
            earlier=dict(zip(before.keys, data["split"].to_pylist(), strict=True)),
            sets=sets,
        )[len(before.keys) :]
    return tuple(
        {**row, "row_id": str(first + place), "split": split}
        for place, (row, split) in enumerate(zip(new, splits, strict=True))
    )
