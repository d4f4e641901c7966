"""Migrations: the schema is the tables', an upgrade loses nothing, a newer database is refused."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from storage import jobs, schema
from storage.database import Store
from storage.errors import StorageError
from storage.schema import open_store, upgrade
from storage.tables import Base, Dataset, Job, Project

ADDS_A_COLUMN = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{head}"


def upgrade() -> None:
    op.create_table("marks", sa.Column("id", sa.Integer(), primary_key=True))
    how = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("projects", recreate=how) as batch:
        batch.add_column(sa.Column("colour", sa.String(), server_default="grey"))
    {then}
"""

NextVersion = Callable[[str], None]


@pytest.fixture
def next_version(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NextVersion:
    """Makes this a version with one more migration, which ends as told, over a store with rows."""
    with store.write() as session:
        session.add(Project(name="p"))
        session.flush()
        session.add(Dataset(project_id=1, name="Replies"))
    store.close()

    def add(then: str) -> None:
        folder = tmp_path / "migrations"
        shutil.copytree(schema._MIGRATIONS, folder)
        heads = sorted((folder / "versions").glob("[0-9]*.py"))
        text = ADDS_A_COLUMN.format(head=heads[-1].name[:4], then=then)
        (folder / "versions" / "9999_a_colour.py").write_text(text)
        monkeypatch.setattr(schema, "_MIGRATIONS", folder)

    return add


def test_the_migrations_make_what_the_tables_say(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []


def test_a_database_of_a_newer_version_is_refused_untouched(store: Store) -> None:
    with store.write() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = 'from-the-future'"))
    store.close()
    before = _contents(store)
    with pytest.raises(StorageError, match="newer version"):
        open_store()
    assert _contents(store) == before


def test_an_upgrade_keeps_all_rows(
    next_version: NextVersion,
) -> None:
    next_version("pass")
    upgraded = open_store()
    with upgraded.read() as session:
        assert session.scalar(sa.text("SELECT colour FROM projects")) == "grey"
        assert session.scalars(sa.select(Dataset.name)).all() == ["Replies"]
    upgraded.close()


@pytest.mark.sqlite
def test_an_upgrade_keeps_a_copy_of_what_was(
    next_version: NextVersion,
) -> None:
    next_version("pass")
    upgraded = open_store()
    upgraded.close()
    copies = list(Path(upgraded.engine.url.database or "").parent.glob("*.bak"))
    assert len(copies) == 1
    with closing(sqlite3.connect(copies[0])) as copy:
        assert copy.execute("SELECT name FROM datasets").fetchall() == [("Replies",)]
        assert "colour" not in str(copy.execute("SELECT sql FROM sqlite_master").fetchall())


def test_an_upgrade_that_breaks_off_changes_nothing(
    store: Store, next_version: NextVersion
) -> None:
    next_version("raise RuntimeError('cut off')")
    before = _contents(store)
    with pytest.raises(RuntimeError, match="cut off"):
        open_store()
    assert _contents(store) == before


@pytest.mark.sqlite
def test_rows_that_an_upgrade_left_without_owner_are_reported(
    next_version: NextVersion,
) -> None:
    next_version('op.execute("DELETE FROM projects")')
    with pytest.raises(StorageError, match="1 rows without an owner"):
        open_store()


def _contents(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every table with its columns and rows."""
    with store.engine.connect() as connection:
        found = sa.MetaData()
        found.reflect(connection)
        contents = {
            name: [tuple(table.columns.keys()), *map(tuple, connection.execute(sa.select(table)))]
            for name, table in found.tables.items()
        }
    store.close()
    return contents


@pytest.mark.sqlite
def test_jobs_of_the_first_schema_keep_their_tries(home: Path) -> None:
    home.mkdir(parents=True)
    path = home / "workbench.db"
    upgrade(f"sqlite:///{path}", "0001")
    with closing(sqlite3.connect(path)) as connection:
        at = "2026-01-01 00:00:00"
        connection.execute(
            "INSERT INTO jobs (id, kind, title, spec, status, attempt, position, created_at, progress,"
            f" reason, event_segment, event_offset) VALUES (7, 'import', 'j', '{{}}', 'failed', 2, 1,"
            f" '{at}', '{{}}', '', 1, 0)"
        )
        connection.execute(
            "INSERT INTO job_attempts (job_id, attempt, launcher, started_at, reason)"
            f" VALUES (7, 2, 'local', '{at}', 'lost')"
        )
        connection.commit()
    store = open_store()
    with store.read() as session:
        assert [(row.job_id, row.reason) for row in jobs.attempts(session, 7)] == [(7, "lost")]
        job = session.get_one(Job, 7)
    store.close()
    assert (job.status, job.retries, job.pause_requested_at) == ("failed", 0, None)
