"""What jobs on data are told: to fetch, read, check, change and hand them on."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from workbench.jobs.process.contract import Contract
from workbench.jobs.process.specs.spec import BaseModelRef, Spec, TableRef


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
