"""All rows of a database as plain values, and back: the same on SQLite and PostgreSQL.

Tables are read as the database itself describes them, so that rows of an older schema can be
put back, too. A row is a dict without its empty columns; times are ISO 8601 in UTC, JSON columns
are what they hold.
"""

import contextlib
import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import sqlalchemy as sa

Row = dict[str, Any]
_BATCH = 500
_NOT_DATA = {"alembic_version", "upload_tickets", "download_tickets"}
"""The schema's number, and what is over within a day."""
_PLACE = "location"
"""The one column that holds nothing but a path."""


def tables(connection: sa.Connection) -> list[sa.Table]:
    """The tables that there are, each after those that its rows point to."""
    found = sa.MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name not in _NOT_DATA]


def dump(
    connection: sa.Connection, table: sa.Table, where: sa.ColumnElement[bool] | None = None
) -> Iterator[Row]:
    """The table's rows, or those of them that fit, by their ids."""
    columns = [
        sa.cast(column, sa.Text).label(column.name) if _is_json(column) else column
        for column in table.columns
    ]
    read = [(column.name, json.loads if _is_json(column) else _plain) for column in table.columns]
    query = sa.select(*columns).order_by(*table.primary_key.columns)
    if where is not None:
        query = query.where(where)
    for row in connection.execution_options(yield_per=_BATCH).execute(query):
        yield {
            name: plain(value)
            for (name, plain), value in zip(read, row, strict=True)
            if value is not None
        }


def load(
    connection: sa.Connection, table: sa.Table, rows: Iterable[Row], change: Callable[[Any], Any]
) -> int:
    """Insert rows, what may hold a path as `change` gives it back; how many they were.

    Raises:
        ValueError: a row is none, has a column that the table has not, or a value of another type.
        sqlalchemy.exc.SQLAlchemyError: it breaks a rule of the database.
    """
    for column in table.columns:
        if _is_json(column):
            column.type = sa.JSON(none_as_null=True)
    count, remaining = 0, iter(rows)
    while batch := list(islice(remaining, _BATCH)):
        connection.execute(table.insert(), [_values(table, row, change) for row in batch])
        count += len(batch)
    if connection.dialect.name == "postgresql" and "id" in table.columns:
        _count_on(connection, table)
    return count


def add(connection: sa.Connection, table: sa.Table, row: Row) -> int:
    """Insert a row and give it a number, unless it has one; its number.

    Raises: what `load` raises.
    """
    for column in table.columns:
        if _is_json(column):
            column.type = sa.JSON(none_as_null=True)
    values = _values(table, row, lambda value: value)
    if values["id"] is None:
        del values["id"]
    number: int = connection.execute(table.insert().returning(table.c.id), values).scalar_one()
    return number


def is_empty(connection: sa.Connection) -> bool:
    """Whether nobody has kept anything here; the models that come with every install aside."""
    for table in tables(connection):
        query = sa.select(sa.literal(1)).select_from(table).limit(1)
        if table.name == "base_models":
            query = query.where(table.c.source != "bundled")
        if connection.scalar(query):
            return False
    return True


def clear(connection: sa.Connection) -> None:
    """Delete all rows, those that nobody may change or delete too: their triggers are there again after."""
    for table in reversed(tables(connection)):
        with _unguarded(connection, table):
            connection.execute(table.delete())


@contextlib.contextmanager
def _unguarded(connection: sa.Connection, table: sa.Table) -> Iterator[None]:
    """Without the table's triggers; all in the same transaction."""
    name = table.name
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(f'ALTER TABLE "{name}" DISABLE TRIGGER USER'))
        yield
        connection.execute(sa.text(f'ALTER TABLE "{name}" ENABLE TRIGGER USER'))
        return
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name"
    triggers = connection.execute(sa.text(query), {"name": name}).all()
    for trigger, _ in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{trigger}"')
    yield
    for _, sql in triggers:
        connection.exec_driver_sql(sql)


def _is_json(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, sa.JSON)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.datetime) else value


def _values(table: sa.Table, row: Mapping[str, Any], change: Callable[[Any], Any]) -> Row:
    if not isinstance(row, Mapping):
        raise ValueError(f"one of {table.name} is no object with named values")
    if unknown := row.keys() - table.columns.keys():
        raise ValueError(f"there is no {table.name}.{min(unknown)}")
    return {
        column.name: _stored(column, row[column.name], change) if column.name in row else None
        for column in table.columns
    }


def _stored(column: sa.Column[Any], value: Any, change: Callable[[Any], Any]) -> Any:
    _check(column, value)
    if _is_json(column) or column.name == _PLACE:
        value = change(value)
    if _is_json(column):
        return sa.JSON.NULL if value is None else value
    return dt.datetime.fromisoformat(value) if isinstance(column.type, sa.DateTime) else value


def _check(column: sa.Column[Any], value: Any) -> None:
    """Refuse a value that this column never holds; SQLite would take any.

    Raises:
        ValueError: it names the column.
    """
    kind = dict if _is_json(column) else column.type.python_type
    if isinstance(value, dt.datetime) or value is None:
        return
    fits = isinstance(value, str if kind is dt.datetime else kind)
    if isinstance(value, bool) and kind is not bool:
        fits = False
    if kind is int and isinstance(value, int):
        fits = fits and -(2**63) <= value < 2**63
    if not fits:
        raise ValueError(f"{column.table.name}.{column.name} cannot be {value!r:.60}")


def _count_on(connection: sa.Connection, table: sa.Table) -> None:
    """Let PostgreSQL number the next row behind the last one."""
    last = connection.scalar(sa.select(sa.func.max(table.c.id)))
    if last is not None:
        sequence = sa.func.pg_get_serial_sequence(table.name, "id")
        connection.execute(sa.select(sa.func.setval(sequence, last)))
