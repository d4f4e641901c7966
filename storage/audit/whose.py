"""Which project a row belongs to, found by its foreign keys."""

import functools
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from storage.tables import Base

_PROJECTS = "projects"


def project_of(connection: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> int | None:
    """The id of the project that owns a row of this table; None if none does.

    Args:
        row: at least the columns that `needed` names.
    """
    if table.name == _PROJECTS:
        return row.get("id")
    if (key := _way(table.name)) is None or (value := row.get(key.parent.name)) is None:
        return None
    parent = key.column.table
    if parent.name == _PROJECTS:
        return int(value)
    columns = [parent.c[name] for name in needed(parent)]
    found = connection.execute(sa.select(*columns).where(key.column == value)).mappings().first()
    return project_of(connection, parent, dict(found)) if found else None


def needed(table: sa.Table) -> tuple[str, ...]:
    """The columns that tell a row's own number and whose it is."""
    key = _way(table.name)
    own = tuple(column.name for column in table.primary_key.columns)
    return own if key is None else (*own, key.parent.name)


@functools.cache
def _way(name: str) -> "sa.ForeignKey | None":
    """The foreign key by which rows of a table belong to a project, over others if need be."""
    keys = sorted(Base.metadata.tables[name].foreign_keys, key=lambda key: key.parent.name)
    owning = [key for key in keys if key.ondelete == "CASCADE" and key.column.table.name != name]
    direct = [key for key in owning if key.column.table.name == _PROJECTS]
    further = [
        key for key in owning if key not in direct and _way(key.column.table.name) is not None
    ]
    return next(iter([*direct, *further]), None)
