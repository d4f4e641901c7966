"""What the five steps of projects are derived from: of any number of them with the same few queries."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.entered import drafts
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
    Run,
)


class Newest(NamedTuple):
    """The version of a project's data that was saved last."""

    id: int
    rows: int
    mapping: dict[str, Any]
    dataset_name: str


class Scored(NamedTuple):
    """A run's scores, and what it had to do."""

    id: int
    """Of the evaluation."""
    task: str
    split: str
    scores: dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """How far a project is; everything that its five steps are derived from."""

    newest: Newest | None
    base_model_name: str
    active: tuple[tuple[str, str], ...]
    """Kind and status of every job that waits or works, oldest first."""
    trained_runs: int
    scored: tuple[Scored, ...]
    """Every score of a run, oldest first."""
    is_tried: bool
    """There was a conversation, or a trained model has answered a file."""
    seen_evaluation_id: int
    """The newest evaluation that somebody has looked at; 0 for none."""


def of(session: Session, ids: Sequence[int], job_kind: str) -> dict[int, Facts]:
    """How far the projects of these numbers are; of those that are there.

    Args:
        job_kind: of the jobs that answer a file.
    """
    if not ids:
        return {}
    newest, active, scored = _newest(session, ids), _active(session, ids), _scored(session, ids)
    seen = drafts.of_page(session, ids, "seen")
    return {
        row.id: Facts(
            newest=newest.get(row.id),
            base_model_name=row.base or "",
            active=tuple(active.get(row.id, ())),
            trained_runs=row.trained,
            scored=tuple(scored.get(row.id, ())),
            is_tried=row.tried,
            seen_evaluation_id=seen.get(row.id, {}).get("evaluation_id", 0),
        )
        for row in session.execute(_standing(ids, job_kind))
    }


def _newest(session: Session, ids: Sequence[int]) -> Mapping[int, Newest]:
    latest = (DatasetVersion.created_at.desc(), DatasetVersion.id.desc())
    place = sa.func.row_number().over(partition_by=Dataset.project_id, order_by=latest)
    places = (
        sa.select(DatasetVersion.id, place.label("place"))
        .join(Dataset)
        .where(Dataset.project_id.in_(ids))
        .subquery()
    )
    query = (
        sa.select(
            Dataset.project_id, DatasetVersion.id, DatasetVersion.rows, DatasetVersion.mapping,
            Dataset.name,
        )
        .join(Dataset)
        .join(places, places.c.id == DatasetVersion.id)
        .where(places.c.place == 1)
    )  # fmt: skip
    return {row[0]: Newest(*row[1:]) for row in session.execute(query)}


def _active(session: Session, ids: Sequence[int]) -> Mapping[int, list[tuple[str, str]]]:
    query = sa.select(Job.project_id, Job.kind, Job.status).order_by(Job.id)
    found = defaultdict(list)
    for row in session.execute(query.where(Job.project_id.in_(ids), Job.status.in_(OPEN))):
        found[row.project_id or 0].append((row.kind, row.status))
    return found


def _scored(session: Session, ids: Sequence[int]) -> Mapping[int, list[Scored]]:
    query = (
        sa.select(
            Run.project_id, Evaluation.id, DatasetVersion.task, Evaluation.split, Evaluation.scores
        )
        .join(Run, Run.id == Evaluation.run_id)
        .join(DatasetVersion, DatasetVersion.id == Run.dataset_version_id)
        .where(Run.project_id.in_(ids))
        .order_by(Evaluation.id)
    )
    found = defaultdict(list)
    for row in session.execute(query):
        found[row[0]].append(Scored(*row[1:]))
    return found


def _standing(ids: Sequence[int], job_kind: str) -> sa.Select[Any]:
    """Project, its base model's name, how many trained models it has, and whether one was asked."""
    adapter = Run.result["adapter"].as_string()
    has_one = (Run.result.is_not(None), adapter.is_not(None), adapter != "")
    trained = sa.select(sa.func.count()).where(Run.project_id == Project.id, *has_one)
    talked = sa.exists().where(Conversation.project_id == Project.id)
    answered = (Job.project_id == Project.id, Job.kind == job_kind, Job.status == SUCCEEDED)
    tried = sa.or_(talked, sa.exists().where(*answered))
    columns = (
        Project.id,
        BaseModel.name.label("base"),
        trained.scalar_subquery().label("trained"),
        tried.label("tried"),
    )
    of_base = BaseModel.id == Project.base_model_id
    return sa.select(*columns).outerjoin(BaseModel, of_base).where(Project.id.in_(ids))
