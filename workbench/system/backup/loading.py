"""The rows of a backup: into a SQLite file of its own schema, brought up to date, and on from there."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from storage import rows, schema
from storage.database import Store
from storage.tables import OPEN, TERMINAL
from workbench.core.tasks import TASKS
from workbench.system.backup import reading
from workbench.system.backup.manifest import Manifest
from workbench.system.backup.relocation import Relocation

DATABASE = "workbench.db"
_LONGEST_ROW = 64 << 20
"""Bytes of a row as JSON."""


def load(staging: Path, manifest: Manifest, move: Relocation | None = None) -> dict[str, int]:
    """The rows as a new SQLite file of the newest schema; table → rows.

    `move` says where paths lead from now on; without it from the old home to this one.

    Raises: what `said` makes a sentence of.
    """
    url = f"sqlite:///{staging / DATABASE}"
    schema.upgrade(url, manifest.schema)
    move = move or Relocation.of(manifest)
    counts: dict[str, int] = {}
    store = Store(url)
    try:
        with store.write() as session:
            tables = rows.tables(session.connection())
            _check_tables(staging, {table.name for table in tables})
            for table in tables:
                found = _lines(staging / "rows" / f"{table.name}.jsonl")
                counts[table.name] = rows.load(session.connection(), table, found, move.value)
            _check_words(session)
    finally:
        store.close()
    for name in {*counts, *manifest.counts}:
        if counts.get(name, 0) != manifest.counts.get(name, 0):
            raise ValueError(f"there are not as many {name} as it says")
    schema.upgrade(url)
    for copy in staging.glob(f"{DATABASE}.*.bak"):
        copy.unlink()
    return counts


@contextlib.contextmanager
def said(path: Path) -> Iterator[None]:
    """Rows that no database of ours has held, as a sentence."""
    try:
        yield
    except SQLAlchemyError as error:
        why = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise reading.damaged(path, f"a row does not fit: {why}") from error
    except (LookupError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise reading.damaged(path, f"a row cannot be read: {error}") from error


def _check_tables(staging: Path, known: set[str]) -> None:
    if unknown := {file.stem for file in (staging / "rows").glob("*")} - known:
        raise ValueError(f"there is no table {min(unknown)}")


def _check_words(session: Session) -> None:
    """Refuse states and tasks that no code knows: every page that met one would fail."""
    for name, column, known in (
        ("state", "status FROM jobs", {*OPEN, *TERMINAL}),
        ("task", "task FROM dataset_versions", {*TASKS}),
    ):
        for word in session.scalars(sa.text(f"SELECT DISTINCT {column}")):
            if word not in known:
                raise ValueError(f"there is no {name} {word!r:.60}")


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if path.exists():
        with path.open("rb") as handle:
            while line := handle.readline(_LONGEST_ROW + 1):
                if len(line) > _LONGEST_ROW:
                    raise ValueError(f"one in {path.name} is too long")
                yield json.loads(line)


def copy(source: sa.Connection, target: sa.Connection) -> None:
    """Put the rows of one database in the place of another's."""
    rows.clear(target)  # the models of the install, if it was opened before
    known = {table.name: table for table in rows.tables(source)}
    for table in rows.tables(target):
        rows.load(target, table, rows.dump(source, known[table.name]), lambda value: value)
