"""A fix at work: the examples of a version without some rows, or with some texts written anew."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.core.words import joined, plural

NOT_CHANGED = ("row_id",)
TAUGHT_FROM = 1_000_000_000
"""Rows that stand in no file, since people gave them in use, are numbered from here on."""
WHOLE = "whole row"
"""The column of a line that tells of a row that comes or goes."""


@dataclass(frozen=True)
class Edit:
    """What happens to the rows of a version; each row is named by its id."""

    remove: frozenset[int] = frozenset()
    change: Mapping[tuple[int, str], str] | None = None
    """(row id, role or `split`) → the new text."""
    add: tuple[Mapping[str, str], ...] = ()
    """New rows: role, `split` and `row_id` → their values."""
    made_at: Mapping[tuple[int, str], str] | None = None
    """(row id, role or WHOLE) → when somebody made this edit by hand (UTC, ISO 8601)."""

    @property
    def rows(self) -> int:
        """How many rows it touches."""
        return len(self.remove | {row for row, _ in self.change or {}}) + len(self.add)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        change = [[row, role, text] for (row, role), text in (self.change or {}).items()]
        return {"remove": sorted(self.remove), "change": change, "add": [*map(dict, self.add)]}

    def sentence(self) -> str:
        """ "3 rows changed, 1 row taken out and 5 rows sorted by hand"; empty if there is none."""
        changed = {row for row, _ in self.change or {}} - self.remove
        counts = {"changed": changed, "taken out": self.remove, "sorted by hand": self.add}
        return joined([f"{plural(len(of), 'row')} {what}" for what, of in counts.items() if of])


def edit_from(values: Mapping[str, Any]) -> Edit:
    """The edit that `as_dict` wrote."""
    change = {(row, role): text for row, role, text in values["change"]}
    return Edit(frozenset(values["remove"]), change, tuple(values["add"]))


def apply_to_table(data: pa.Table, edit: Edit) -> pa.Table:
    """The table (columns row_id, split and roles) after the edit; rows stay in their order."""
    for name in data.column_names:
        if name not in NOT_CHANGED:
            data = _rewrite(data, name, edit)
    if edit.remove:
        gone = pa.array(edit.remove, pa.int64())
        data = data.filter(pc.invert(pc.is_in(data["row_id"], value_set=gone)))
    if edit.add:
        rows = [{name: row.get(name) or None for name in data.column_names} for row in edit.add]
        numbered = [{**row, "row_id": int(row["row_id"] or 0)} for row in rows]
        data = pa.concat_tables([data, pa.Table.from_pylist(numbered, data.schema)])
    return data.combine_chunks()


def _rewrite(data: pa.Table, name: str, edit: Edit) -> pa.Table:
    new = {row: text for (row, role), text in (edit.change or {}).items() if role == name}
    if not new:
        return data
    place = data.column_names.index(name)
    ids = data["row_id"].combine_chunks()
    where = pc.is_in(ids, value_set=pa.array(new, pa.int64()))
    texts = [new[row] or None for row in ids.filter(where).to_pylist()]
    column = data.column(place).combine_chunks()
    replaced = pc.replace_with_mask(column, where, pa.array(texts, column.type))
    return data.set_column(place, data.schema.field(place), replaced)


def before_and_after(data: pa.Table, edit: Edit, limit: int) -> list[dict[str, str]]:
    """The first rows that an edit touches: `row`, `text`, `column`, `before`, `after`, as texts.

    `text` is what the row says, where another column of it changes; a row that goes has nothing
    as `after`, and its texts joined as `before`; one that comes, the other way round. Where the
    edit tells, a line has `when`, too.
    """
    touched = edit.remove | {row for row, _ in edit.change or {}}
    rows = data.filter(pc.is_in(data["row_id"], value_set=pa.array(touched, pa.int64())))
    changes: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for (number, role), text in (edit.change or {}).items():
        changes[number].append((role, text))
    lines: list[dict[str, str]] = []
    for row in rows.slice(0, limit).to_pylist():
        number = row["row_id"]
        if number in edit.remove:
            lines.append(_line(number, WHOLE, _join(row), ""))
        else:
            first = next(name for name in row if name not in ("row_id", "split"))
            lines += [
                _line(number, role, row[role] or "", text, "" if role == first else row[first])
                for role, text in changes[number]
            ]
    lines += [_line(int(row["row_id"]), WHOLE, "", _join(row)) for row in edit.add]
    if when := edit.made_at:
        for line in lines:
            line["when"] = when.get((int(line["row"]), line["column"]), "")
    return lines[:limit]


def _join(row: Mapping[str, str]) -> str:
    return " → ".join(t for name, t in row.items() if name not in ("row_id", "split") and t)


def _line(row: int, column: str, before: str, after: str, text: str = "") -> dict[str, str]:
    return {"row": str(row), "text": text, "column": column, "before": before, "after": after}


def edit_between(before: pa.Table, after: pa.Table) -> Edit:
    """The edit that makes one version of a dataset of another."""
    kept = pc.is_in(before["row_id"], value_set=after["row_id"])
    place = pc.index_in(after["row_id"], value_set=before["row_id"])
    same, came = after.filter(place.is_valid()), after.filter(place.is_null())
    then = before.take(place.drop_null())
    ids = same["row_id"].to_numpy()
    change: dict[tuple[int, str], str] = {}
    for name in same.column_names:
        if name in NOT_CHANGED:
            continue
        new = pc.fill_null(same[name].cast(pa.large_string()), "")
        old = (
            pc.fill_null(then[name].cast(pa.large_string()), "")
            if name in then.schema.names
            else ""
        )
        differs = pc.not_equal(new, old).to_numpy()
        texts = new.filter(pa.array(differs)).to_pylist()
        change |= {(int(i), name): text for i, text in zip(ids[differs], texts, strict=True)}
    added = tuple({**row, "row_id": str(row["row_id"])} for row in came.to_pylist())
    gone = before.filter(pc.invert(kept))["row_id"].to_pylist()
    return Edit(frozenset(gone), change, added)
