"""What every job is told, and how models and tables are named to it."""

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, ClassVar

from workbench.jobs.process.contract import Contract


@dataclass(frozen=True)
class Told(Contract):
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
class TableRef(Told):
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
class Spec(Told):
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
