"""Rows as the Hugging Face hub shows them, with the names of their categories."""

import json
from collections.abc import Mapping
from typing import Any

from workbench.core.words import plural
from workbench.data.readers.shapes.document import Opened

Names = dict[str, list[str]]
"""Column → its categories, by their numbers."""


def open_document(value: dict[str, Any], choice: str) -> Opened | None:
    """What the hub's viewer answers: {"features": [...], "rows": [{"row_idx", "row", ...}]}."""
    rows = value.get("rows")
    if not isinstance(rows, list) or not rows:
        return None
    if not all(isinstance(row, dict) and isinstance(row.get("row"), dict) for row in rows):
        return None
    names = names_in(value.get("features"))
    cut = sum(bool(row.get("truncated_cells")) for row in rows)
    notes = [f"{plural(cut, 'row')} of it {'has' if cut == 1 else 'have'} cells cut short."]
    records = [named(row["row"], names) for row in rows]
    return Opened(records, notes=(*(notes if cut else ()), *notes_on(names)))


def notes_on(names: Names) -> tuple[str, ...]:
    """That numbers were turned into names."""
    listed = ", ".join(f"'{column}'" for column in names)
    return (
        (f"The numbers in {listed} were turned into the names of the categories.",) if names else ()
    )


def names_in(features: Any) -> Names:
    """The categories' names in the features of a data set, in either form."""
    if isinstance(features, list):
        features = {f.get("name"): f.get("type") for f in features if isinstance(f, dict)}
    found: Names = {}
    for column, kind in features.items() if isinstance(features, dict) else ():
        kind = kind.get("feature", kind) if isinstance(kind, dict) else None
        names = kind.get("names") if isinstance(kind, dict) else None
        if isinstance(names, list) and all(isinstance(name, str) for name in names):
            found[str(column)] = names
    return found


def names_in_parquet(metadata: Mapping[bytes, bytes] | None) -> Names:
    """The same of a Parquet file that the library `datasets` wrote."""
    try:
        about = json.loads((metadata or {}).get(b"huggingface", b"null"))
    except (ValueError, RecursionError):
        return {}
    info = about.get("info") if isinstance(about, dict) else None
    return names_in(info.get("features")) if isinstance(info, dict) else {}


def named(row: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """A row with its categories by name."""
    return {k: name_of(v, names[k]) if k in names else v for k, v in row.items()}


def name_of(value: Any, names: list[str]) -> Any:
    """A category by its number, or several; None for -1, which stands for no category."""
    if isinstance(value, list):
        return [name_of(each, names) for each in value]
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    if value == -1:
        return None
    return names[value] if 0 <= value < len(names) else value
