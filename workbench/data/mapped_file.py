"""A further file, read as a version was: to be scored or answered by what learned from that."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow.compute as pc

from storage import files
from storage.database import Store
from workbench.core import names, parquet
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import Task, task_named
from workbench.core.tasks.category_sets import categories_in, labels_in, written
from workbench.core.tasks.text_pair import headings_of, woven_in
from workbench.core.words import joined
from workbench.data.columns.mapping import check_roles, without_absent
from workbench.data.examples import left_out
from workbench.data.examples.example_table import canonical, parquet_of
from workbench.data.examples.examples import Examples, examples_of
from workbench.data.examples.left_out import LeftOut
from workbench.data.examples.plan import Plan, plan_from
from workbench.data.files.reader import read_table
from workbench.data.files.sources import reading_alike
from workbench.data.readers import Table
from workbench.data.source_rows import keep_beside
from workbench.data.splits.assign import TRAIN
from workbench.data.unknown_categories import UnknownCategory, find_unknown
from workbench.data.unknown_categories import sentence as of_unknown
from workbench.data.versions import VersionInfo, get_version


@dataclass(frozen=True)
class MappedFile:
    """The examples in a further file, and what is to be known before they are scored."""

    data: Path
    """Canonical Parquet without splits."""
    name: str
    rows: int
    left_out: LeftOut
    unknown: tuple[UnknownCategory, ...] = ()
    """Categories that the model has not learned, in the rows that are scored."""
    taken: tuple[UnknownCategory, ...] = ()
    """Those that were taken for the known category of another spelling."""
    beside: Path | None = None
    """What stands in its other columns (see `source_rows`), where it is to be scored."""

    @property
    def notes(self) -> list[str]:
        """The same in sentences."""
        said = (left_out.sentence(self.left_out), of_unknown(self.unknown), _as_taken(self.taken))
        return [sentence for sentence in said if sentence]


def _as_taken(found: tuple[UnknownCategory, ...]) -> str:
    if not found:
        return ""
    names = [f"'{c.name}' for '{c.nearest}'" for c in found]
    return f"Taken for a known category: {joined(names)}."


def open_file(
    store: Store,
    version_id: int,
    path: Path,
    name: str = "",
    *,
    answers: bool = True,
    sheet: str = "",
) -> Table:
    """The table in a further file, read as the version's own file was.

    Args:
        answers: False where only its questions matter.
        sheet: of a workbook, where that is not to be found out.

    Raises:
        WorkbenchError: it cannot be read.
    """
    plan = _plan(get_version(store, version_id))
    options = replace(reading_alike(plan.read, answers=answers), sheet=sheet)
    return read_table(path, names.shown(name or path.name), options)


def _plan(version: VersionInfo) -> Plan:
    return plan_from(version.task, version.mapping)


def roles_of(store: Store, version_id: int, *, need_answers: bool) -> dict[str, str]:
    """Role → the column or template that a further file should have, as the version's own has."""
    version = get_version(store, version_id)
    roles = _plan(version).roles
    return dict(roles if need_answers else task_named(version.task).question_roles(roles))


def map_file(
    store: Store,
    version_id: int,
    path: Path,
    *,
    need_answers: bool,
    name: str = "",
    columns: Mapping[str, str] | None = None,
    same_spelling: bool = False,
) -> MappedFile:
    """The examples in another file, read as this version was.

    Args:
        need_answers: False when the file only asks; then its answers, if any, are left out.
        name: what the user calls the file, if its path does not say.
        columns: role → column, where the file calls it otherwise.
        same_spelling: whether a category that differs from a known one in spelling only is that one.

    Raises:
        WorkbenchError: a column is missing, or no row can be used.
    """
    table = open_file(store, version_id, path, name, answers=need_answers)
    return map_table(
        store,
        version_id,
        table,
        need_answers=need_answers,
        columns=columns,
        same_spelling=same_spelling,
    )


def map_table(
    store: Store,
    version_id: int,
    table: Table,
    *,
    need_answers: bool,
    columns: Mapping[str, str] | None = None,
    same_spelling: bool = False,
) -> MappedFile:
    """The same of a table that has been read; see `map_file`."""
    version = get_version(store, version_id)
    task = task_named(version.task)
    roles = roles_of(store, version_id, need_answers=need_answers)
    asked = task.question_role
    roles |= woven_in(columns or {}, asked, headings_of(roles.get(asked, "")))
    roles = without_absent(roles, table)
    checked = check_roles(task if need_answers else task.asking(), roles, table)
    reasoning = _plan(version).reasoning
    examples = examples_of(
        table, task, checked, answers=need_answers, duplicates=True, reasoning=reasoning
    )
    if not len(examples):
        raise WorkbenchError(
            f"{table.name} has no row that can be used: fill the cells of "
            f"{joined([repr(source) for source in checked.values()])} and try again."
        )
    unknown, taken = _unknown(task, examples, version) if need_answers else ([], [])
    if same_spelling:
        examples = _respelled(task, examples, taken)
    else:
        unknown, taken = unknown + taken, []
    data = files.object_path(files.put(parquet_of(canonical(examples))))
    about = left_out.left_out(examples.dropped)
    beside = keep_beside(table, checked, examples.row_ids) if need_answers else None
    return MappedFile(
        data, table.name, len(examples), about, _by_rows(unknown), _by_rows(taken), beside
    )


def _unknown(
    task: Task, examples: Examples, version: VersionInfo
) -> tuple[list[UnknownCategory], list[UnknownCategory]]:
    """Those that are nothing the model knows, and those that it knows in another spelling."""
    if not task.has_categories:
        return [], []
    answers, known = examples.values[task.learned], learned_categories(version)
    if task.answers_are_sets:
        answers = [name for label in answers for name in categories_in(label or "")]
    found = find_unknown(answers, known)
    return [c for c in found if not c.is_same], [c for c in found if c.is_same]


def learned_categories(version: VersionInfo) -> set[str]:
    """The categories that a model learns from a version: those of its training rows."""
    role = task_named(version.task).learned
    table = parquet.examples(version.path, filters=[("split", "=", TRAIN)])
    found = set(filter(None, pc.unique(table[role]).to_pylist()))
    return set(labels_in(found)) if task_named(version.task).answers_are_sets else found


def _respelled(task: Task, examples: Examples, taken: list[UnknownCategory]) -> Examples:
    usual = {category.name: category.nearest for category in taken}
    labels: list[str | None] = [
        written(usual.get(name, name) for name in categories_in(label or ""))
        if task.answers_are_sets
        else usual.get(label or "", label)
        for label in examples.values[task.learned]
    ]
    return replace(examples, values={**examples.values, task.learned: labels})


def _by_rows(found: list[UnknownCategory]) -> tuple[UnknownCategory, ...]:
    return tuple(sorted(found, key=lambda category: (-category.rows, not category.is_same)))
