"""Queries find only what may be seen: each table in a statement gets the condition of its rule."""

import functools
from collections.abc import Mapping
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm.util import LoaderCriteriaOption
from sqlalchemy.sql import visitors

from storage.rights.refusals import Unguarded
from storage.rights.rule import ADMINISTRATOR, ANYBODY, Need, Rule, projects_of
from storage.rights.rules import RULES
from storage.tables import Base, Project


def rule_of(entity: type[Any]) -> Rule:
    """The rule of a table.

    Raises:
        Unguarded: it has none.
    """
    if (rule := RULES.get(entity)) is None:
        raise Unguarded(f"{entity.__name__} has no rule in storage/rights/rules.py: state one.")
    return rule


@functools.cache
def entities() -> Mapping[sa.FromClause, type[Base]]:
    """Table → its mapped class."""
    return {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}


class _Condition(LoaderCriteriaOption):
    """What `sqlalchemy.orm.with_loader_criteria` gives, for aliases in joins, too.

    There SQLAlchemy (2.1.9) leaves a condition as it is, so that it speaks of the table and not of
    its alias, unless it comes from a function. A function again is asked once for all persons; here
    the person is a parameter, and so the same wherever the condition was first compiled.
    """

    __slots__ = ("_need", "_person")
    _traverse_internals = LoaderCriteriaOption._traverse_internals

    def __init__(self, entity: type[Base], need: Need, person_id: int) -> None:
        self._need = need
        self._person: Any = sa.bindparam("workbench_person", person_id)
        super().__init__(entity, condition(entity, need, self._person), include_aliases=True)

    def _resolve_where_criteria(self, ext_info: Any) -> sa.ColumnElement[bool]:
        if ext_info.is_aliased_class:
            return condition(ext_info.mapper.class_, self._need, self._person, ext_info.entity)
        return super()._resolve_where_criteria(ext_info)


def condition(
    entity: type[Any], need: Need, person_id: Any, columns: Any = None
) -> sa.ColumnElement[bool]:
    """What holds of the rows with which a person may do what needs this.

    Args:
        person_id: a number, or a parameter for it.
        columns: the columns of which it is said; those of the mapped class without.
    """
    columns = entity if columns is None else columns
    if isinstance(need, tuple):
        return sa.or_(*(condition(entity, part, person_id, columns) for part in need))
    if callable(need):
        return cast("sa.ColumnElement[bool]", need(columns, person_id))
    if need == ANYBODY:
        return sa.true()
    if need == ADMINISTRATOR:
        return sa.false()
    return _leads_to(entity, columns, projects_of(person_id, need))


def _leads_to(entity: type[Any], columns: Any, projects: sa.Select[int]) -> sa.ColumnElement[bool]:
    rule, column = rule_of(entity), getattr(columns, rule_of(entity).by)
    if entity is not Project and (owner := owner_of(entity, rule.by)) is not Project:
        table = sa.alias(owner.__table__)  # it may stand in the statement, too
        above = sa.select(table.c.id).where(_leads_to(owner, table.c, projects))
        return cast("sa.ColumnElement[bool]", column.in_(above.correlate(None)))
    return cast("sa.ColumnElement[bool]", column.in_(projects))


def key_of(entity: type[Any]) -> sa.Column[Any]:
    """The column that numbers or names the rows of a table."""
    (key,) = entity.__table__.primary_key.columns
    return cast("sa.Column[Any]", key)


def owner_of(entity: type[Any], column: str) -> type[Any]:
    """The table to whose rows a column of a table points."""
    (key,) = entity.__table__.columns[column].foreign_keys
    return entities()[key.column.table]


@functools.lru_cache(maxsize=256)
def _options(person_id: int) -> Mapping[type[Base], _Condition]:
    """What every statement of a person is given for each table in it.

    Raises:
        Unguarded: a table has no rule.
    """
    return {
        entity: _Condition(entity, rule_of(entity).see, person_id) for entity in entities().values()
    }


def tables_in(statement: Any) -> set[sa.FromClause]:
    """The tables that a statement names anywhere."""
    return {part for part in visitors.iterate(statement) if isinstance(part, sa.Table)}


def narrowed(statement: Any, person_id: int) -> Any:
    """The statement of which everything is hidden that the person may not see."""
    options, known = _options(person_id), entities()
    found = [options[known[table]] for table in tables_in(statement) if table in known]
    return statement.options(*found)


def check_harmless(statement: Any) -> None:
    """Let a statement pass that reads no table, such as one that asks for the database's size.

    Raises:
        Unguarded: it is no query of mapped classes, so it cannot be narrowed.
    """
    if isinstance(statement, sa.Select):
        texts = (sa.TextClause, sa.TableClause)
        if not any(isinstance(part, texts) for part in visitors.iterate(statement)):
            return
    raise Unguarded(f"This statement cannot be asked for a person with an account: {statement}")
