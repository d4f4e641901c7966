"""What jobs that answer are told: whose questions, and what becomes of the answers."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from workbench.jobs.process.contract import Contract
from workbench.jobs.process.specs.runs import ModelSpec
from workbench.jobs.process.specs.spec import Spec


@dataclass(frozen=True)
class Share(Contract):
    """What one of several machines does of a prediction: every so many-th part of the rows."""

    number: int
    """From 0."""
    of: int
    """How many shares there are."""
    answered: tuple[int, ...] = ()
    """The first row of each part that is answered already."""


@dataclass(frozen=True, kw_only=True)
class PredictSpec(ModelSpec):
    """Answer all rows of `data`."""

    kind: ClassVar[str] = "predict"
    adapter: Path | None = None
    """None lets the base model answer as it is."""
    rung: str | None = None
    """Who answers in the model's place, having learned from the same examples: one of the rungs that
    need no model (`core.tasks.rungs`)."""
    source: dict[str, str] = field(default_factory=dict)
    """The user's file: `digest` and `name`."""
    read: dict[str, Any] = field(default_factory=dict)
    """How it is read (`ReadOptions.as_dict`)."""
    read_as: dict[str, Any] | None = None
    """How this very file was read, sheet and header row included; None reads it like `read`."""
    columns: dict[str, str] | None = None
    """Role → the file's column, where that was chosen."""
    asks: dict[str, str] | None = None
    """Role → column, where `data` is a table that `convert` made, which holds no examples yet."""
    most: int | None = None
    """Only so many of the first rows are answered; None for all."""
    former: Path | None = None
    """The folder of a job that was stopped on its way through the same rows, whose answers count."""
    share_rows: int = 0
    """From so many rows on a cluster lets another machine help; 0 where one does all."""
    share: Share | None = None
    """Only these parts are answered, and nothing is put together; None for all."""


@dataclass(frozen=True, kw_only=True)
class FirstAnswersSpec(PredictSpec):
    """Answer the first rows of `data`, to be looked at before all of them are answered."""

    kind: ClassVar[str] = "first-answers"


@dataclass(frozen=True, kw_only=True)
class MustPassSpec(PredictSpec):
    """Answer the examples that a version must pass before it goes live; row_id is an example's id."""

    kind: ClassVar[str] = "must-pass"


@dataclass(frozen=True, kw_only=True)
class PromptSpec(PredictSpec):
    """Answer questions whose answers are known, after an instruction (`system`), without training."""

    kind: ClassVar[str] = "prompt-trial"
    version_id: int = 0
    model_id: int = 0
    learned_from: Path
    """The version's examples: the nearest are shown, and those learn from them who need no model."""
    shown: int = 0
    """So many of the nearest examples stand before each question."""
    labels: tuple[str, ...] = ()
    """The categories to choose from."""
    is_exam: bool = False
    """Whether the questions are the exam's: the instruction was kept, and is the one to beat."""


@dataclass(frozen=True, kw_only=True)
class WriteAnswersSpec(Spec):
    """Put answers into the user's own file, behind its columns."""

    kind: ClassVar[str] = "write-answers"
    answers: tuple[Path, ...]
    """Parquet files with the answers, in the rows' order."""
    key: str
    """Stands for the answers and how they are written: the same key, the same file."""
    task: str
    source: Path
    name: str
    """What the user calls the file."""
    read: dict[str, Any] = field(default_factory=dict)
    """How it is read (`ReadOptions.as_dict`)."""
    answer_title: str
    """What the column of the answers is called."""
    fields: tuple[str, ...] = ()
    """The fields of an extraction, each of which gets a column."""
    threshold: float | None = None
    """How sure an answer must be not to be checked; None marks none."""
    for_programs: bool = False
    """Whether titles and words are those that programs read: answer, probability, true."""
