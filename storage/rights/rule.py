"""What a table's rule says: the way of its rows to their project, and what each change needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from storage.acting import EDITOR, ROLES, VIEWER
from storage.tables import Membership

ANYBODY = "anybody"
"""Whoever is signed in."""
ADMINISTRATOR = "administrator"
"""Of the installation. They are asked nothing, so what needs one is refused to everybody else."""
SEE, ADD, CHANGE, REMOVE = "see", "add", "change", "remove"

Test = Callable[[Any, Any], Any]
"""A condition on an entity (a mapped class, or an alias of one) for the person of this id."""
Need = str | Test | tuple[str | Test, ...]
"""A role in the row's project, one of the two above, a condition; of several any one is enough."""


@dataclass(frozen=True)
class Rule:
    """One table: how its rows lead to their project, and what seeing and changing them needs."""

    noun: str
    """What it is called in a sentence: "only editors may change its data"."""
    by: str = ""
    """The column that leads to the project, or to a row of a table with a rule of its own; empty
    for what belongs to no project."""
    see: Need = VIEWER
    add: Need = EDITOR
    change: Need = EDITOR
    remove: Need = EDITOR
    columns: Mapping[str, Need] = field(default_factory=dict)
    """Columns whose change needs something else than that of the others."""

    def needed(self, action: str, columns: frozenset[str] = frozenset()) -> list[Need]:
        """Everything that this needs; to change columns, what each of them does."""
        if action != CHANGE:
            return [{SEE: self.see, ADD: self.add, REMOVE: self.remove}[action]]
        ordinary = [self.change] if columns - self.columns.keys() or not columns else []
        return [*ordinary, *(self.columns[name] for name in sorted(columns & self.columns.keys()))]


def at_least(role: str) -> tuple[str, ...]:
    """The role, and those that may do more."""
    return ROLES[ROLES.index(role) :]


def projects_of(person_id: Any, role: str) -> sa.Select[int]:
    """The ids of the projects in which a person has this role, or may do more."""
    table = Membership.__table__
    mine = sa.select(table.c.project_id).where(table.c.person_id == person_id)
    return mine if role == VIEWER else mine.where(table.c.role.in_(at_least(role)))
