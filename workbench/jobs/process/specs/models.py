"""What jobs on models are told: to bring, try, export and serve them."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from workbench.jobs.process.specs.runs import ModelSpec
from workbench.jobs.process.specs.spec import Spec


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
