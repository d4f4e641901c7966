"""The rows of a project that is brought here, as they are to be here."""

import secrets
from collections.abc import Callable
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import projects
from storage.moving import project_rows
from storage.rows import Row
from storage.tables import CANCELLED, OPEN, now
from workbench.core import names
from workbench.core.errors import WorkbenchError
from workbench.system.backup.renumbering import Renumbering

NAME_LIMIT = 80
_WAS_OPEN = "The project was saved while this was not over, and brought here: start it again."
_WITHOUT_NUMBERS = {"dataset_versions", "evaluations", "metrics", "must_pass"}
"""Their JSON names columns and categories of the user's; numbers in it are counts."""
_NOT_WATCHED = "The folder is not watched any more because the project was brought here."


def row_here(session: Session, table: sa.Table, row: Row, given: Renumbering, name: str) -> Row:
    """A row as it is here."""
    plain = table.name in _WITHOUT_NUMBERS
    change = given.relocation.value if plain else given.value
    here = {
        column: change(value) if isinstance(value, dict) else value
        for column, value in row.items()
        if column != "id" and column in table.columns
    }
    for column, target in project_rows.references(table).items():
        if here.get(column) is not None:
            number = given.number(target, here[column])
            if number is None and not table.c[column].nullable:
                raise ValueError(f"{table.name}.{column} is the number of nothing in it")
            here[column] = number
    return here | _CHANGES.get(table.name, _as_it_is)(session, row, given, name)


def _as_it_is(session: Session, row: Row, given: Renumbering, name: str) -> Row:
    return {}


def _project(session: Session, row: Row, given: Renumbering, name: str) -> Row:
    called = name.strip() or str(row["name"])
    if not 0 < len(called) <= NAME_LIMIT or names.shown(called) != called:
        raise WorkbenchError(
            f"A project cannot be called {called[:100]!r}: choose a name of at most {NAME_LIMIT} "
            "characters."
        )
    if projects.named(session, called) is not None:
        raise WorkbenchError(
            f"There is a project '{called}' here already: say under which name this one is to be "
            "brought here."
        )
    known = row.get("api_name")
    taken = known and projects.known_as(session, str(known)) is not None
    return {"name": called, "is_sample": False, "drafts": {}, "api_name": None if taken else known}


def _job(session: Session, row: Row, given: Renumbering, name: str) -> Row:
    here: Row = {"id": given.number("jobs", row["id"]), "person_id": None, "goes_first": False}
    if row["status"] in OPEN:
        here |= {"status": CANCELLED, "reason": _WAS_OPEN, "finished_at": now().isoformat()}
    return here


def _watch(session: Session, row: Row, given: Renumbering, name: str) -> Row:
    return {"is_on": False, "trouble": _NOT_WATCHED}


def _blind_test(session: Session, row: Row, given: Renumbering, name: str) -> Row:
    """Its link leads to the other installation, and to nothing here."""
    here: Row = {"token_hash": sha256(secrets.token_bytes()).hexdigest()}
    if row.get("state") == "open":
        here |= {"state": "ended", "ended_at": now().isoformat()}
    return here


def _message(session: Session, row: Row, given: Renumbering, name: str) -> Row:
    return {"model": given.model(str(row.get("model", "")))}


_CHANGES: dict[str, Callable[[Session, Row, Renumbering, str], Row]] = {
    "projects": _project,
    "jobs": _job,
    "watches": _watch,
    "blind_tests": _blind_test,
    "messages": _message,
}
