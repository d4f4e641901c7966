"""Rows of a version that are searched for, as they would be saved with the edits that wait."""

import functools
import json
import operator
import re
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from workbench.core.tasks import task_named
from workbench.core.tasks.category_sets import SEPARATOR
from workbench.data import versions
from workbench.data.edits.edit import Edit, apply_to_table, before_and_after
from workbench.data.edits.turns import SPEAKERS
from workbench.data.pending_edits import Pending
from workbench.data.versions import VersionInfo, check_there

_SPEAKER = r'\{"role": "[a-z]+", "content": '
_MARKS = [f'{{"role": "{role}", "content": ' for role in SPEAKERS]
"""What stands in a conversation before what is said; nobody searches for that."""


@dataclass(frozen=True)
class Query:
    """Which rows are looked for; an empty field lets all through."""

    text: str = ""
    """Stands in one of the row's texts, capitals or not."""
    split: str = ""
    label: str = ""


def search(version: VersionInfo, edits: Pending, query: Query, limit: int) -> tuple[pa.Table, int]:
    """The first rows that a query finds, and how many there are.

    A row that was changed is found by what it would say when it is saved, and given as it is
    saved now; one that is to be taken out is still found. The file is read in batches, so that a
    large one never stands in memory.

    Raises:
        WorkbenchError: the examples are not on the disk any more.
    """
    check_there(version)
    data = ds.dataset(version.path, format="parquet")
    wanted = _filter(data.schema, query, several=_several(version))
    changed = sorted({row for row, _ in edits.change})
    if wanted is not None and changed:
        mine = pc.field("row_id").isin(changed)
        after = apply_to_table(data.to_table(filter=mine), Edit(change=edits.change))
        hits = after.filter(wanted)["row_id"].to_pylist()
        wanted = (~mine & wanted) | pc.field("row_id").isin(hits)
    if wanted is None:
        return data.head(limit), data.count_rows()
    return _count_and_take(data, wanted, limit)


def _count_and_take(data: ds.Dataset, wanted: ds.Expression, limit: int) -> tuple[pa.Table, int]:
    """The first rows and how many there are, read once."""
    first: list[pa.RecordBatch] = []
    total = 0
    for batch in data.to_batches(filter=wanted):
        if total < limit and batch.num_rows:
            first.append(batch.slice(0, limit - total))
        total += batch.num_rows
    return pa.Table.from_batches(first, data.schema), total


def find_pending(
    version: VersionInfo, edits: Pending, query: Query, limit: int
) -> tuple[int, list[dict[str, str]]]:
    """The edits that are not saved yet, of the rows that a query finds: how many rows they touch,
    and the first of them as in `fixing.before_and_after`.

    Raises:
        WorkbenchError: the examples are not on the disk any more.
    """
    edit = edits.edit()
    touched = edit.remove | {row for row, _ in edit.change or {}}
    before = versions.rows_by_id(version, sorted(touched))
    after = apply_to_table(before, Edit(change=edit.change, add=edit.add))
    wanted = _filter(after.schema, query, several=_several(version))
    found = after if wanted is None else after.filter(wanted)
    ids = set(found["row_id"].to_pylist())
    shown = Edit(
        edit.remove & ids,
        {key: text for key, text in (edit.change or {}).items() if key[0] in ids},
        tuple(row for row in edit.add if int(row["row_id"]) in ids),
        edit.made_at,
    )
    return len(ids), before_and_after(before, shown, limit)


def texts_of(version: VersionInfo, role: str, limit: int) -> list[str]:
    """What the first rows say in a role.

    Raises:
        WorkbenchError: the examples are not on the disk any more.
    """
    check_there(version)
    found = ds.dataset(version.path, format="parquet").head(limit, columns=[role])
    return [text for text in found[role].to_pylist() if text]


def _several(version: VersionInfo) -> bool:
    return task_named(version.task).answers_are_sets


def _filter(schema: pa.Schema, query: Query, *, several: bool) -> ds.Expression | None:
    """What a query finds; `several`: whether a row may have several categories."""
    parts = []
    if query.split:
        parts.append(pc.field("split") == query.split)
    if query.label and several:
        whole = rf"(^|{SEPARATOR}){re.escape(query.label)}({SEPARATOR}|$)"
        parts.append(pc.match_substring_regex(pc.field("label"), whole))
    elif query.label:
        parts.append(pc.field("label") == query.label)
    if text := query.text.strip():
        roles = [name for name in schema.names if name not in ("row_id", "split")]
        parts.append(functools.reduce(operator.or_, [_says(role, text) for role in roles]))
    return functools.reduce(operator.and_, parts) if parts else None


def _says(role: str, text: str) -> ds.Expression:
    said, written = pc.field(role), json.dumps(text, ensure_ascii=False)[1:-1]
    hit = pc.match_substring(said, text, ignore_case=True)
    if role == "messages":
        if any(written.lower() in mark for mark in _MARKS):
            said = pc.replace_substring_regex(said, pattern=_SPEAKER, replacement="")
        hit = pc.match_substring(said, written, ignore_case=True)
    elif written != text:
        hit = hit | pc.match_substring(said, written, ignore_case=True)
    return hit.is_valid() & hit
