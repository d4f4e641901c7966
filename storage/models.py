"""Queries on the catalogue of base models."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.tables import BaseModel, DatasetVersion, Run


def listed(session: Session) -> Sequence[BaseModel]:
    """Every model, in the order in which they were added."""
    return session.scalars(sa.select(BaseModel).order_by(BaseModel.id)).all()


def get(session: Session, model_id: int) -> BaseModel | None:
    """The model, or None."""
    return session.get(BaseModel, model_id)


def named(session: Session, name: str) -> BaseModel | None:
    """The model of this name."""
    return session.scalars(sa.select(BaseModel).where(BaseModel.name == name)).first()


def located(session: Session, source: str, location: str) -> BaseModel | None:
    """The model from this place."""
    return session.scalars(
        sa.select(BaseModel).where(BaseModel.source == source, BaseModel.location == location)
    ).first()


def add(
    session: Session,
    *,
    name: str,
    source: str,
    location: str,
    kind: str,
    facts: dict[str, Any],
    revision: str = "",
) -> BaseModel:
    """A new entry."""
    model = BaseModel(
        name=name, source=source, location=location, kind=kind, facts=facts, revision=revision
    )
    session.add(model)
    session.flush()
    return model


def run_count(session: Session, model_id: int) -> int:
    """How many runs started from this model."""
    return (
        session.scalar(
            sa.select(sa.func.count()).select_from(Run).where(Run.base_model_id == model_id)
        )
        or 0
    )


def finished_runs(session: Session, model_id: int) -> Sequence[tuple[Run, DatasetVersion]]:
    """The last runs that started from this model and have a result, newest first."""
    rows = session.execute(
        sa.select(Run, DatasetVersion)
        .join(DatasetVersion, DatasetVersion.id == Run.dataset_version_id)
        .where(Run.base_model_id == model_id, Run.result.is_not(None))
        .order_by(Run.id.desc())
        .limit(50)
    )
    return [(run, version) for run, version in rows if run.result]  # a JSON null is no NULL


def delete(session: Session, model: BaseModel) -> None:
    """Take the model out of the catalogue."""
    session.delete(model)
    session.flush()
