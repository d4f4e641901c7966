"""What all tables share: names of constraints, moments in UTC, and the states of a job."""

import datetime as dt
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

QUEUED, STARTING, RUNNING, CANCELLING = "queued", "starting", "running", "cancelling"
PAUSING, PAUSED = "pausing", "paused"
SUCCEEDED, FAILED, CANCELLED = "succeeded", "failed", "cancelled"
ACTIVE = (STARTING, RUNNING, PAUSING, CANCELLING)
"""A process works at the job."""
OPEN = (QUEUED, PAUSED, *ACTIVE)
"""The job is not over."""
TERMINAL = (SUCCEEDED, FAILED, CANCELLED)


def now() -> dt.datetime:
    """The present moment, in UTC."""
    return dt.datetime.now(dt.UTC)


class UtcDateTime(sa.types.TypeDecorator[dt.datetime]):
    """A moment: stored without a zone in UTC, given back with it."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> Any:
        return value and value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(
        self, value: dt.datetime | None, dialect: sa.Dialect
    ) -> dt.datetime | None:
        return value.replace(tzinfo=dt.UTC) if value else None


class Base(DeclarativeBase):
    """What all tables share: named constraints (so that a migration can drop them)."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {dt.datetime: UtcDateTime, dict[str, Any]: sa.JSON}


def owner(target: str, *, nullable: bool = False) -> Mapped[Any]:
    """A foreign key whose row goes when its owner goes."""
    return mapped_column(
        sa.ForeignKey(f"{target}.id", ondelete="CASCADE"), index=True, nullable=nullable
    )
