"""How the installation is run: settings for everybody, and what a person may take up."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class Setting(Base):
    """One setting of the installation, by its name; absent: as it comes."""

    __tablename__ = "settings"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]


class PersonLimit(Base):
    """What one person may take up, in place of what everybody may."""

    __tablename__ = "person_limits"
    person_id: Mapped[int] = mapped_column(
        sa.ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    jobs: Mapped[int | None]
    """That wait or run at a time; None for no limit."""
    disk_mb: Mapped[int | None]
    """Of the folders of their jobs; None for no limit."""
