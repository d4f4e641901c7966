"""Which column plays which role; several columns can be woven into one text.

A role's source is the name of a column, or a template such as `Subject: {subject}`, where each
name between curly brackets is a column (`{{` and `}}` stand for the brackets themselves), or a list
of columns that are the fields of an answer (see `field_columns`).
"""

import difflib
import re
from collections.abc import Mapping, Sequence

from workbench.core.errors import WorkbenchError
from workbench.core.feedback import ROLE as FEEDBACK
from workbench.core.tasks import Task
from workbench.core.words import joined
from workbench.data.columns import field_columns
from workbench.data.readers.table import Table

_PART = re.compile(r"\{\{|\}\}|\{([^{}]+)\}")
_SHOWN_COLUMNS = 12


def is_template(source: str, columns: Sequence[str]) -> bool:
    """Whether the source weaves columns together rather than naming one."""
    if source in columns or field_columns.names_in(source):
        return False
    return any(match[1] for match in _PART.finditer(source))


def columns_in(source: str, columns: Sequence[str]) -> list[str]:
    """The columns that a source takes its text from, in order."""
    if names := field_columns.names_in(source, columns):
        return names
    if not is_template(source, columns):
        return [source]
    return [match[1].strip() for match in _PART.finditer(source) if match[1]]


def title(source: str, columns: Sequence[str]) -> str:
    """The source in a sentence: its column, or the columns of its template."""
    return joined([f"'{name}'" for name in dict.fromkeys(columns_in(source, columns))])


def find_given_away(task: Task, roles: Mapping[str, str], columns: Sequence[str]) -> list[str]:
    """The columns of the answer that also stand in what comes in: there is nothing to learn then."""
    if task.compares:  # where both answers are whole conversations, the question is a part of them
        return []
    answer = columns_in(roles.get(task.learned, ""), columns)
    asked = [
        column
        for role, source in roles.items()
        if role != task.learned
        for column in columns_in(source, columns)
    ]
    return [column for column in dict.fromkeys(answer) if column in asked]


def check_roles(task: Task, roles: Mapping[str, str], table: Table) -> dict[str, str]:
    """The roles with every column spelled as in the table; roles without a source are left out.

    Raises:
        WorkbenchError: a role is unknown or missing, or a column does not exist.
    """
    known = (*task.required, *task.optional)
    for role in roles:
        if role not in known:
            raise WorkbenchError(
                f"'{task.title}' has no role '{role}': its roles are {', '.join(known)}."
            )
    given = {role: source for role, source in roles.items() if source.strip()}
    for role in task.required:
        if role not in given:
            raise WorkbenchError(
                f"No column is chosen for the {role}: {table.name} has {_list_columns(table.columns)}."
            )
    return {role: _resolve(source, table) for role, source in given.items()}


def without_absent(roles: Mapping[str, str], table: Table) -> dict[str, str]:
    """The roles without feedback where a further file has none: not each one needs it."""
    gone = roles.get(FEEDBACK, "") not in ("", *table.columns)
    return {role: source for role, source in roles.items() if role != FEEDBACK or not gone}


def _resolve(source: str, table: Table) -> str:
    columns = table.columns
    if names := field_columns.names_in(source, columns):
        return field_columns.as_source([find_column(name, table) for name in names])
    if not is_template(source, columns):
        return find_column(source, table)
    return _PART.sub(
        lambda match: "{" + find_column(match[1].strip(), table) + "}" if match[1] else match[0],
        source,
    )


def find_column(name: str, table: Table) -> str:
    """The column of this name, whatever its case and outer spaces.

    Raises:
        WorkbenchError: the table has none.
    """
    if name in table.columns:
        return name
    alike = {column.casefold(): column for column in table.columns}
    found = alike.get(" ".join(name.split()).casefold())
    if found is None:
        raise WorkbenchError(_missing(name, table))
    return found


def _missing(name: str, table: Table) -> str:
    near = difflib.get_close_matches(name, table.columns, 1)
    hint = f"did you mean '{near[0]}'?" if near else f"it has {_list_columns(table.columns)}."
    return f"{table.name} has no column '{name}': {hint}"


def _list_columns(columns: Sequence[str]) -> str:
    shown = ", ".join(columns[:_SHOWN_COLUMNS])
    rest = len(columns) - _SHOWN_COLUMNS
    return f"{shown} and {rest:,} more" if rest > 0 else shown


def texts(table: Table, source: str) -> list[str | None]:
    """The text of every row; None where the column (or every column of the template) is empty."""
    if names := field_columns.names_in(source, table.columns):
        return field_columns.texts(names, table.cells)
    if not is_template(source, table.columns):
        return table.cells(source)
    pieces = _pieces(source)
    cells = {name: table.cells(name) for name, is_column in pieces if is_column}
    return [_fill_in(pieces, cells, row) for row in range(len(table))]


def _pieces(template: str) -> list[tuple[str, bool]]:
    """The template cut into literal texts and (True) column names."""
    pieces: list[tuple[str, bool]] = []
    end = 0
    for match in _PART.finditer(template):
        pieces.append((template[end : match.start()], False))
        pieces.append((match[1].strip(), True) if match[1] else (match[0][0], False))
        end = match.end()
    return [*pieces, (template[end:], False)]


def _fill_in(
    pieces: list[tuple[str, bool]], cells: Mapping[str, list[str | None]], row: int
) -> str | None:
    if not any((column[row] or "").strip() for column in cells.values()):
        return None
    return "".join((cells[text][row] or "") if column else text for text, column in pieces)
