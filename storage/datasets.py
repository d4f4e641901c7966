"""Queries on datasets and their versions."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.tables import Dataset, DatasetVersion, Run


def named(session: Session, project_id: int, name: str) -> Dataset | None:
    """The project's dataset of this name, whatever its case."""
    return session.scalars(
        sa.select(Dataset).where(
            Dataset.project_id == project_id, sa.func.lower(Dataset.name) == name.lower()
        )
    ).first()


def get(session: Session, dataset_id: int) -> Dataset | None:
    """The dataset, or None."""
    return session.get(Dataset, dataset_id)


def add(session: Session, project_id: int, name: str) -> Dataset:
    """A new dataset without versions."""
    dataset = Dataset(project_id=project_id, name=name)
    session.add(dataset)
    session.flush()
    return dataset


def add_version(session: Session, dataset_id: int, **values: Any) -> DatasetVersion:
    """The dataset's next version."""
    last = session.scalar(
        sa.select(sa.func.max(DatasetVersion.number)).where(DatasetVersion.dataset_id == dataset_id)
    )
    version = DatasetVersion(dataset_id=dataset_id, number=(last or 0) + 1, **values)
    session.add(version)
    session.flush()
    return version


def add_next(
    session: Session, former: DatasetVersion, content_hash: str, **values: Any
) -> DatasetVersion:
    """The dataset's next version, made from a former one of the same file and mapping."""
    kept = ("task", "source_hash", "source_name", "mapping", "split_seed")
    same = {name: getattr(former, name) for name in kept}
    return add_version(session, former.dataset_id, content_hash=content_hash, **{**same, **values})


def newest_if_same(
    session: Session, dataset_id: int, content_hash: str, mapping: dict[str, Any]
) -> DatasetVersion | None:
    """The newest version, if it has this very content and mapping; else None."""
    newest = session.scalars(
        sa.select(DatasetVersion)
        .where(DatasetVersion.dataset_id == dataset_id)
        .order_by(DatasetVersion.number.desc())
        .limit(1)
    ).first()
    same = newest and newest.content_hash == content_hash and newest.mapping == mapping
    return newest if same else None


def version_with_dataset(
    session: Session, version_id: int
) -> tuple[DatasetVersion, Dataset] | None:
    """A version and its dataset, or None."""
    row = session.execute(
        sa.select(DatasetVersion, Dataset).join(Dataset).where(DatasetVersion.id == version_id)
    ).first()
    return (row[0], row[1]) if row else None


def versions_of_project(
    session: Session, project_id: int
) -> Sequence[tuple[DatasetVersion, Dataset]]:
    """Every version of the project with its dataset, the newest first."""
    rows = session.execute(
        sa.select(DatasetVersion, Dataset)
        .join(Dataset)
        .where(Dataset.project_id == project_id)
        .order_by(DatasetVersion.created_at.desc(), DatasetVersion.id.desc())
    )
    return [(version, dataset) for version, dataset in rows]


def versions_of_dataset(session: Session, dataset_id: int) -> Sequence[DatasetVersion]:
    """The versions of a dataset, the oldest first."""
    return session.scalars(
        sa.select(DatasetVersion)
        .where(DatasetVersion.dataset_id == dataset_id)
        .order_by(DatasetVersion.number)
    ).all()


def run_names(session: Session, dataset_id: int) -> Sequence[str]:
    """The names of the runs that learned from some version of the dataset."""
    return session.scalars(
        sa.select(Run.name)
        .join(DatasetVersion)
        .where(DatasetVersion.dataset_id == dataset_id)
        .order_by(Run.id)
    ).all()


def delete(session: Session, dataset: Dataset) -> None:
    """Delete a dataset; its versions go with it."""
    session.delete(dataset)
    session.flush()


def objects(session: Session, dataset_id: int) -> set[str]:
    """The objects that the dataset's versions refer to."""
    found: set[str] = set()
    for version in versions_of_dataset(session, dataset_id):
        test = (version.mapping.get("test") or {}).get("digest")
        found |= {version.content_hash, version.source_hash, *([test] if test else [])}
    return found
