"""JSON and JSON lines: objects become rows, nested values stay JSON text."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from workbench.core.errors import WorkbenchError
from workbench.data.readers import encodings, shapes
from workbench.data.readers.kinds import JSONL
from workbench.data.readers.shapes.shape import Account, Shape
from workbench.data.readers.table import ReadOptions, Table, check_width, without_surrogates
from workbench.data.readers.tables import json_text
from workbench.data.readers.tables.json_text import Rows

UNFOLD_AT_MOST = 20


def read(path: Path, name: str, options: ReadOptions, kind: str) -> Table:
    """The table in a JSON file, of one object a line or as a whole.

    Raises:
        WorkbenchError: it is not JSON (says where), or holds no list of rows.
    """
    encoding = options.encoding or encodings.detect(path, name)
    if options.encoding:
        encodings.check(path, encoding, name)
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    value, rows, kind = json_text.load(path, name, codec, kind)
    resolved = ReadOptions(encoding=encoding)
    if rows is None:
        return of_value(value, name, kind, options.choice, resolved)
    return _of_rows(_Found(rows, kind), name, options.choice, resolved)


def of_value(value: Any, name: str, kind: str, choice: str, options: ReadOptions) -> Table:
    """The table in what a file holds as a whole.

    Args:
        options: how it was read.

    Raises:
        WorkbenchError: it holds no list of rows.
    """
    opened = shapes.open_document(value, choice) if isinstance(value, dict) else None
    if opened is None:
        records = _find_rows(value, name)
        unused = _beside(value, records) if isinstance(value, dict) else {}
        found = _Found(list(enumerate(records, 1)), kind, unused=unused)
    else:
        rows = list(enumerate(opened.records, 1))
        found = _Found(rows, kind, opened.shape, opened.notes, opened.unused)
    return _of_rows(found, name, choice, options)


def _of_rows(found: "_Found", name: str, choice: str, options: ReadOptions) -> Table:
    if not found.rows:
        raise WorkbenchError(f"{name} is empty: choose a file with at least ten rows of examples.")
    first = [row for _, row in found.rows[: shapes.SAMPLE]]
    shape = found.shape or shapes.recognise(first, choice)
    account = Account(shape, unused=Counter(found.unused)) if shape else None
    rows = list(account.flat(found.rows)) if account else found.rows
    facts: dict[str, Any] = account.facts(name) if account else {"unused": found.unused}
    columns = _columns(rows, name, found.kind)
    if not account:
        _unfold(columns)
    check_width(len(columns), name)
    data = pa.table({k: pa.array(map(as_text, v), pa.large_string()) for k, v in columns.items()})
    numbers = pa.array([number for number, _ in rows], pa.int64())
    facts["notes"] = (*found.notes, *facts.get("notes", ()))
    return Table(name, data, numbers, found.kind, options, **facts)


def as_text(value: Any) -> str | None:
    """A cell: text as it is, numbers and truth values as JSON writes them, nothing as null."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return without_surrogates(value)
    return without_surrogates(json.dumps(value, ensure_ascii=False))


@dataclass(frozen=True)
class _Found:
    """The rows of a file, and what its form says of them."""

    rows: Rows
    kind: str
    shape: Shape | None = None
    notes: tuple[str, ...] = ()
    unused: Mapping[str, int] = field(default_factory=dict)


def _find_rows(value: Any, name: str) -> list[Any]:
    """The rows: a list, the one list inside an object, an object of equally long columns, or a
    single row."""
    if isinstance(value, dict):
        flat = value and not any(isinstance(item, dict | list) for item in value.values())
        value = [value] if flat else _inside(value, name)
    if not isinstance(value, list):
        raise WorkbenchError(
            f"{name} holds a single value rather than a list of rows: "
            "write one object per example, in a list."
        )
    return value


def _beside(value: Mapping[str, Any], records: list[Any]) -> dict[str, int]:
    """What stands in an object beside its rows, with how many parts it has."""
    used = {key for key, item in value.items() if item is records}
    used = used or {*(records[0] if records and isinstance(records[0], dict) else value)}
    return {
        key: len(item) if isinstance(item, list | dict) else 1
        for key, item in value.items()
        if key not in used and item not in (None, "", [], {})
    }


def _inside(value: dict[str, Any], name: str) -> Any:
    lists = {key: item for key, item in value.items() if isinstance(item, list)}
    of_rows = [item for item in lists.values() if item and isinstance(item[0], dict)]
    if len(of_rows) == 1 and (len(lists) == 1 or len(lists) < len(value)):
        return of_rows[0]
    if len(lists) == 1:
        (key, items), *_ = lists.items()
        return [{key: item} for item in items]
    lengths = {len(item) for item in lists.values()}
    if len(lists) == len(value) > 0 and len(lengths) == 1:
        return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]
    keys = ", ".join(f"'{key}'" for key in lists) or "none"
    raise WorkbenchError(
        f"{name} is an object in which no single list of rows can be found (lists: {keys}): "
        "save the list of examples alone."
    )


def _columns(rows: Rows, name: str, kind: str) -> dict[str, list[Any]]:
    if not any(isinstance(row, dict) for _, row in rows):
        return {"text": [row for _, row in rows]}
    names: dict[str, None] = {}
    for number, row in rows:
        if not isinstance(row, dict):
            place = "Line" if kind == JSONL else "Row"
            raise WorkbenchError(
                f"{place} {number} of {name} is not an object with named values like the others: "
                "correct it or take it out."
            )
        names.update(dict.fromkeys(row))
    check_width(len(names), name)
    return {title(key): [row.get(key) for _, row in rows] for key in names}


def title(key: str) -> str:
    """A column's name from an object's key."""
    return without_surrogates(" ".join(key.split())) or "(no name)"


def _unfold(columns: dict[str, list[Any]]) -> None:
    """Add a column for each part of an object (or of the only object of a list): `address.city`.

    A conversation is a list too, but of many objects, and stays whole.
    """
    for name in list(columns):
        parts = [single(value) for value in columns[name]]
        if not any(parts) or any(part is False for part in parts):
            continue
        keys = list(dict.fromkeys(key for part in parts if part for key in part))
        if len(keys) <= UNFOLD_AT_MOST and not {"role", "content"} <= set(keys):
            for key in keys:
                cells = [part.get(key) if part else None for part in parts]
                columns.setdefault(f"{name}.{title(key)}", cells)


def single(value: Any) -> Any:
    """The object in a cell, None for an empty cell, False for anything else."""
    if value is None or value in ([], {}):
        return None
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, dict) else False
