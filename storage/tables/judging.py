"""What people say of models, and what goes live."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, now, owner


class Release(Base):
    """That a run went live: when, by whom, why, and until when. Never changed but for its end."""

    __tablename__ = "releases"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = owner("projects")
    run_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("runs.id", ondelete="SET NULL"), index=True
    )
    """None once the run was deleted; what it was stands in `about`."""
    released_at: Mapped[dt.datetime] = mapped_column(default=now)
    approver: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    gate: Mapped[dict[str, Any]]
    """What was checked and how it came out, and why it was overruled if it was."""
    about: Mapped[dict[str, Any]]
    """The run as it was then: its name, base model, dataset, version and score."""
    back_to: Mapped[int | None]
    """The release that this one takes up again; None for a new one."""
    ended_at: Mapped[dt.datetime | None]
    """None while it is live."""


class MustPass(Base):
    """An example that a version has to get right before it goes live."""

    __tablename__ = "must_pass"
    # What a job has answered is known by the number, so it is never given to another example.
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = owner("projects")
    task: Mapped[str]
    question: Mapped[str]
    """As a person reads it."""
    asked: Mapped[dict[str, Any]]
    """Role → text, as a model is asked it."""
    expected: Mapped[str]
    rule: Mapped[str]
    """same, contains or lacks: how an answer is held against `expected`."""
    added_at: Mapped[dt.datetime] = mapped_column(default=now)


class BlindTest(Base):
    """Two models' answers to the same questions, judged by people who do not know whose they are."""

    __tablename__ = "blind_tests"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = owner("projects")
    run_id: Mapped[int] = owner("runs")
    other_run_id: Mapped[int | None] = owner("runs", nullable=True)
    """The run that it is compared with; None for its own base model."""
    asked: Mapped[dict[str, Any]]
    """Under `pairs` row_id, question, and the answers `mine` (of the run) and `other` of each."""
    alike: Mapped[int] = mapped_column(default=0)
    """Questions to which both answer the same, so that nobody has to judge."""
    seed: Mapped[int]
    """Of the sides on which the answers stand."""
    token_hash: Mapped[str] = mapped_column(index=True, unique=True)
    """sha256 of what the link carries."""
    state: Mapped[str] = mapped_column(default="open")
    """open, decided, undecided (all questions are judged) or ended (by its owner)."""
    created_at: Mapped[dt.datetime] = mapped_column(default=now)
    expires_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]

    @property
    def pairs(self) -> list[dict[str, Any]]:
        """What is judged, question by question."""
        return list(self.asked.get("pairs") or ())


class Vote(Base):
    """One person's choice between the two answers to one question."""

    __tablename__ = "votes"
    __table_args__ = (sa.UniqueConstraint("blind_test_id", "pair", "seat"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    blind_test_id: Mapped[int] = owner("blind_tests")
    pair: Mapped[int]
    """Its place among the pairs."""
    seat: Mapped[str]
    """sha256 of what tells one browser from another."""
    choice: Mapped[int]
    """1 for the run, -1 for the other, 0 for no difference."""
    created_at: Mapped[dt.datetime] = mapped_column(default=now)


class OwnRating(Base):
    """What the owner of a model says of two answers, to be held against what a judge says."""

    __tablename__ = "own_ratings"
    __table_args__ = (sa.UniqueConstraint("run_id", "pair"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = owner("runs")
    pair: Mapped[str]
    """A digest of the question and both answers."""
    choice: Mapped[int]
    """1 for the run, -1 for the other, 0 for no difference."""
    created_at: Mapped[dt.datetime] = mapped_column(default=now)
