"""Replay of edits on the examples of a newer file: rows are known by what they say."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from workbench.core.tasks import Task
from workbench.data.edits.edit import TAUGHT_FROM, Edit, edit_between
from workbench.data.examples.source_table import SourceTable
from workbench.data.examples.unlabelled import find_unlabelled

Key = tuple[str, ...]
_NOT_REPLAYED = ("row_id", "split")
"""Which side a question is on is kept by itself, question by question."""


def changes_between(before: pa.Table, after: pa.Table) -> Edit:
    """What was changed from one version to a later one, but for the sides of the exam."""
    edit = edit_between(before, after)
    kept = {key: text for key, text in (edit.change or {}).items() if key[1] != "split"}
    return Edit(edit.remove, kept, edit.add)


@dataclass(frozen=True)
class NewExamples:
    """The examples that changes shall be made on."""

    data: pa.Table
    """row_id, split and roles."""
    same_rows: bool
    """Whether row numbers mean the same rows as in the version that was changed."""
    task: Task
    roles: Mapping[str, str]
    """Role → column or template."""
    source_table: SourceTable | None = None
    """The table that they are from, some rows of which may have no category; None if it is not
    there any more: rows that were sorted by hand are then left out, unless the rows are the same."""


def replay_edit(edit: Edit, before: pa.Table, now: NewExamples) -> Edit:
    """The edit of one version's examples as an edit of another version's.

    A row is known again by all of its texts (of rows that say the same, the first is the first);
    where both versions came from the same file, by its number. A text is changed only where it
    still says what it said when it was changed.

    Args:
        before: the examples that the edit belongs to: row_id, split and roles.
    """
    data = now.data
    roles = [
        name
        for name in before.column_names
        if name in data.column_names and name not in _NOT_REPLAYED
    ]
    touched = edit.remove | {row for row, _ in edit.change or {}}
    known = set(data["row_id"].to_pylist())
    place = (
        {row: row for row in touched & known}
        if now.same_rows
        else _places(before, data, roles, touched)
    )
    old, new = _rows(before, place), _rows(data, place.values())
    change = {
        (place[row], role): text
        for (row, role), text in (edit.change or {}).items()
        if row in place
        and role in roles
        and (old[row][role] or "") == (new[place[row]][role] or "")
        and text != (new[place[row]][role] or "")
    }
    remove = frozenset(place[row] for row in edit.remove if row in place)
    return Edit(remove, change, _find_added(edit.add, known, now))


def _places(
    before: pa.Table, data: pa.Table, roles: list[str], touched: Collection[int]
) -> dict[int, int]:
    """Row id among the former examples → row id of the one that says the same now."""
    if not roles or not touched:
        return {}
    wanted = {_key(row, roles) for row in _rows(before, touched).values()}
    then, now = _by_key(before, roles, wanted), _by_key(data, roles, wanted)
    pairs = (
        pair for key, rows in then.items() for pair in zip(rows, now.get(key, ()), strict=False)
    )
    return {row: other for row, other in pairs if row in touched}


def _by_key(data: pa.Table, roles: list[str], wanted: set[Key]) -> dict[Key, list[int]]:
    """The ids of the rows that say so, in their order."""
    first = pa.array([key[0] for key in wanted], pa.large_string())
    column = pc.fill_null(data[roles[0]].cast(pa.large_string()), "")
    found: dict[Key, list[int]] = defaultdict(list)
    for row in data.filter(pc.is_in(column, value_set=first)).to_pylist():
        if (key := _key(row, roles)) in wanted:
            found[key].append(row["row_id"])
    return found


def _key(row: Mapping[str, str | None], roles: list[str]) -> Key:
    return tuple(row[role] or "" for role in roles)


def _rows(data: pa.Table, ids: Iterable[int]) -> dict[int, dict[str, str | None]]:
    chosen = pc.is_in(data["row_id"], value_set=pa.array(list(ids), pa.int64()))
    return {row["row_id"]: row for row in data.filter(chosen).to_pylist()}


def _find_added(
    rows: Iterable[Mapping[str, str]], known: set[int], now: NewExamples
) -> tuple[Mapping[str, str], ...]:
    """Rows that were sorted by hand and still have no category in the file, and those given in use,
    unless the file has examples of the same question."""
    if now.same_rows:
        return tuple(row for row in rows if int(row["row_id"]) not in known)
    asked = now.task.question_role
    by_text: dict[str, list[int]] = defaultdict(list)
    wanted = {row[asked] for row in rows}
    if wanted and now.source_table is not None:
        found = find_unlabelled(wanted, now.source_table, now.task, now.roles, known)
        for number, text in zip(found.row_ids, found.texts, strict=True):
            by_text[text].append(number)
    there = pc.is_in(now.data[asked], value_set=pa.array(wanted, now.data[asked].type))
    held = set(now.data[asked].filter(there).to_pylist())
    kept: list[Mapping[str, str]] = []
    for row in rows:
        if by_text[row[asked]]:
            kept.append({**row, "row_id": str(by_text[row[asked]].pop(0))})
        elif int(row["row_id"]) > TAUGHT_FROM and row[asked] not in held:
            kept.append(row)
    return tuple(kept)
