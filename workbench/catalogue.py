"""The catalogue of base models: the bundled ones, folders on disk, and models of the hub."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from storage import files
from storage import models as rows
from storage.database import Store
from storage.tables import BaseModel
from workbench import bundled, hub, jobs, model_folder
from workbench.errors import WorkbenchError
from workbench.words import short_count, size

READY, LOADING, FAILED = "ready", "loading", "failed"
_BYTES_PER_WEIGHT = 2


@dataclass(frozen=True)
class ModelInfo:
    """A base model, with what there is to know before choosing it."""

    id: int
    name: str
    source: str
    """bundled, folder or hub."""
    location: str
    """The folder's path, or the hub id."""
    kind: str
    """causal (writes text) or encoder (reads text)."""
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


@dataclass(frozen=True)
class Recommendation:
    """The model to begin with for a task, and why."""

    model: ModelInfo
    reason: str


def list_models(store: Store) -> list[ModelInfo]:
    """Every model of the catalogue, the bundled ones first."""
    with store.read() as session:
        missing = [name for name in bundled.BUNDLED if rows.named(session, name) is None]
    if missing:
        with store.write() as session:
            for name in missing:
                _add_bundled(session, name)
    with store.read() as session:
        return [_info(session, model) for model in rows.listed(session)]


def get_model(store: Store, model_id: int) -> ModelInfo:
    """The model of this id.

    Raises:
        WorkbenchError: there is none.
    """
    with store.read() as session:
        return _info(session, _existing(session, model_id))


def resolve_model(store: Store, text: str) -> ModelInfo:
    """The model that a name, a folder or a hub id means; added to the catalogue if it is new.

    Raises:
        WorkbenchError: nothing is meant by it, or it cannot be had.
    """
    known = list_models(store)
    for model in known:
        if text.lower() in (model.name.lower(), model.location.lower()):
            return model
    if Path(text).expanduser().is_dir():
        return get_model(store, add_folder(store, Path(text)))
    if text.count("/") == 1 and not text.startswith((".", "/", "~")):
        return get_model(store, add_hub(store, text)[0])
    names = ", ".join(model.name for model in known)
    raise WorkbenchError(
        f"There is no model '{text}': name one of the catalogue ({names}), a folder that holds a "
        "model, or a hub id such as HuggingFaceTB/SmolLM2-360M-Instruct."
    )


def add_folder(store: Store, path: Path) -> int:
    """Add the model in a folder; the folder is used where it is. The model's id.

    Raises:
        WorkbenchError: the folder holds no model that can be trained here.
    """
    path = path.expanduser().absolute()
    facts = model_folder.inspect_folder(path)
    with store.write() as session:
        if known := rows.located(session, "folder", str(path)):
            known.kind, known.facts = facts.kind, facts.as_dict()
            return known.id
        name = _free_name(session, path.name)
        return rows.add(
            session,
            name=name,
            source="folder",
            location=str(path),
            kind=facts.kind,
            facts=facts.as_dict(),
        ).id


def add_hub(store: Store, hub_id: str) -> tuple[int, int | None]:
    """Add a model of the hub and start its download; the model's id and the download's job id.

    The job id is None when the model is here already.

    Raises:
        hub.GatedModel: its owner asks for a token.
        WorkbenchError: there is no network, no such model, or too little disk space.
    """
    hub_id = hub.clean_id(hub_id)
    with store.read() as session:
        known = rows.located(session, "hub", hub_id)
        found = _info(session, known) if known else None
    if found and found.state != FAILED:
        return found.id, found.job_id if found.state == LOADING else None
    about = hub.look_up(hub_id)
    _check_disk(hub_id, about.download_bytes)
    return _add_download(store, about)


def _add_download(store: Store, about: hub.HubModel) -> tuple[int, int]:
    target = files.home() / "models" / about.hub_id.replace("/", "--")
    spec = {
        "kind": "import",
        "hub_id": about.hub_id,
        "revision": about.revision,
        "target": str(target),
    }
    with store.write() as session:
        model = rows.located(session, "hub", about.hub_id) or rows.add(
            session,
            name=_free_name(session, about.hub_id.split("/")[1]),
            source="hub",
            location=about.hub_id,
            kind=about.facts.kind,
            facts={**about.facts.as_dict(), "path": str(target)},
        )
        model.revision = about.revision
        job_id = jobs.enqueue(session, "import", f"Download of {about.hub_id}", spec)
        return model.id, job_id


def remove_model(store: Store, model_id: int) -> None:
    """Take an added model out of the catalogue; a downloaded one leaves the disk, too.

    Raises:
        WorkbenchError: it is bundled, still loading, or runs were trained from it.
    """
    with store.write() as session:
        model = _existing(session, model_id)
        info = _info(session, model)
        _check_removable(session, info)
        rows.delete(session, model)
    if info.source == "hub" and info.path:
        shutil.rmtree(info.path, ignore_errors=True)


def _check_removable(session: Session, model: ModelInfo) -> None:
    if model.is_bundled:
        raise WorkbenchError(f"{model.name} came with the workbench and stays.")
    if model.state == LOADING:
        raise WorkbenchError(f"{model.name} is still being downloaded: cancel the download first.")
    if count := rows.run_count(session, model.id):
        trained = "a trained model is" if count == 1 else f"{count} trained models are"
        raise WorkbenchError(
            f"{model.name} cannot be removed because {trained} built on it: delete those runs first."
        )


def recommend(store: Store, task: str, examples: int, *, has_gpu: bool = False) -> Recommendation:
    """The bundled model to begin with for a task on this machine, and the reason."""
    models = {model.name: model for model in list_models(store)}
    if task == "classification":
        device = "even without a GPU" if not has_gpu else "on your GPU in no time"
        few = (
            " Fewer than 200 examples are enough to try, but more would help."
            if 0 < examples < 200
            else ""
        )
        return Recommendation(
            models["all-MiniLM-L6-v2"],
            "To sort a text, a model only has to read it. This one reads the whole text at once "
            f"instead of writing word by word, so it learns in minutes {device}, and is usually "
            f"more accurate than a small model that writes.{few}",
        )
    return Recommendation(
        models["SmolLM2-135M-Instruct"],
        "Your task needs a model that writes text. This one already follows instructions and is "
        "small enough to learn from your examples on this machine.",
    )


def can_learn(model: ModelInfo, task: str) -> bool:
    """Whether a model of this kind can be taught the task: an encoder only sorts."""
    return model.kind != "encoder" or task == "classification"


def _add_bundled(session: Session, name: str) -> None:
    about = bundled.BUNDLED[name]
    if rows.named(session, name) is not None:
        return
    rows.add(
        session,
        name=name,
        source="bundled",
        location=about.source,
        kind=about.kind,
        facts={},  # they are in the code, so that they are always those of this version
    )


def _info(session: Session, model: BaseModel) -> ModelInfo:
    facts = _bundled_facts(model.name) if model.source == "bundled" else dict(model.facts or {})
    path = _path(model, facts)
    state, job_id = _state(session, model, path)
    return ModelInfo(
        id=model.id,
        name=model.name,
        source=model.source,
        location=model.location,
        kind=model.kind,
        path=path,
        revision=model.revision,
        parameters=int(facts.get("parameters") or 0),
        size_bytes=int(facts.get("size_bytes") or 0),
        licence=str(facts.get("licence") or ""),
        purpose=str(
            facts.get("purpose") or _purpose(model.kind, int(facts.get("parameters") or 0))
        ),
        context_length=facts.get("context_length"),
        languages=tuple(facts.get("languages") or ()),
        hidden_size=int(facts.get("hidden_size") or 0),
        layers=int(facts.get("layers") or 0),
        vocab_size=int(facts.get("vocab_size") or 0),
        state=state,
        job_id=job_id,
    )


def _bundled_facts(name: str) -> dict[str, Any]:
    about = bundled.BUNDLED.get(name)
    if about is None:
        return {}
    per_weight = 4 if about.kind == "encoder" else _BYTES_PER_WEIGHT
    return {
        "parameters": about.parameters,
        "size_bytes": about.parameters * per_weight,
        "licence": about.licence,
        "purpose": about.purpose,
        "context_length": about.context_length,
        "languages": about.languages,
        "hidden_size": about.hidden_size,
        "layers": about.layers,
        "vocab_size": 49_152 if about.kind == "causal" else 30_522,
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
    job = rows.newest_import(session, str(path))
    if job is None or job.status == "succeeded":
        return (READY if path and (path / "config.json").is_file() else FAILED), None
    return (FAILED if job.status in ("failed", "cancelled") else LOADING), job.id


def _purpose(kind: str, parameters: int) -> str:
    many = f" with {short_count(parameters)} parameters" if parameters else ""
    if kind == "encoder":
        return f"Reads texts and sorts them into categories; an encoder{many}."
    return f"Writes texts: replies, answers, fields; a language model{many}."


def _existing(session: Session, model_id: int) -> BaseModel:
    model = rows.get(session, model_id)
    if model is None:
        raise WorkbenchError(
            "This base model is no longer in the catalogue: choose another on the Model page."
        )
    return model


def _free_name(session: Session, name: str) -> str:
    candidate, number = name, 2
    while rows.named(session, candidate):
        candidate, number = f"{name} ({number})", number + 1
    return candidate


def _check_disk(hub_id: str, download_bytes: int) -> None:
    free = shutil.disk_usage(files.home()).free
    if download_bytes * 1.1 > free:
        raise WorkbenchError(
            f"'{hub_id}' needs {size(download_bytes)} but only {size(free)} are free on the disk: "
            "make room, or choose a smaller model."
        )
