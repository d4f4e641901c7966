"""Training runs: their rows with what they were made of, their curves and their scores."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.rights.lift import lifted
from storage.rights.require import require
from storage.rights.rule import CHANGE, SEE
from storage.tables import BaseModel, Dataset, DatasetVersion, Evaluation, Job, Metric, Run


class RunRow(NamedTuple):
    """A run with what it was made of, and the job that trains it."""

    run: Run
    version: DatasetVersion
    dataset: Dataset
    base_model: BaseModel
    job: Job


def add(
    session: Session,
    *,
    project_id: int,
    version_id: int,
    base_model_id: int,
    name: str,
    recipe: dict[str, Any],
    seed: int,
) -> Run:
    """A new run, without a job yet; an empty name becomes "Run 4" for the fourth of a project."""
    run = Run(
        project_id=project_id,
        dataset_version_id=version_id,
        base_model_id=base_model_id,
        name=name or f"Run {_count(session, project_id) + 1}",
        recipe=recipe,
        seed=seed,
    )
    session.add(run)
    session.flush()
    return run


def _count(session: Session, project_id: int) -> int:
    query = sa.select(sa.func.count(Run.id)).where(Run.project_id == project_id)
    return session.scalar(query) or 0


def _rows(job_kind: str) -> sa.Select[Run, DatasetVersion, Dataset, BaseModel, Job]:
    return (
        sa.select(Run, DatasetVersion, Dataset, BaseModel, Job)
        .join(DatasetVersion, Run.dataset_version_id == DatasetVersion.id)
        .join(Dataset, DatasetVersion.dataset_id == Dataset.id)
        .join(BaseModel, Run.base_model_id == BaseModel.id)
        .join(Job, sa.and_(Job.run_id == Run.id, Job.kind == job_kind))
    )


def row(session: Session, run_id: int, job_kind: str) -> RunRow | None:
    """One run with its job of this kind, the one that trains it; or None."""
    found = session.execute(_rows(job_kind).where(Run.id == run_id)).one_or_none()
    return RunRow(*found) if found else None


def listing(session: Session, project_id: int, job_kind: str) -> list[RunRow]:
    """The runs of a project with their jobs of this kind, newest first."""
    query = _rows(job_kind).where(Run.project_id == project_id).order_by(Run.id.desc())
    return [RunRow(*found) for found in session.execute(query)]


def version_of(session: Session, project_id: int, version_id: int) -> DatasetVersion | None:
    """A dataset version, if it is the project's."""
    query = sa.select(DatasetVersion).join(Dataset)
    return session.scalar(
        query.where(DatasetVersion.id == version_id, Dataset.project_id == project_id)
    )


def put_metrics(
    session: Session, run_id: int, points: Iterable[tuple[str, int, dict[str, Any]]]
) -> None:
    """Add points (kind, step, values) to a run's curves; a later point of a step replaces it."""
    by_key = {(kind, step): values for kind, step, values in points}
    if not by_key:
        return
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(Metric)
    statement = statement.on_conflict_do_update(
        index_elements=["run_id", "kind", "step"],
        set_={"values": statement.excluded["values"]},
    )
    session.execute(
        statement,
        [
            {"run_id": run_id, "kind": kind, "step": step, "values": values}
            for (kind, step), values in by_key.items()
        ],
    )


class Point(NamedTuple):
    """One point of a curve."""

    step: int
    values: dict[str, Any]


def curve(session: Session, run_id: int, kind: str, points: int) -> Sequence[Point]:
    """At most `points` points, evenly spread over the steps; the first and the last are kept."""
    mine = (Metric.run_id == run_id, Metric.kind == kind)
    ends = sa.select(sa.func.min(Metric.step), sa.func.max(Metric.step)).where(*mine)
    low, high = session.execute(ends).one()
    if low is None or high is None:
        return []
    stride = max(1, -((low - high) // max(1, points - 1)))
    query = sa.select(Metric.step, Metric.values).where(*mine)
    if stride > 1:
        steps = {*session.scalars(_steps_apart(mine, low, stride)), high}
        query = query.where(Metric.step.in_(steps))
    return [Point(*row) for row in session.execute(query.order_by(Metric.step))]


def _steps_apart(mine: tuple[sa.ColumnElement[bool], ...], low: int, stride: int) -> sa.Select[int]:
    """The first step, then always the next one at least `stride` later: one index look-up each."""
    walk = sa.select(sa.literal(low).label("step")).cte("walk", recursive=True)
    later = sa.select(sa.func.min(Metric.step)).where(*mine, Metric.step >= walk.c.step + stride)
    walk = walk.union_all(
        sa.select(later.scalar_subquery()).select_from(walk).where(walk.c.step.is_not(None))
    )
    return sa.select(walk.c.step).where(walk.c.step.is_not(None))


def copy_curves(session: Session, run_id: int, target_id: int, last_step: int) -> None:
    """Give another run the points of this one's curves, up to a step."""
    mine = sa.select(sa.literal(target_id), Metric.kind, Metric.step, Metric.values)
    mine = mine.where(Metric.run_id == run_id, Metric.step <= last_step)
    columns = ["run_id", "kind", "step", "values"]
    require(session, Run, run_id, SEE)
    require(session, Run, target_id, CHANGE)
    with lifted(session):  # a statement that makes rows of rows cannot be narrowed
        session.execute(sa.insert(Metric).from_select(columns, mine))


def add_evaluation(
    session: Session,
    run_id: int,
    split: str,
    rows: int,
    scores: dict[str, Any],
    predictions_hash: str,
) -> Evaluation:
    """Scores of a run on one set of rows."""
    evaluation = Evaluation(
        run_id=run_id, split=split, rows=rows, scores=scores, predictions_hash=predictions_hash
    )
    session.add(evaluation)
    session.flush()
    return evaluation


def evaluations(session: Session, run_id: int) -> Sequence[Evaluation]:
    """All scores of a run, oldest first."""
    query = sa.select(Evaluation).where(Evaluation.run_id == run_id)
    return session.scalars(query.order_by(Evaluation.id)).all()


def jobs_of(session: Session, run_id: int) -> Sequence[Job]:
    """All jobs of a run: its training, evaluations and predictions."""
    return session.scalars(sa.select(Job).where(Job.run_id == run_id).order_by(Job.id)).all()


def open_jobs(session: Session, kind: str, statuses: Iterable[str]) -> Sequence[Job]:
    """Jobs of a kind that have one of these statuses, oldest first."""
    query = sa.select(Job).where(Job.kind == kind, Job.status.in_(list(statuses)))
    return session.scalars(query.order_by(Job.id)).all()
