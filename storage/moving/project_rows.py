"""Which rows are a project's, and the same rows under the numbers of another database."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import rows
from storage.database import Store
from storage.rows import Row
from storage.tables import Job

_OWNERS = {
    "datasets": ("project_id", "projects"),
    "dataset_versions": ("dataset_id", "datasets"),
    "runs": ("project_id", "projects"),
    "metrics": ("run_id", "runs"),
    "jobs": ("project_id", "projects"),
    "evaluations": ("run_id", "runs"),
    "trials": ("sweep_job_id", "jobs"),
    "conversations": ("project_id", "projects"),
    "messages": ("conversation_id", "conversations"),
    "watches": ("project_id", "projects"),
    "watched_files": ("watch_id", "watches"),
    "releases": ("project_id", "projects"),
    "must_pass": ("project_id", "projects"),
    "blind_tests": ("project_id", "projects"),
    "votes": ("blind_test_id", "blind_tests"),
    "own_ratings": ("run_id", "runs"),
}
"""Table → the column that says whose its rows are, and whose."""
MOVED = ("projects", "base_models", *_OWNERS)
"""What goes along; of the base models those that the project uses."""
STAYS = {
    "job_attempts": "processes of the old machine",
    "api_keys": "who asks there may not ask here",
    "persons": "each installation has its own",
    "memberships": "each installation has its own",
    "invitations": "each installation has its own",
    "sign_ins": "each installation has its own",
    "drafts": "those of whoever saves the project go along with its own",
    "sign_in_failures": "each installation has its own",
    "person_limits": "each installation has its own",
    "settings": "each installation has its own",
    "audit": "it tells what was done there",
}
"""What does not, and why."""
PLAIN_NUMBERS = {
    ("releases", "back_to"): "releases",
    ("watched_files", "job_id"): "jobs",
}
"""Columns that are another row's number without a foreign key."""


def dump(session: Session, project_id: int) -> Iterator[tuple[str, Iterator[Row]]]:
    """Table → its rows that are the project's; nothing else of the database."""
    connection = session.connection()
    tables = {table.name: table for table in rows.tables(connection)}
    for name in MOVED:
        mine = tables[name].c.id.in_(_ids(tables, name, project_id))
        yield name, rows.dump(connection, tables[name], mine)


def _ids(tables: dict[str, sa.Table], name: str, project_id: int) -> sa.Select[Any]:
    table = tables[name]
    if name == "projects":
        return sa.select(table.c.id).where(table.c.id == project_id)
    if name == "base_models":
        projects, runs = tables["projects"], tables["runs"]
        chosen = sa.select(projects.c.base_model_id).where(projects.c.id == project_id)
        learned = sa.select(runs.c.base_model_id).where(runs.c.project_id == project_id)
        return sa.select(table.c.id).where(sa.or_(table.c.id.in_(chosen), table.c.id.in_(learned)))
    column, owner = _OWNERS[name]
    return sa.select(table.c.id).where(table.c[column].in_(_ids(tables, owner, project_id)))


def job_ids(session: Session, project_id: int) -> list[int]:
    """The jobs of the project, each of which may have a folder."""
    return list(session.scalars(sa.select(Job.id).where(Job.project_id == project_id)))


def reserve_job_ids(store: Store, count: int) -> list[int]:
    """Numbers that no job has had and none will get.

    They are taken in a transaction of their own: a job's number names its folder, and whoever is killed
    while the folders are put in their places leaves them under numbers that nobody else is given.
    """
    if not count:
        return []
    with store.write() as session:
        if session.get_bind().dialect.name == "postgresql":
            query = sa.text(
                "SELECT nextval(pg_get_serial_sequence('jobs', 'id')) FROM generate_series(1, :n)"
            )
            return sorted(session.scalars(query, {"n": count}))
        last = session.scalar(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'jobs'"))
        if last is None:
            session.execute(sa.text("INSERT INTO sqlite_sequence VALUES ('jobs', 0)"))
        first = int(last or 0) + 1
        session.execute(
            sa.text("UPDATE sqlite_sequence SET seq = seq + :n WHERE name = 'jobs'"), {"n": count}
        )
        return list(range(first, first + count))


def references(table: sa.Table) -> dict[str, str]:
    """Column → the table whose numbers it holds."""
    found = {
        column.name: key.column.table.name
        for column in table.columns
        for key in column.foreign_keys
    }
    named = {column: target for (own, column), target in PLAIN_NUMBERS.items() if own == table.name}
    return found | named
