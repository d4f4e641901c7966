"""Trainings, jobs and what came out of them."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storage.operations import request
from storage.tables.base import QUEUED, Base, now, owner


class Run(Base):
    """One training: version + base model + recipe + seed. Its status is its job's."""

    __tablename__ = "runs"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = owner("projects")
    dataset_version_id: Mapped[int] = owner("dataset_versions")
    base_model_id: Mapped[int] = owner("base_models")
    name: Mapped[str]
    recipe: Mapped[dict[str, Any]]
    seed: Mapped[int]
    result: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    """The trainer's result: scores, seconds, peak_memory_mb, versions, adapter folder."""
    threshold: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    """How sure its model must be to answer alone, and by which prices: value, error, check."""
    created_at: Mapped[dt.datetime] = mapped_column(default=now)


class Metric(Base):
    """One point of a curve."""

    __tablename__ = "metrics"
    __table_args__ = (sa.UniqueConstraint("run_id", "kind", "step"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = owner("runs")
    kind: Mapped[str]
    """train or validation."""
    step: Mapped[int]
    values: Mapped[dict[str, Any]]
    """loss, learning_rate, epoch, tokens_per_second, grad_norm, accuracy … as the kind has them."""


class Job(Base):
    """One queued piece of work; the table is the queue, and the only place with a status."""

    __tablename__ = "jobs"
    # The number names the job's folder, so it is never given to another job.
    __table_args__ = (
        sa.Index("ix_jobs_status_position", "status", "position"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int | None] = owner("projects", nullable=True)
    run_id: Mapped[int | None] = owner("runs", nullable=True)
    person_id: Mapped[int | None] = mapped_column(index=True)
    """Who asked for it; None where nobody has an account, and for what the workbench does by itself.
    No foreign key: a key added later would make SQLite build the table anew."""
    request_id: Mapped[str] = mapped_column(
        default=lambda: request.current().id, server_default=sa.text("''")
    )
    """Of the request by which they did, for the log."""
    place: Mapped[str] = mapped_column(default="local", server_default="local")
    """Where it runs: `local`, this computer, or `ray`, the cluster."""
    given_up_attempt: Mapped[int | None]
    """The attempt that is not waited for any more, if nobody can tell whether it still runs."""
    kind: Mapped[str]
    """See `workbench.jobs.kinds`."""
    title: Mapped[str]
    spec: Mapped[dict[str, Any]]
    """What to do; becomes spec.json in the job directory."""
    status: Mapped[str] = mapped_column(default=QUEUED)
    attempt: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)
    """Place in the queue; smaller goes first."""
    goes_first: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """An administrator set it before all others: it does not wait for anybody's turn."""
    created_at: Mapped[dt.datetime] = mapped_column(default=now)
    started_at: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]
    cancel_requested_at: Mapped[dt.datetime | None]
    pause_requested_at: Mapped[dt.datetime | None]
    retries: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    """How often it was tried again since the user last started it."""
    alive_at: Mapped[dt.datetime | None]
    progress_at: Mapped[dt.datetime | None]
    progress: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """phase, step, total_steps, seconds_left, tokens_per_second, message; for a server its port."""
    reason: Mapped[str] = mapped_column(default="")
    """One sentence for the user: why it failed, was retried or was cancelled."""
    result: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    event_segment: Mapped[int] = mapped_column(default=1)
    event_offset: Mapped[int] = mapped_column(default=0)


class JobAttempt(Base):
    """One try at a job: who ran it, under which handle, and how it ended."""

    __tablename__ = "job_attempts"
    __table_args__ = (sa.UniqueConstraint("job_id", "attempt"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = owner("jobs")
    attempt: Mapped[int]
    launcher: Mapped[str] = mapped_column(default="local")
    handle: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    """By what the launcher knows the process again; nobody else reads it."""
    started_at: Mapped[dt.datetime] = mapped_column(default=now)
    ended_at: Mapped[dt.datetime | None]
    exit_code: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")


class Evaluation(Base):
    """Scores of a run on one set of rows, baseline, base and tuned beside each other."""

    __tablename__ = "evaluations"
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = owner("runs")
    split: Mapped[str]
    """test, or the name of the file that was scored."""
    rows: Mapped[int]
    scores: Mapped[dict[str, Any]]
    """baseline, base and tuned → {accuracy, macro_f1, chrf, exact_match, loss}."""
    predictions_hash: Mapped[str]
    """sha256 of the Parquet object with row_id, input, expected, baseline, base, tuned."""
    created_at: Mapped[dt.datetime] = mapped_column(default=now)


class Trial(Base):
    """A training that a sweep tries."""

    __tablename__ = "trials"
    __table_args__ = (sa.UniqueConstraint("sweep_job_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    sweep_job_id: Mapped[int] = owner("jobs")
    run_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("runs.id", ondelete="SET NULL"), index=True
    )
    """None once the run was deleted; the sweep does not try the same again."""
    number: Mapped[int]
    """From 0 on; the first one has the settings that the sweep began with."""
    settings: Mapped[dict[str, Any]]
    """Setting that varies → what it is here."""
    stopped: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    """Why the sweep ended it before its time: `why` (behind, time) and `at`, the tenths of its way."""
