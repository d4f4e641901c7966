"""The tables. A job is the only thing with a status; everything else is what was made.

Times are UTC; JSON columns hold plain values; ids are integers so that they fit in a URL.
"""

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


def _owner(target: str, *, nullable: bool = False) -> Mapped[Any]:
    """A foreign key whose row goes when its owner goes."""
    return mapped_column(
        sa.ForeignKey(f"{target}.id", ondelete="CASCADE"), index=True, nullable=nullable
    )


class Project(Base):
    """What a person works on; owns everything below it."""

    __tablename__ = "projects"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(default="")
    is_sample: Mapped[bool] = mapped_column(default=False)
    archived_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime] = mapped_column(default=now)
    base_model_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("base_models.id", ondelete="SET NULL")
    )
    """The base model chosen on the Model page."""
    drafts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What was entered but not saved yet, by page, so that a refresh loses nothing."""
    api_name: Mapped[str | None] = mapped_column(index=True, unique=True)
    """How programs name it; given once and kept, whatever the project is called later."""


class Dataset(Base):
    """A name for a table of examples; its content is in its versions."""

    __tablename__ = "datasets"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = _owner("projects")
    name: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(default=now)


class DatasetVersion(Base):
    """Immutable: the examples as the model will get them, each with its split."""

    __tablename__ = "dataset_versions"
    __table_args__ = (sa.UniqueConstraint("dataset_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = _owner("datasets")
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


class Run(Base):
    """One training: version + base model + recipe + seed. Its status is its job's."""

    __tablename__ = "runs"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = _owner("projects")
    dataset_version_id: Mapped[int] = _owner("dataset_versions")
    base_model_id: Mapped[int] = _owner("base_models")
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
    run_id: Mapped[int] = _owner("runs")
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
    project_id: Mapped[int | None] = _owner("projects", nullable=True)
    run_id: Mapped[int | None] = _owner("runs", nullable=True)
    kind: Mapped[str]
    """See `workbench.jobs.kinds`."""
    title: Mapped[str]
    spec: Mapped[dict[str, Any]]
    """What to do; becomes spec.json in the job directory."""
    status: Mapped[str] = mapped_column(default=QUEUED)
    attempt: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)
    """Place in the queue; smaller goes first."""
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
    job_id: Mapped[int] = _owner("jobs")
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
    run_id: Mapped[int] = _owner("runs")
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
    sweep_job_id: Mapped[int] = _owner("jobs")
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


class Release(Base):
    """That a run went live: when, by whom, why, and until when. Never changed but for its end."""

    __tablename__ = "releases"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = _owner("projects")
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
    project_id: Mapped[int] = _owner("projects")
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
    project_id: Mapped[int] = _owner("projects")
    run_id: Mapped[int] = _owner("runs")
    other_run_id: Mapped[int | None] = _owner("runs", nullable=True)
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
    blind_test_id: Mapped[int] = _owner("blind_tests")
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
    run_id: Mapped[int] = _owner("runs")
    pair: Mapped[str]
    """A digest of the question and both answers."""
    choice: Mapped[int]
    """1 for the run, -1 for the other, 0 for no difference."""
    created_at: Mapped[dt.datetime] = mapped_column(default=now)


class Watch(Base):
    """A folder of the user's whose new files a project's model answers."""

    __tablename__ = "watches"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(
        sa.ForeignKey("projects.id", ondelete="CASCADE"), index=True, unique=True
    )
    run_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("runs.id", ondelete="SET NULL"), index=True
    )
    """Who answers; None for whatever is live."""
    folder: Mapped[str]
    chosen: Mapped[dict[str, Any]]
    """What was chosen last of a file: `columns` (role → column) and `sheet`; a file that has no such is
    guessed at."""
    is_on: Mapped[bool] = mapped_column(default=True)
    trouble: Mapped[str] = mapped_column(default="")
    """Why nothing can be watched at the moment; a sentence."""
    created_at: Mapped[dt.datetime] = mapped_column(default=now)


class WatchedFile(Base):
    """A file that arrived in a watched folder: known by its content, so that it is answered once."""

    __tablename__ = "watched_files"
    __table_args__ = (sa.UniqueConstraint("watch_id", "digest"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    watch_id: Mapped[int] = _owner("watches")
    name: Mapped[str]
    digest: Mapped[str]
    """sha256 of its content."""
    state: Mapped[str] = mapped_column(default="arrived")
    """arrived, answering, done or failed."""
    job_id: Mapped[int | None]
    """The job that answers it; it may have been deleted since."""
    out: Mapped[str] = mapped_column(default="")
    """The name of the file with the answers, once it stands beside."""
    reason: Mapped[str] = mapped_column(default="")
    """Why it was not answered; a sentence."""
    arrived_at: Mapped[dt.datetime] = mapped_column(default=now)


class Conversation(Base):
    """One thread in the playground."""

    __tablename__ = "conversations"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = _owner("projects")
    run_id: Mapped[int | None] = mapped_column(sa.ForeignKey("runs.id", ondelete="SET NULL"))
    title: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(default=now)


class Message(Base):
    """A question, or one model's answer to it."""

    __tablename__ = "messages"
    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = _owner("conversations")
    role: Mapped[str]
    """user or assistant."""
    model: Mapped[str] = mapped_column(default="")
    """For an answer the model's id on the server: run-3 or base:NAME."""
    content: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Sampling settings, seconds and tokens; for a classifier the probabilities."""
    rating: Mapped[str] = mapped_column(default="")
    """up, down or nothing."""
    correction: Mapped[str] = mapped_column(default="")
    created_at: Mapped[dt.datetime] = mapped_column(default=now)


class ApiKey(Base):
    """A key with which a program asks the model server."""

    __tablename__ = "api_keys"
    # The request log knows a key by its number, so it is never given to another.
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    key_hash: Mapped[str] = mapped_column(index=True, unique=True)
    """sha256 of the key, which is written down nowhere."""
    ends: Mapped[str]
    """Its last characters, to know it by."""
    project_id: Mapped[int | None] = _owner("projects", nullable=True)
    """The project whose models alone it may ask; None for all."""
    requests_a_minute: Mapped[int | None]
    tokens_a_day: Mapped[int | None]
    """None for no limit."""
    created_at: Mapped[dt.datetime] = mapped_column(default=now)
    revoked_at: Mapped[dt.datetime | None]
