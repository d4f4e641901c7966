"""What there is to know of a base model before choosing it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from storage import jobs
from storage.tables import BaseModel, Job
from workbench.core.words import short_count
from workbench.jobs.job import spec_of
from workbench.jobs.process.specs import BaseModelRef, ImportSpec
from workbench.models import bundled
from workbench.models.families import FAMILIES, family_named

READY, LOADING, FAILED = "ready", "loading", "failed"


@dataclass(frozen=True)
class ModelInfo:
    """A base model, with what there is to know before choosing it."""

    id: int
    name: str
    source: str
    """bundled, folder or hub."""
    location: str
    """The folder's path, or the hub id."""
    family: str
    """The name of its family."""
    path: Path | None
    """Where its files are (for a hub model: will be)."""
    revision: str
    parameters: int
    size_bytes: int
    licence: str
    purpose: str
    context_length: int | None
    """Longest text that it can read, in tokens."""
    languages: tuple[str, ...]
    hidden_size: int
    layers: int
    vocab_size: int
    state: str
    """ready, loading (its download waits or runs) or failed."""
    job_id: int | None
    """Its download."""

    @property
    def is_bundled(self) -> bool:
        """Whether it came with the install."""
        return self.source == "bundled"

    @property
    def reference(self) -> BaseModelRef:
        """What a job is told of it."""
        return BaseModelRef(self.name, self.path or Path(self.location), self.family, self.revision)


def can_learn(model: ModelInfo, task: str) -> bool:
    """Whether a model of this kind can be taught the task (see `Family.limits`)."""
    family = FAMILIES.get(model.family)
    return family is not None and family.can_learn(task)


def describe(session: Session, model: BaseModel) -> ModelInfo:
    """What there is to know of a model of the catalogue."""
    facts = _bundled_facts(model.name) if model.source == "bundled" else dict(model.facts or {})
    path = _path(model, facts)
    state, job_id = _state(session, model, path)
    return ModelInfo(
        id=model.id,
        name=model.name,
        source=model.source,
        location=model.location,
        family=model.kind,
        path=path,
        revision=model.revision,
        parameters=_whole(facts.get("parameters")),
        size_bytes=_whole(facts.get("size_bytes")),
        licence=str(facts.get("licence") or ""),
        purpose=str(facts.get("purpose") or _purpose(model.kind, _whole(facts.get("parameters")))),
        context_length=_whole(facts.get("context_length")) or None,
        languages=tuple(map(str, facts.get("languages") or ())),
        hidden_size=_whole(facts.get("hidden_size")),
        layers=_whole(facts.get("layers")),
        vocab_size=_whole(facts.get("vocab_size")),
        state=state,
        job_id=job_id,
    )


def _whole(value: Any) -> int:
    """The number, or 0 where an entry holds none: one odd model must not hide the others."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return value if is_whole and 0 <= value < 2**62 else 0


def _bundled_facts(name: str) -> dict[str, Any]:
    about = bundled.BUNDLED.get(name)
    if about is None:
        return {}
    per_weight = 2 if family_named(about.family).packs_weights else 4
    return {
        "parameters": about.parameters,
        "size_bytes": about.parameters * per_weight,
        "licence": about.licence,
        "purpose": about.purpose,
        "context_length": about.context_length,
        "languages": about.languages,
        "hidden_size": about.hidden_size,
        "layers": about.layers,
        "vocab_size": about.vocab_size,
    }


def _path(model: BaseModel, facts: dict[str, Any]) -> Path | None:
    if model.source == "bundled":
        return bundled.bundled_path(model.name) if model.name in bundled.BUNDLED else None
    return Path(facts["path"] if model.source == "hub" else model.location)


def _state(session: Session, model: BaseModel, path: Path | None) -> tuple[str, int | None]:
    if model.source == "bundled":
        return READY, None  # the trainer prepares it when it is not there yet
    if model.source == "folder":
        return (READY if path and (path / "config.json").is_file() else FAILED), None
    job = _newest_download(session, path)
    if job is None or job.status == "succeeded":
        return (READY if path and (path / "config.json").is_file() else FAILED), None
    return (FAILED if job.status in ("failed", "cancelled") else LOADING), job.id


def _newest_download(session: Session, path: Path | None) -> Job | None:
    """The last download into this folder."""
    for job in jobs.of_kind(session, ImportSpec.kind):
        spec = spec_of(job, ImportSpec)
        if spec is not None and spec.target == path:
            return job
    return None


def _purpose(kind: str, parameters: int) -> str:
    many = f" with {short_count(parameters)} parameters" if parameters else ""
    return family_named(kind).purpose.format(many=many)
