"""Runs whose weights are there, so that they can be asked."""

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.tables import DatasetVersion, Project, Run


class Trained(NamedTuple):
    """A run with weights, what it learned from and whose it is."""

    run: Run
    version: DatasetVersion
    project: Project


def listing(session: Session, project_id: int | None = None) -> list[Trained]:
    """Runs that left an adapter, newest first; of one project, or of all that are in use."""
    mine = Project.archived_at.is_(None) if project_id is None else Project.id == project_id
    return _found(session, mine)


def of_run(session: Session, run_id: int) -> Trained | None:
    """The run, if it left an adapter and its project is in use."""
    return next(iter(_found(session, Project.archived_at.is_(None), Run.id == run_id)), None)


def _found(session: Session, *which: sa.ColumnElement[bool]) -> list[Trained]:
    query = (
        sa.select(Run, DatasetVersion, Project)
        .join(DatasetVersion, Run.dataset_version_id == DatasetVersion.id)
        .join(Project, Run.project_id == Project.id)
        .where(Run.result.is_not(None), *which)
        .order_by(Run.id.desc())
    )
    rows = (Trained(*row) for row in session.execute(query))
    return [row for row in rows if row.run.result and row.run.result.get("adapter")]
