"""Queries on projects: the projects themselves, and what belongs to them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.rights.lift import lifted
from storage.tables import (
    OPEN,
    Conversation,
    Dataset,
    DatasetVersion,
    Job,
    Project,
    Release,
    Run,
)


@dataclass(frozen=True)
class Counts:
    """What a project owns."""

    datasets: int
    versions: int
    runs: int
    conversations: int
    releases: int
    """How often a version went live."""


def add(session: Session, name: str, description: str, *, is_sample: bool = False) -> Project:
    """A new project."""
    project = Project(name=name, description=description, is_sample=is_sample, drafts={})
    session.add(project)
    session.flush()
    return project


def get(session: Session, project_id: int) -> Project | None:
    """The project, or None."""
    return session.get(Project, project_id)


def listed(session: Session, *, archived: bool) -> Sequence[Project]:
    """The projects in use, or the archived ones; the newest first."""
    gone = Project.archived_at.is_not(None) if archived else Project.archived_at.is_(None)
    return session.scalars(
        sa.select(Project).where(gone).order_by(Project.created_at.desc(), Project.id.desc())
    ).all()


def names_in_use(session: Session) -> dict[int, str]:
    """Id and name of every project in use, the newest first."""
    query = sa.select(Project.id, Project.name).where(Project.archived_at.is_(None))
    newest = (Project.created_at.desc(), Project.id.desc())
    return {row.id: row.name for row in session.execute(query.order_by(*newest))}


def sample(session: Session) -> Project | None:
    """The sample project, archived or not."""
    return session.scalars(sa.select(Project).where(Project.is_sample).limit(1)).first()


def named(session: Session, name: str) -> Project | None:
    """The project of this name, whatever its case."""
    return session.scalars(
        sa.select(Project).where(sa.func.lower(Project.name) == name.lower())
    ).first()


def is_taken(session: Session, name: str) -> bool:
    """Whether any project has this name, be it one that the asking person cannot see."""
    with lifted(session):
        query = sa.select(Project.id).where(sa.func.lower(Project.name) == name.lower())
        return session.scalar(query.limit(1)) is not None


def suggest_model(session: Session, project_id: int, base_model_id: int) -> None:
    """Make it the project's base model unless one was chosen."""
    project = session.get(Project, project_id)
    if project is not None and project.base_model_id is None:
        project.base_model_id = base_model_id


def names(session: Session) -> dict[int, str]:
    """Id and name of every project, archived ones too."""
    return {row.id: row.name for row in session.execute(sa.select(Project.id, Project.name))}


def known_as(session: Session, api_name: str) -> Project | None:
    """The project that programs know by this name."""
    return session.scalars(sa.select(Project).where(Project.api_name == api_name.lower())).first()


def api_names(session: Session) -> dict[int, str | None]:
    """Id and name in programs of every project, archived ones too; None for one not named yet."""
    return {
        row.id: row.api_name for row in session.execute(sa.select(Project.id, Project.api_name))
    }


def counts(session: Session, project_id: int) -> Counts:
    """How many things belong to the project."""
    versions = sa.select(sa.func.count()).select_from(DatasetVersion).join(Dataset)
    return Counts(
        datasets=_count(session, Dataset, project_id),
        versions=session.scalar(versions.where(Dataset.project_id == project_id)) or 0,
        runs=_count(session, Run, project_id),
        conversations=_count(session, Conversation, project_id),
        releases=_count(session, Release, project_id),
    )


def _count(session: Session, table: Any, project_id: int) -> int:
    query = sa.select(sa.func.count()).select_from(table).where(table.project_id == project_id)
    return session.scalar(query) or 0


def active_jobs(session: Session, project_id: int) -> Sequence[Job]:
    """The jobs of the project that wait or work, oldest first."""
    return session.scalars(
        sa.select(Job).where(Job.project_id == project_id, Job.status.in_(OPEN)).order_by(Job.id)
    ).all()


def finished_since(session: Session, project_id: int, since: dt.datetime) -> Sequence[Job]:
    """The jobs of the project that ended after `since`, in the order of their end."""
    return session.scalars(
        sa.select(Job)
        .where(Job.project_id == project_id, Job.finished_at > since)
        .order_by(Job.finished_at)
    ).all()


def job_ids(session: Session, project_id: int) -> Sequence[int]:
    """Every job the project ever had; each may have a folder."""
    return session.scalars(sa.select(Job.id).where(Job.project_id == project_id)).all()


def copy_data(session: Session, source_id: int, target_id: int) -> None:
    """Give the target project the same datasets; their files are shared, being immutable."""
    for dataset in session.scalars(sa.select(Dataset).where(Dataset.project_id == source_id)).all():
        twin = Dataset(project_id=target_id, name=dataset.name)
        session.add(twin)
        session.flush()
        for version in session.scalars(
            sa.select(DatasetVersion).where(DatasetVersion.dataset_id == dataset.id)
        ).all():
            values = {
                column.key: getattr(version, column.key)
                for column in sa.inspect(DatasetVersion).columns
                if column.key not in ("id", "dataset_id")
            }
            session.add(DatasetVersion(dataset_id=twin.id, **values))


def delete(session: Session, project: Project) -> None:
    """Delete the project with everything that belongs to it."""
    session.delete(project)
    session.flush()
