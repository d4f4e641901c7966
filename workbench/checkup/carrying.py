"""Changes made once, made again on the examples of a newer file: by what the rows say."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from workbench.checkup import fixing
from workbench.checkup.fixing import Edit
from workbench.checkup.source import Unlabelled

Key = tuple[str, ...]
_NOT_CARRIED = ("row_id", "split")
"""Which side a question is on is kept by itself, question by question."""


def changes_between(before: pa.Table, after: pa.Table) -> Edit:
    """What was changed from one version to a later one, but for the sides of the exam."""
    edit = fixing.difference(before, after)
    kept = {key: text for key, text in (edit.change or {}).items() if key[1] != "split"}
    return Edit(edit.remove, kept, edit.add)


def carried(
    edit: Edit,
    before: pa.Table,
    data: pa.Table,
    *,
    same_rows: bool,
    unsorted: Unlabelled | None = None,
) -> Edit:
    """The edit of one version's examples as an edit of another version's.

    A row is known again by all of its texts (of rows that say the same, the first is the first);
    where both versions came from the same file, by its number. A text is changed only where it
    still says what it said when it was changed.

    Args:
        before: the examples that the edit belongs to: row_id, split and roles.
        data: the examples that it shall be made on.
        same_rows: whether row numbers mean the same rows in both.
        unsorted: rows of the newer file without a category; None if there are none.
    """
    roles = [
        name
        for name in before.column_names
        if name in data.column_names and name not in _NOT_CARRIED
    ]
    touched = edit.remove | {row for row, _ in edit.change or {}}
    known = set(data["row_id"].to_pylist())
    place = (
        {row: row for row in touched & known}
        if same_rows
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
    return Edit(remove, change, _added(edit.add, known, same_rows, unsorted or Unlabelled()))


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


def _added(
    rows: Iterable[Mapping[str, str]], known: set[int], same_rows: bool, unsorted: Unlabelled
) -> tuple[Mapping[str, str], ...]:
    """Rows that were sorted by hand and still have no category in the file."""
    by_text: dict[str, list[int]] = defaultdict(list)
    for number, text in zip(unsorted.row_ids, unsorted.texts, strict=True):
        by_text[text].append(number)
    added = []
    for row in rows:
        number = int(row["row_id"])
        if same_rows:
            added += [row] if number not in known else []
        elif by_text[row["text"]]:
            added.append({**row, "row_id": str(by_text[row["text"]].pop(0))})
    return tuple(added)
