"""Projects, their examples, and the base models that there are."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, now, owner


class Project(Base):
    """What a person works on; owns everything below it."""

    __tablename__ = "projects"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(default="")
    is_sample: Mapped[bool] = mapped_column(default=False)
    place: Mapped[str] = mapped_column(default="local", server_default="local")
    """Where its trainings run unless one is told otherwise: `local` or `ray`, the cluster."""
    archived_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime] = mapped_column(default=now)
    base_model_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("base_models.id", ondelete="SET NULL")
    )
    """The base model chosen on the Model page."""
    drafts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What was entered but not saved yet, by page, so that a refresh loses nothing: settings that all
    see, and what was entered where nobody has an account; else see `Draft`."""
    api_name: Mapped[str | None] = mapped_column(index=True, unique=True)
    """How programs name it; given once and kept, whatever the project is called later."""


class Draft(Base):
    """What a person has entered on a page of a project and not saved yet."""

    __tablename__ = "drafts"
    __table_args__ = (sa.UniqueConstraint("project_id", "person_id", "page"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = owner("projects")
    person_id: Mapped[int] = owner("persons")
    page: Mapped[str]
    values: Mapped[dict[str, Any]]


class Dataset(Base):
    """A name for a table of examples; its content is in its versions."""

    __tablename__ = "datasets"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = owner("projects")
    name: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(default=now)


class DatasetVersion(Base):
    """Immutable: the examples as the model will get them, each with its split."""

    __tablename__ = "dataset_versions"
    __table_args__ = (sa.UniqueConstraint("dataset_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = owner("datasets")
    number: Mapped[int]
    task: Mapped[str]
    content_hash: Mapped[str]
    """sha256 of the Parquet object: columns row_id, split and the roles of the task."""
    source_hash: Mapped[str]
    source_name: Mapped[str]
    mapping: Mapped[dict[str, Any]]
    """How the file became examples: reading options, role → column, templates, system prompt."""
    rows: Mapped[int]
    dropped: Mapped[int]
    splits: Mapped[dict[str, Any]]
    """train, validation and test → number of examples."""
    split_seed: Mapped[int]
    report: Mapped[dict[str, Any]]
    """What was dropped and why, the labels with their counts, lengths."""
    change: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    """How it was made from an earlier version (its number as `of`); None: from the file."""
    created_at: Mapped[dt.datetime] = mapped_column(default=now)


class BaseModel(Base):
    """An entry of the catalogue: bundled, a folder on disk, or from the hub."""

    __tablename__ = "base_models"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    source: Mapped[str]
    """bundled, folder or hub."""
    location: Mapped[str]
    """The folder's path, or the hub id."""
    revision: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]
    """causal, encoder or seq2seq."""
    facts: Mapped[dict[str, Any]]
    """parameters, size_bytes, licence, purpose, context_length, languages, architecture."""
    created_at: Mapped[dt.datetime] = mapped_column(default=now)
