"""Queries on projects: the projects themselves, what belongs to them, how far they are."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.entered import drafts
from storage.rights.lift import lifted
from storage.tables import (
    OPEN,
    SUCCEEDED,
    BaseModel,
    Conversation,
    Dataset,
    DatasetVersion,
    Evaluation,
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


@dataclass(frozen=True)
class Facts:
    """How far a project is; everything that its five steps are derived from."""

    newest_version: DatasetVersion | None
    newest_dataset_name: str
    versions: int
    base_model_name: str
    active: tuple[tuple[str, str], ...]
    """Kind and status of every job that waits or works, oldest first."""
    trained_runs: int
    scored: tuple[tuple[str, Evaluation], ...]
    """Task and evaluation of every scored run, oldest first."""
    conversations: int
    predictions: int
    """Files that a trained model has answered."""
    seen_evaluation_id: int
    """The newest evaluation that somebody has looked at; 0 for none."""


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


def facts(session: Session, project: Project, job_kind: str) -> Facts:
    """How far the project is, in six small queries: every page asks at every look.

    Args:
        job_kind: of the jobs that answer a file.
    """
    newest = session.execute(
        sa.select(DatasetVersion, Dataset.name)
        .join(Dataset)
        .where(Dataset.project_id == project.id)
        .order_by(DatasetVersion.created_at.desc(), DatasetVersion.id.desc())
        .limit(1)
    ).first()
    base = session.get(BaseModel, project.base_model_id) if project.base_model_id else None
    versions, conversations, predictions = _numbers(session, project.id, job_kind)
    return Facts(
        newest_version=newest[0] if newest else None,
        newest_dataset_name=newest[1] if newest else "",
        versions=versions,
        base_model_name=base.name if base else "",
        active=_active(session, project.id),
        trained_runs=_trained(session, project.id),
        scored=_scored(session, project.id),
        conversations=conversations,
        predictions=predictions,
        seen_evaluation_id=drafts.get(session, project, "seen").get("evaluation_id", 0),
    )


def _trained(session: Session, project_id: int) -> int:
    results = session.scalars(
        sa.select(Run.result).where(Run.project_id == project_id, Run.result.is_not(None))
    )
    return sum(bool(result and result.get("adapter")) for result in results)


def _scored(session: Session, project_id: int) -> tuple[tuple[str, Evaluation], ...]:
    rows = session.execute(
        sa.select(DatasetVersion.task, Evaluation)
        .join(Run, Run.id == Evaluation.run_id)
        .join(DatasetVersion, DatasetVersion.id == Run.dataset_version_id)
        .where(Run.project_id == project_id)
        .order_by(Evaluation.id)
    )
    return tuple((task, evaluation) for task, evaluation in rows)


def _active(session: Session, project_id: int) -> tuple[tuple[str, str], ...]:
    mine = sa.select(Job.kind, Job.status).where(Job.project_id == project_id)
    return tuple(
        (kind, status)
        for kind, status in session.execute(mine.where(Job.status.in_(OPEN)).order_by(Job.id))
    )


def _numbers(session: Session, project_id: int, job_kind: str) -> tuple[int, int, int]:
    """Versions, conversations and files that were answered."""
    count = sa.select(sa.func.count())
    versions = count.select_from(DatasetVersion).join(Dataset)
    answered = (Job.project_id == project_id, Job.kind == job_kind, Job.status == SUCCEEDED)
    row = session.execute(
        sa.select(
            versions.where(Dataset.project_id == project_id).scalar_subquery(),
            count.where(Conversation.project_id == project_id).scalar_subquery(),
            count.where(*answered).scalar_subquery(),
        )
    ).one()
    return row[0], row[1], row[2]


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
