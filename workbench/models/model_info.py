"""What there is to know of a base model before choosing it."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from storage import jobs
from storage.tables import BaseModel, Job
from workbench.core.words import short_count
from workbench.jobs.job import spec_of
from workbench.jobs.process.specs import AddSpec, BaseModelRef, ImportSpec
from workbench.models import bundled
from workbench.models.bundled_layers import LAYER_FACTS
from workbench.models.families import FAMILIES, family_named
from workbench.models.layer_facts import LayerFacts, guessed, read_facts
from workbench.models.suggested import Suggestion, suggestion_of

READY, LOADING, FAILED = "ready", "loading", "failed"
ACCEPTED = "accepted"
"""Of a model's facts: which licence the user has accepted, and when."""
SUGGESTED = "suggested"
"""The state of a model that is not in the catalogue and could be downloaded."""


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
    """ready, loading (its download or its trying waits or runs), failed or suggested."""
    job_id: int | None
    """The job that downloads or tries it."""
    conversions: tuple[str, ...] = ()
    """What was written anew so that it can be used, and why; a sentence each."""
    checks: dict[str, str] = field(default_factory=dict)
    """What was found when it was tried: name of each check → a sentence; empty before that."""
    packed_layers: int | None = None
    """How many of its layers are in 4 bits; None where that is not known, or nothing is packed."""
    traced: LayerFacts | None = None
    """What its layers say of memory and work; None where it was not traced."""

    licence_accepted_at: str = ""
    """The day (UTC) on which the user accepted its licence; empty where none was asked for."""

    @property
    def layer_facts(self) -> LayerFacts:
        """What its layers say of memory and work, guessed from its size where they were not asked."""
        if self.traced is not None:
            return self.traced
        apart = self.family in FAMILIES and family_named(self.family).reads_apart
        return guessed(self.parameters, self.hidden_size, self.layers, self.vocab_size, pairs=apart)

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


def suggested_model(suggestion: Suggestion) -> ModelInfo:
    """What there is to know of a model that is suggested and not here."""
    facts = suggestion.facts
    return ModelInfo(
        id=0,
        name=suggestion.name,
        source="hub",
        location=suggestion.hub_id,
        family=facts.family,
        path=None,
        revision="",
        parameters=facts.parameters,
        size_bytes=facts.size_bytes,
        licence=suggestion.licence,
        purpose=suggestion.purpose,
        context_length=suggestion.context,
        languages=suggestion.languages,
        hidden_size=facts.hidden_size,
        layers=facts.layers,
        vocab_size=facts.vocab_size,
        state=SUGGESTED,
        job_id=None,
    )


def suggestion_for(model: ModelInfo) -> Suggestion | None:
    """What the suggestions say of a model, be it downloaded, bundled or not here; None for others."""
    return None if model.source == "folder" else suggestion_of(model.location)


def describe(session: Session, model: BaseModel) -> ModelInfo:
    """What there is to know of a model of the catalogue."""
    facts = _bundled_facts(model.name) if model.source == "bundled" else dict(model.facts or {})
    path = _path(model, facts)
    state, job_id, tried = _state(session, model, path)
    if tried.get("parameters") and model.source != "bundled":
        facts["parameters"] = tried["parameters"]  # counted, where it was told from files before
    checks, packed = tried.get("checks"), tried.get("packed_layers")
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
        purpose=str(facts.get("purpose") or _purpose(model, _whole(facts.get("parameters")))),
        context_length=_whole(facts.get("context_length")) or None,
        languages=tuple(map(str, facts.get("languages") or ())),
        hidden_size=_whole(facts.get("hidden_size")),
        layers=_whole(facts.get("layers")),
        vocab_size=_whole(facts.get("vocab_size")),
        state=state,
        job_id=job_id,
        conversions=tuple(map(str, facts.get("conversions") or ())),
        checks={str(k): str(v) for k, v in checks.items()} if isinstance(checks, dict) else {},
        packed_layers=packed if isinstance(packed, int) else None,
        licence_accepted_at=_day(facts.get(ACCEPTED)),
        traced=_traced(model, tried),
    )


def _day(accepted: Any) -> str:
    return str(accepted.get("at") or "") if isinstance(accepted, dict) else ""


def _traced(model: BaseModel, tried: dict[str, Any]) -> LayerFacts | None:
    if model.source == "bundled" and model.name in LAYER_FACTS:
        return LAYER_FACTS[model.name]
    facts = read_facts(tried.get("layer_facts"))
    if facts is not None and tried.get("whole_logits"):
        return replace(facts, whole_logits=True)
    return facts


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
    return Path(facts.get("path") or model.location)


def _state(
    session: Session, model: BaseModel, path: Path | None
) -> tuple[str, int | None, dict[str, Any]]:
    """Whether it can be used, the job that is to be told of, and what was found by trying it."""
    if model.source == "bundled":
        return READY, None, bundled.tried(model.name)  # made ready by the trainer where it is not
    job = _newest_job(session, model, path)
    left_untried = job and job.status == "cancelled" and path == Path(model.location)
    if job is None or job.status == "succeeded" or left_untried:
        is_there = path is not None and (path / "config.json").is_file()
        return (READY if is_there else FAILED), None, dict((job.result if job else None) or {})
    return (FAILED if job.status in ("failed", "cancelled") else LOADING), job.id, {}


def _newest_job(session: Session, model: BaseModel, path: Path | None) -> Job | None:
    """The last download into the model's folder, or its last trying."""
    if model.source == "folder":
        found = (
            job
            for job in jobs.of_kind(session, AddSpec.kind)
            if (added := spec_of(job, AddSpec)) is not None and str(added.source) == model.location
        )
    else:
        found = (
            job
            for job in jobs.of_kind(session, ImportSpec.kind)
            if (got := spec_of(job, ImportSpec)) is not None and got.target == path
        )
    return next(found, None)


def _purpose(model: BaseModel, parameters: int) -> str:
    """What the suggestions say of a model of the hub, else what holds for its family."""
    if model.source == "hub" and (known := suggestion_of(model.location)):
        return known.purpose
    many = f" with {short_count(parameters)} parameters" if parameters else ""
    return family_named(model.kind).purpose.format(many=many)
