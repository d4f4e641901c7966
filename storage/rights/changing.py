"""Changes are refused to whoever may not make them: row by row, and for statements on many rows.

A row must be allowed as it was before the change and as it is after it, so that none can be moved
into another project, or out of one; and it may point only to what its person sees.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import ORMExecuteState, Session

from storage.rights import refusals
from storage.rights.lift import bare, unguarded
from storage.rights.refusals import NotThere, Unguarded
from storage.rights.rule import ADD, CHANGE, REMOVE, Need
from storage.rights.seeing import condition, key_of, narrowed, owner_of, rule_of
from storage.tables import Base, Membership, Person, Project

_BATCH = 500
Groups = dict[tuple[type[Base], Need], set[Any]]


def check_before(session: Session, person_id: int) -> None:
    """Refuse changes of rows that the person may not change or remove as they are now.

    Raises:
        StorageError: in a sentence.
    """
    groups: Groups = defaultdict(set)
    for row, columns in _changed(session):
        _want(groups, row, CHANGE, columns)
    for row in session.deleted:
        _want(groups, row, REMOVE)
    _check(session, groups, person_id)


def check_after(session: Session, person_id: int) -> None:
    """Refuse what was just written where it may not stand, or points to what may not be seen.

    Raises:
        StorageError: in a sentence.
    """
    groups: Groups = defaultdict(set)
    named: dict[type[Base], set[int]] = defaultdict(set)
    for row, columns in _changed(session):
        if type(row) is not Membership or rule_of(Membership).by in columns:
            _want(groups, row, CHANGE, columns)  # who gives up a role may do so by what they were
        _note_named(named, row, columns)
    for row in session.new:
        _want(groups, row, ADD)
        _note_named(named, row, None)
    _check(session, groups, person_id)
    for entity, ids in named.items():
        if _without(session, entity, rule_of(entity).see, ids, person_id):
            raise NotThere()


def check_one(
    session: Session, entity: type[Base], row_id: int, action: str, person_id: int
) -> None:
    """Refuse if the person may not see, change or remove this row.

    Raises:
        StorageError: in a sentence.
    """
    groups: Groups = {(entity, need): {row_id} for need in rule_of(entity).needed(action)}
    _check(session, groups, person_id)


def restrict(state: ORMExecuteState, person_id: int) -> None:
    """Refuse a statement on many rows if one of them is seen and may not be changed; else narrow it.

    Raises:
        StorageError: in a sentence.
        Unguarded: it inserts, or points rows elsewhere, which only objects may.
    """
    statement: Any = state.statement
    mapper = state.bind_mapper
    if mapper is None or state.is_insert or isinstance(state.parameters, list):
        raise Unguarded(f"{mapper}: people with accounts add and change rows as objects only.")
    entity, columns = mapper.class_, frozenset[str]()
    if state.is_update:
        columns = frozenset(getattr(key, "key", str(key)) for key in statement._values)
        if pointing := [name for name in columns if entity.__table__.c[name].foreign_keys]:
            raise Unguarded(f"{entity.__name__}.{pointing[0]} is changed on objects only.")
    rule = rule_of(entity)
    for need in rule.needed(CHANGE if state.is_update else REMOVE, columns):
        allowed = condition(entity, need, person_id)
        key = getattr(entity, key_of(entity).name)
        rest = sa.select(key).where(*statement._where_criteria, sa.not_(allowed)).limit(1)
        if (refused := state.session.scalar(rest)) is not None:
            raise _refusal(state.session, entity, need, refused, person_id)
        statement = statement.where(allowed)
    state.statement = narrowed(statement, person_id)


def _changed(session: Session) -> Iterator[tuple[Base, frozenset[str]]]:
    """The rows that a flush changes, and the names of their columns that differ."""
    for row in session.dirty:
        state = sa.inspect(row)
        columns = frozenset(
            attribute.key for attribute in state.attrs if attribute.history.has_changes()
        )
        if columns:
            yield row, columns


def _want(groups: Groups, row: Any, action: str, columns: frozenset[str] = frozenset()) -> None:
    for need in rule_of(type(row)).needed(action, columns):
        groups[type(row), need].add(getattr(row, key_of(type(row)).name))


def _note_named(
    named: dict[type[Base], set[int]], row: Any, columns: frozenset[str] | None
) -> None:
    """Remember what a row points to beside what it belongs to; people have no rows of their own."""
    rule = rule_of(type(row))
    for column in type(row).__table__.columns:
        wanted = columns is None or column.name in columns
        if column.foreign_keys and column.name != rule.by and wanted:
            value, owner = getattr(row, column.name), owner_of(type(row), column.name)
            if value is not None and owner is not Person:
                named[owner].add(value)


def _check(session: Session, groups: Groups, person_id: int) -> None:
    for (entity, need), ids in groups.items():
        if missing := _without(session, entity, need, ids, person_id):
            raise _refusal(session, entity, need, min(missing), person_id)


def _without(
    session: Session, entity: type[Any], need: Need, ids: Iterable[Any], person_id: int
) -> set[Any]:
    """Those of the rows with which the person may not do what needs this."""
    table, key, wanted = entity.__table__, key_of(entity), set(ids)
    allowed = condition(entity, need, person_id, table.c)
    connection, found = bare(session), set[Any]()
    some = sorted(wanted)
    for start in range(0, len(some), _BATCH):
        query = sa.select(key).where(key.in_(some[start : start + _BATCH]), allowed)
        found.update(connection.scalars(query))
    return wanted - found


def _refusal(
    session: Session, entity: type[Any], need: Need, row_id: Any, person_id: int
) -> Exception:
    """Why not; of what the person may not even see only that it is not there."""
    if _without(session, entity, rule_of(entity).see, {row_id}, person_id):
        return NotThere()
    with unguarded(session):
        project_id = _project_of(session, entity, row_id)
        return refusals.not_allowed(session, need, rule_of(entity).noun, project_id)


def _project_of(session: Session, entity: type[Any], row_id: Any) -> int | None:
    """The project that a row leads to; None for one of none."""
    while entity is not Project:
        by = rule_of(entity).by
        if not by:
            return None
        table = entity.__table__
        above = sa.select(table.c[by]).where(table.c.id == row_id)
        if (found := bare(session).scalar(above)) is None:
            return None
        row_id = found
        entity = owner_of(entity, by)
    return int(row_id)
