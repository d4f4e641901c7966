"""Several columns as the fields of an answer: one column a field, made into JSON row by row.

A role's source is then a JSON list of their names: `["company", "total"]`. Every answer names every
field, in the columns' order; an empty cell is null. What a cell holds stays a text, to the letter,
unless it is a JSON list, as tables have them.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any


def as_source(names: Sequence[str]) -> str:
    """The source that stands for these columns."""
    return json.dumps(list(names), ensure_ascii=False)


def names_in(source: str, columns: Sequence[str] = ()) -> list[str]:
    """The columns that a source stands for; none where it is another kind of source."""
    if source in columns or not source.lstrip().startswith("["):
        return []
    try:
        names = json.loads(source)
    except (ValueError, RecursionError):
        return []
    fits = isinstance(names, list) and all(isinstance(name, str) and name for name in names)
    return list(dict.fromkeys(names)) if fits else []


def texts(
    names: Sequence[str], cells_of: Callable[[str], Sequence[str | None]]
) -> list[str | None]:
    """The JSON of every row; None where all of its cells are empty."""
    columns = {name: cells_of(name) for name in names}
    rows = zip(*columns.values(), strict=True)
    return [_row(dict(zip(columns, cells, strict=True))) for cells in rows]


def _row(cells: Mapping[str, str | None]) -> str | None:
    values = {name: _value(cell) for name, cell in cells.items()}
    if all(value is None for value in values.values()):
        return None
    return json.dumps(values, ensure_ascii=False)


def _value(cell: str | None) -> Any:
    text = (cell or "").strip()
    if not text:
        return None
    if text.startswith("["):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            return text
        if isinstance(found, list):
            return found
    return text
