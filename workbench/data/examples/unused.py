"""Unused columns: what stands in a file and plays no role, with how many rows have it."""

from collections.abc import Collection, Mapping
from typing import TypeAlias

from workbench.core.words import plural
from workbench.data.columns.mapping import columns_in
from workbench.data.readers.table import Table

Unused: TypeAlias = Mapping[str, Mapping[str, int]]
"""`columns` of the table, and `parts` of the file that are in no column: name → rows that have it."""
_NAMED = 6


def unused(
    table: Table,
    roles: Mapping[str, str],
    others: Collection[str] = (),
    parts: Mapping[str, int] | None = None,
) -> Unused:
    """What of the table and of its file plays no role; what is empty throughout is not there.

    A column that holds objects is told by its parts (`address` by `address.city`).

    Args:
        others: columns that are used in another way.
        parts: what of the cells of the roles is not used, such as keys of turns.
    """
    used = {name for source in roles.values() for name in columns_in(source, table.columns)}
    used |= set(others)
    whole = {name for name in table.columns if any(_is_part(n, name) for n in table.columns)}
    left = [
        name
        for name in table.columns
        if name not in used | whole and not any(_is_part(name, other) for other in used)
    ]
    filled = {name: table.filled(name) for name in left}
    return {
        "columns": {name: rows for name, rows in filled.items() if rows},
        "parts": {**table.unused, **(parts or {})},
    }


def _is_part(name: str, whole: str) -> bool:
    return name.startswith(f"{whole}.")


def sentence(found: Unused) -> str:
    """ "Not used: 'id' (120 rows) and 'date' (118 rows)."; "" where everything is."""
    counts = {**found.get("columns", {}), **found.get("parts", {})}
    if not counts:
        return ""
    named = [f"'{name}' ({plural(rows, 'row')})" for name, rows in counts.items()]
    more = len(named) - _NAMED
    shown = ", ".join(named[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")
    return f"Not used: {shown}."
