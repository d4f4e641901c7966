"""The fields of a dataset: guessed when a file is saved, and said better by a user."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.core.fields.field import KEY, Field, Fields, as_dicts, fields_in
from workbench.core.fields.guess import guessed
from workbench.core.fields.typed import check_answers, with_told
from workbench.core.tasks import Task, task_named
from workbench.data import changes
from workbench.data.examples.prepare import Prepared
from workbench.data.splits.assign import TEST
from workbench.data.versions import VersionInfo, read_examples

_LOOKED_AT = 50_000
"""Rows that are enough to learn from what fields there are."""
DESCRIBE = "Fields changed"


def completed(
    prepared: Prepared, mapping: dict[str, Any], newest: Mapping[str, Any]
) -> dict[str, Any]:
    """A version's mapping with its fields, of a task that has some.

    What a user said of a field is kept: in this mapping, else in that of the newest version.
    """
    task = task_named(prepared.plan.task)
    if not task.answers_are_json or KEY in mapping:
        return mapping
    answers = _answers(task, _rows(task, prepared))
    said = {f.name: f for f in fields_in(newest) if f.is_set or f.help or f.fields}
    there = {own.name for own in guessed(answers)}
    fields = guessed(answers, tuple(said[name] for name in said if name in there))
    return {**mapping, KEY: as_dicts(fields)} if fields else mapping


@dataclass(frozen=True)
class ToldFields:
    """What a user says of some fields, by their titles ("total", "buyer · name")."""

    kinds: tuple[Field, ...] = ()
    helps: Mapping[str, str] = field(default_factory=dict)
    """Title → what it is, in a sentence."""
    missing: Mapping[str, bool] = field(default_factory=dict)
    """Title → whether it may be missing."""

    def __bool__(self) -> bool:
        return bool(self.kinds or self.helps or self.missing)

    def of(self, prepared: Prepared) -> Fields:
        """The fields of examples that are to be saved.

        Raises:
            WorkbenchError: the task has no fields, there is none of a name, or an answer says
                otherwise.
        """
        task = task_named(prepared.plan.task)
        check_has_fields(task)
        rows = _rows(task, prepared)
        fields = with_told(_answers(task, rows), self.kinds, self.helps, self.missing)
        check_answers(fields, _answers(task, rows, with_exam=True))
        return fields


def check_has_fields(task: Task) -> None:
    """Refuse what is said of fields to a task that pulls out none.

    Raises:
        WorkbenchError: it does not.
    """
    if not task.answers_are_json:
        raise WorkbenchError(
            f"'{task.title}' pulls out no fields: leave what you say of fields out, or import with "
            "--task extraction."
        )


def change_fields(store: Store, version: VersionInfo, fields: Fields) -> VersionInfo:
    """The next version of a dataset: the same examples, with these fields.

    Raises:
        WorkbenchError: nothing would change, an answer says otherwise, or the version is not the
            newest one.
    """
    if as_dicts(fields) == as_dicts(fields_of(version)):
        raise WorkbenchError("These fields are saved already: change one first.")
    task = task_named(version.task)
    data = read_examples(version, columns=["split", task.learned])
    check_answers(fields, _answers(task, data, with_exam=True))
    mapping = {**version.mapping, KEY: as_dicts(fields)}
    return changes.describe(store, version, mapping, len(fields), DESCRIBE)


def fields_of(version: VersionInfo) -> Fields:
    """The fields of a version; of one that was saved before there were any, as they are guessed.

    Raises:
        WorkbenchError: its examples are not on the disk any more, or damaged.
    """
    task = task_named(version.task)
    if not task.answers_are_json:
        return ()
    if known := fields_in(version.mapping):
        return known
    return guessed(_answers(task, read_examples(version, columns=["split", task.learned])))


def restated(store: Store, version: VersionInfo, told: ToldFields) -> VersionInfo:
    """The next version, with what is said of some fields anew.

    Raises:
        WorkbenchError: see `change_fields`; or there is no field of a name.
    """
    task = task_named(version.task)
    check_has_fields(task)
    answers = _answers(task, read_examples(version, columns=["split", task.learned]))
    known = fields_of(version)
    fields = with_told(answers, told.kinds, told.helps, told.missing, known)
    return change_fields(store, version, fields)


def _rows(task: Task, prepared: Prepared) -> pa.Table:
    columns = ["split", task.learned]
    if prepared.file is None:
        return prepared.data.select(columns)
    return pq.read_table(prepared.file, columns=columns)


def _answers(task: Task, rows: pa.Table, *, with_exam: bool = False) -> list[str]:
    """What is wanted in the rows; of the exam only where that is asked for."""
    rows = rows.slice(0, _LOOKED_AT)
    splits: Iterable[str] = rows["split"].to_pylist()
    pairs = zip(splits, rows[task.learned].to_pylist(), strict=True)
    return [answer for split, answer in pairs if answer and (with_exam or split != TEST)]
