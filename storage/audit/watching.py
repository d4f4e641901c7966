"""Sessions that act for somebody are watched: what they change becomes one line of the log."""

import sys
from types import FrameType
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, sessionmaker

from storage import acting
from storage.audit import head, lines
from storage.audit.actions import QUIET
from storage.audit.changes import ADDED, CHANGED, DELETED, IGNORED, MOST, UNSEEN, Changes
from storage.audit.whose import needed, project_of
from storage.rights.lift import bare

BESIDE = {"workbench_beside": True}
"""Execution options of a statement that makes room for a change: no change that anybody wanted."""
_CHANGES = "workbench.audit.changes"
_HOUSE = ("workbench.", "pages.")


def listen(sessions: "sessionmaker[Any]") -> None:
    """Watch what these sessions change; those that act for nobody are let pass."""
    event.listen(sessions, "before_flush", _before_flush)
    event.listen(sessions, "after_flush", _after_flush)
    event.listen(sessions, "do_orm_execute", _on_execute)


def service() -> str:
    """The dotted name of the public service that writes, without `workbench.`.

    It is the innermost public function of the house on the stack: what it calls in its own module
    for a part of the work begins with an underscore.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        module, name = str(frame.f_globals.get("__name__", "")), frame.f_code.co_qualname
        parts = name.split(".")
        if module.startswith(_HOUSE) and not any(part.startswith(("_", "<")) for part in parts):
            return f"{module.removeprefix('workbench.')}.{name}"
        frame = frame.f_back
    return "console"


def close(session: Session, action: str) -> None:
    """At the end of a transaction: say in one line what it changed, if it changed anything."""
    who = acting.of(session)
    if who is None or action in QUIET:
        return
    session.flush()
    if changes := _changes(session):
        main = changes.main
        thing_id = main.ids[0] if main.ids else None
        lines.add(session, who, action, main.table, thing_id, changes.project_id, changes.details())


def keep_head(session: Session, url: sa.URL) -> None:
    """After the commit: keep beside the database how far the log goes."""
    if (last := lines.added(session)) is not None:
        head.keep(url, *last)


def _changes(session: Session) -> Changes:
    found: Changes = session.info.setdefault(_CHANGES, Changes())
    return found


def _table(thing: object) -> sa.Table:
    table = sa.inspect(thing).mapper.local_table
    assert isinstance(table, sa.Table)
    return table


def _number(table: sa.Table, row: dict[str, Any]) -> int | None:
    """Of a row, where its table counts them."""
    keys = list(table.primary_key.columns)
    value = row.get(keys[0].name) if len(keys) == 1 else None
    return value if isinstance(value, int) else None


def _row(thing: object) -> dict[str, Any]:
    """Column → value, of what is loaded: nothing is read from the database for the log."""
    state = sa.inspect(thing)
    return {
        attribute.columns[0].name: state.dict[attribute.key]
        for attribute in state.mapper.column_attrs
        if attribute.key in state.dict
    }


def _before_flush(session: Session, _context: Any, _instances: Any) -> None:
    """What goes is noted while it, and what it belongs to, is still there."""
    if acting.of(session) is None:
        return
    for thing in session.deleted:
        _note(session, thing, DELETED)


def _after_flush(session: Session, _context: Any) -> None:
    """What is new has its number by now; what changed still knows what it was."""
    if acting.of(session) is None:
        return
    for thing in session.new:
        _note(session, thing, ADDED)
    for thing in session.dirty:
        state = sa.inspect(thing)
        was = {
            attribute.columns[0].name: (history.deleted or (None,))[0]
            for attribute in state.mapper.column_attrs
            if (history := state.attrs[attribute.key].history).has_changes()
        }
        if was:
            _note(session, thing, CHANGED, was)


def _note(session: Session, thing: object, did: str, was: dict[str, Any] | None = None) -> None:
    table, row = _table(thing), _row(thing)
    columns = set(was or {}) - IGNORED.get(table.name, set())
    if table.name in UNSEEN or (did == CHANGED and not columns):
        return
    _changes(session).note(
        table.name,
        did,
        _number(table, row),
        project_of(bare(session), table, row),
        columns=columns,
        values={name: row.get(name) for name in columns} if did == CHANGED else row,
        was={name: (was or {})[name] for name in columns},
    )


def _on_execute(state: ORMExecuteState) -> None:
    """Statements that change rows without loading them; which they are is asked before."""
    if acting.of(state.session) is None or state.execution_options.get("workbench_beside"):
        return
    statement = state.statement
    if isinstance(statement, sa.Insert) and isinstance(statement.table, sa.Table):
        _note_insert(state, statement.table)
    elif isinstance(statement, sa.Update | sa.Delete) and isinstance(statement.table, sa.Table):
        _note_rows(state.session, statement, statement.table)


def _note_insert(state: ORMExecuteState, table: sa.Table) -> None:
    given: Any = state.parameters
    rows = [dict(row) for row in ([given] if isinstance(given, dict) else given or [{}])]
    fixed = _values(state.statement)
    if table.name not in UNSEEN:
        for row in rows:
            values = {**fixed, **row}
            project_id = project_of(bare(state.session), table, values)
            _changes(state.session).note(
                table.name, ADDED, _number(table, values), project_id, values=values
            )


def _note_rows(session: Session, statement: sa.Update | sa.Delete, table: sa.Table) -> None:
    values = _values(statement) if isinstance(statement, sa.Update) else {}
    columns = set(values) - IGNORED.get(table.name, set())
    if table.name in UNSEEN or (isinstance(statement, sa.Update) and not columns):
        return
    session.flush()  # what it is about to change may be new
    of = sa.select(*(table.c[name] for name in needed(table)))
    if (where := statement.whereclause) is not None:
        of = of.where(where)
    connection = bare(session)
    found = [dict(row) for row in connection.execute(of.limit(MOST + 1)).mappings()]
    did = CHANGED if isinstance(statement, sa.Update) else DELETED
    for row in found[:MOST]:
        _changes(session).note(
            table.name,
            did,
            _number(table, row),
            project_of(connection, table, row),
            columns=columns,
            values={name: value for name, value in values.items() if name in columns},
        )
    if len(found) > MOST:
        count = connection.scalar(sa.select(sa.func.count()).select_from(of.subquery())) or 0
        _changes(session).note(table.name, did, None, None, rows=count - MOST, columns=columns)


def _values(statement: Any) -> dict[str, Any]:
    """Column → value of a statement; None for what the database works out."""
    found = dict(statement._values or {})
    return {
        getattr(column, "name", str(column)): getattr(value, "value", None)
        for column, value in found.items()
    }
