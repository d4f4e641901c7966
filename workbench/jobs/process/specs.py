"""What each kind of job is told: the contract between the services and the programs at work.

The worker adds what it alone knows (`job_id`, `attempt`, `conclude`); paths are absolute.
"""

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, ClassVar

from workbench.core.recipe import Recipe
from workbench.jobs.process.chain import Link
from workbench.jobs.process.contract import Contract
from workbench.jobs.process.repeat import Repeat


@dataclass(frozen=True)
class _Told(Contract):
    """What may be left unsaid (None, where that is the default) does not stand in the JSON."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON; `from_dict` reads them again."""
        unsaid = {
            field.metadata.get("key", field.name)
            for field in fields(self)
            if field.default is None and getattr(self, field.name) is None
        }
        return {name: value for name, value in super().as_dict().items() if name not in unsaid}


@dataclass(frozen=True)
class BaseModelRef(Contract):
    """Where a base model lies, and which one it is."""

    name: str
    path: Path
    family: str = field(default="", metadata={"key": "kind"})
    """See `models.families`."""
    revision: str | None = None


@dataclass(frozen=True)
class TableRef(_Told):
    """Where a user's table lies: a file as it came, or the folder with what `convert` made of it."""

    name: str = ""
    path: Path | None = None
    options: dict[str, Any] = field(default_factory=dict)
    """How the file is read (`ReadOptions.as_dict`)."""
    is_large: bool = False
    """Whether the file is one that `convert` reads, so that only the folder is of use."""
    folder: Path | None = None
    """None where that has been thrown away."""


@dataclass(frozen=True, kw_only=True)
class Spec(_Told):
    """What every job is told."""

    kind: ClassVar[str]
    job_id: int = 0
    attempt: int = 1
    conclude: bool = False
    """Only to make a model of what an earlier attempt has learned."""

    def as_dict(self) -> dict[str, Any]:
        """As spec.json has it."""
        return {"kind": self.kind, **super().as_dict()}

    def as_row(self) -> dict[str, Any]:
        """As a job's row has it: without what the worker adds when it starts the job."""
        added = {field.name for field in fields(Spec)}
        return {name: value for name, value in self.as_dict().items() if name not in added}


@dataclass(frozen=True, kw_only=True)
class ModelSpec(Spec):
    """What jobs of a run have in common."""

    run_id: int = 0
    task: str
    data: Path
    """The examples of a dataset version, or of a file that was read as one (Parquet)."""
    system: str = ""
    """The system prompt."""
    base: BaseModelRef
    recipe: Recipe
    fields: tuple[dict[str, Any], ...] | None = None
    """What is known of the fields that are pulled out (`core.fields`); a trained model knows better."""


@dataclass(frozen=True, kw_only=True)
class TrainSpec(ModelSpec):
    """Teach a base model a version's examples."""

    kind: ClassVar[str] = "train"
    continue_from: Path | None = None
    """The checkpoints of another job, the last of which is the start."""
    cache: Path | None = None
    """Where encoded examples are kept for other trainings; None for the job's own folder."""
    descriptions: dict[str, str] | None = None
    """Category → what belongs there, in a sentence."""
    out_of_scope: str | None = None
    """The category of texts that belong to none of the others."""
    pair: tuple[str, ...] | None = None
    """The headings of two texts that belong together, where a question is two (`core.tasks.text_pair`)."""
    start: Path | None = None
    """The folder of a trained model that is trained further; None begins with the base model."""
    chain: tuple[Link, ...] | None = None
    """The trainings that this model has behind it, the first one first."""
    again: Repeat | None = None
    """The training that is repeated."""


@dataclass(frozen=True, kw_only=True)
class MeasureSpec(TrainSpec):
    """Do a few steps of a training and of its exam, to see what they take; nothing is learned."""

    kind: ClassVar[str] = "preflight"
    version_id: int = 0
    model_id: int = 0


@dataclass(frozen=True, kw_only=True)
class EvaluateSpec(ModelSpec):
    """Score a trained model, and its base, on all rows of `data`."""

    kind: ClassVar[str] = "evaluate"
    adapter: Path
    split: str = "test"
    """What the scores are called: test for the exam, else the file's name."""
    rungs: tuple[str, ...] | None = None
    """Who answers beside the model before and after training (`core.tasks.rungs`); None for
    those that need no model."""
    beside: Path | None = None
    """The other columns of a file of the user's; nothing is asked of them, scores are told by them."""


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


@dataclass(frozen=True, kw_only=True)
class FirstAnswersSpec(PredictSpec):
    """Answer the first rows of `data`, to be looked at before all of them are answered."""

    kind: ClassVar[str] = "first-answers"


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


@dataclass(frozen=True, kw_only=True)
class MustPassSpec(PredictSpec):
    """Answer the examples that a version must pass before it goes live; row_id is an example's id."""

    kind: ClassVar[str] = "must-pass"


@dataclass(frozen=True, kw_only=True)
class HabitsSpec(ModelSpec):
    """Ask a trained model what its exam does not: what else it has learned from the rows of `data`."""

    kind: ClassVar[str] = "habits"
    adapter: Path


@dataclass(frozen=True, kw_only=True)
class JudgeSpec(Spec):
    """Ask a judge which of two answers is better, for each of the pairs in `data`."""

    kind: ClassVar[str] = "judge"
    run_id: int = 0
    other: str
    """Whose answers the run's are compared with: a rung, or an older run (`core.tasks.rungs`)."""
    title: str = ""
    """What the other is called."""
    exam: str
    """What the answers were taken from: the digest of an exam's predictions."""
    data: Path
    """The pairs (a JSON list of `evaluation.judge.rubric.Pair`)."""
    url: str
    """Below which the judge is asked in OpenAI's format."""
    model: str
    rubric: str
    repeat: int = 1
    """How often each pair is asked, each time in both orders."""
    max_tokens: int = 400
    timeout_s: float = 120.0
    key_file: Path | None = None
    """Where the key of our own model server is; None for another address, whose key is handed over."""
    former: Path | None = None
    """The folder of a job that was ended on its way through the same questions, whose replies count."""
    questions: int = 0
    """Exam questions that both answered, of which `data` has some: those drawn of what is left without
    the next two."""
    alike: int = 0
    """Questions that both answer the same: nothing is to be judged."""
    too_long: int = 0
    """Questions whose texts are too long to be sent."""
    by_turns: bool = False
    """Whether the exam was by turns, so that its answers hang together."""


@dataclass(frozen=True, kw_only=True)
class ImportSpec(Spec):
    """Download a base model."""

    kind: ClassVar[str] = "import"
    hub_id: str
    revision: str | None = None
    target: Path
    family: str = ""
    """How it is tried once it is here; nothing is tried without."""
    model_type: str = ""


@dataclass(frozen=True, kw_only=True)
class AddSpec(Spec):
    """Try a base model of a folder or a file, converted before where its form asks for that."""

    kind: ClassVar[str] = "add"
    source: Path
    family: str
    model_type: str = ""
    """What config.json does not name, or the family within a GGUF file."""
    target: Path | None = None
    """The folder that a conversion makes; None where the model is used as it lies."""


@dataclass(frozen=True, kw_only=True)
class FetchSpec(Spec):
    """Download a data set of the hub."""

    kind: ClassVar[str] = "fetch"
    hub_id: str
    revision: str
    files: tuple[str, ...]
    """Their paths in the hub's folder."""
    size_bytes: int
    name: str
    """What it is called here, as one file."""


@dataclass(frozen=True, kw_only=True)
class VersionSpec(Spec):
    """What jobs on a dataset version have in common."""

    version_id: int = 0
    data: Path
    """Its examples (Parquet)."""
    task: str


@dataclass(frozen=True, kw_only=True)
class CheckSpec(VersionSpec):
    """Look through a version's examples."""

    kind: ClassVar[str] = "check"
    edition: int = 0
    """Of the checks; a checkup of an older one is made again."""
    mapping: dict[str, Any]
    seed: int
    table: TableRef | None = None
    """What the version came from."""
    encoder: BaseModelRef | None = None
    """Reads the texts; None leaves out what needs that."""
    tokenizer: BaseModelRef | None = None
    """Whose tokens are counted."""
    max_tokens: int | None = None
    """An example of more of them is cut in training."""


@dataclass(frozen=True, kw_only=True)
class FileSpec(Spec):
    """What jobs on a large file have in common."""

    key: str = ""
    """Stands for the file and what is to become of it: the same key, the same result."""
    digest: str = ""
    """The file's sha256."""


@dataclass(frozen=True, kw_only=True)
class ConvertSpec(FileSpec):
    """Make a table of a large file."""

    kind: ClassVar[str] = "convert"
    source: Path
    name: str
    """What the user calls the file."""
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PrepareSpec(FileSpec):
    """Make examples of large tables."""

    kind: ClassVar[str] = "prepare"
    task: str
    mapping: dict[str, Any]
    seed: int
    table: TableRef
    test: TableRef | None = None
    """An exam file of its own."""
    earlier: tuple[Path, ...] = ()
    """Examples of versions that were split alike, whose questions keep their sides."""


@dataclass(frozen=True)
class ReplayOrder(Contract):
    """Earlier changes that are to be made again."""

    before: Path
    after: Path
    same_rows: bool
    """Whether row numbers mean the same rows as then."""
    table: TableRef
    roles: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class ChangeSpec(VersionSpec):
    """Make the next version of a large dataset: by a fix, by edits by hand, or by earlier changes."""

    kind: ClassVar[str] = "mend"
    mapping: dict[str, Any]
    seed: int
    report: dict[str, Any]
    change: dict[str, Any]
    """What the next version says of how it was made."""
    checkup: Path | None = None
    """Of a fix: the folder of the checkup that proposes it."""
    finding: str = ""
    fix: str = ""
    leave: tuple[int, ...] = ()
    """Row ids that stay as they are."""
    edit: dict[str, Any] | None = None
    """Edits by hand (`Edit.as_dict`)."""
    replay: ReplayOrder | None = field(default=None, metadata={"key": "again"})


@dataclass(frozen=True, kw_only=True)
class ExportSpec(VersionSpec):
    """Write a version's examples as a file for other programs."""

    kind: ClassVar[str] = "export"
    dataset_id: int = 0
    format: str
    system: str = ""
    rows: int


@dataclass(frozen=True, kw_only=True)
class PushSpec(VersionSpec):
    """Send a version's examples to the hub, as a data set there."""

    kind: ClassVar[str] = "push"
    dataset_id: int = 0
    hub_id: str
    is_public: bool = False
    licence: str = ""
    """As the hub names it; empty says nothing of it."""
    title: str
    """What the data set's card is headed."""
    system: str = ""
    rows: int


@dataclass(frozen=True, kw_only=True)
class CertifySpec(ModelSpec):
    """Ask a trained model in every way that there is, and compare the answers."""

    kind: ClassVar[str] = "certify"
    adapter: Path
    title: str = ""
    """What the model is called."""
    threshold: float | None = None
    """The limit of its sureness, where one is kept."""
    earlier: tuple[Path, ...] = ()
    """Folders of jobs that asked it before."""


@dataclass(frozen=True, kw_only=True)
class ExportModelSpec(CertifySpec):
    """Write a trained model in another program's form, and read it back with that program."""

    kind: ClassVar[str] = "export-model"
    format: str
    quantization: str = ""
    name: str
    """What its files are called."""
    card: str = ""
    """The model card (Markdown); empty where the model has taken no exam."""
    licence: str = ""
    """Of the base model."""
    source: str = ""
    """The base model as the hub names it; empty where it is not from there."""


@dataclass(frozen=True, kw_only=True)
class PushModelSpec(Spec):
    """Send an export to the hub, as a model there."""

    kind: ClassVar[str] = "push-model"
    run_id: int = 0
    export_job_id: int = 0
    archive: Path
    """The export, a zip file; what is in its only folder is sent."""
    hub_id: str
    is_public: bool = False
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class ServeSpec(Spec):
    """Serve models."""

    kind: ClassVar[str] = "serve"
    registry: Path
    """The list of the models, models.json."""
    port: int = 0
    """On 127.0.0.1; 0 takes a free one."""
    idle_timeout_s: float = 0.0
    """0 never ends by itself."""
    preload: str = ""
    """Id of the model to load at once."""
    key_file: Path | None = None
    """Holds what everybody must send who asks."""
    without_key: bool = False
    """Whether everybody may ask; a job that says neither was queued before there were keys."""
