"""Models of the hub: looked up, offered, and downloaded by a job into the catalogue."""

import shutil
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from storage import files, models
from storage.database import Store
from storage.tables import now
from workbench.core.errors import WorkbenchError
from workbench.core.words import size
from workbench.jobs import queue
from workbench.jobs.process.specs import ImportSpec
from workbench.models import hub
from workbench.models.formats import part_of
from workbench.models.model_info import ACCEPTED, FAILED, LOADING, ModelInfo, describe


def add_hub(store: Store, hub_id: str, *, accepted: bool = False) -> tuple[int, int | None]:
    """Add a model of the hub and start its download; the model's id and the download's job id.

    The job id is None when the model is here already. A download that failed or was cancelled goes on
    where it was.

    Args:
        accepted: the user has seen its licence and accepts it; that is kept with the model.

    Raises:
        hub.GatedModel: its owner asks for a token.
        WorkbenchError: there is no network, no such model, or too little disk space.
    """
    hub_id = hub.clean_id(hub_id)
    found = _known_hub(store, hub_id)
    if found and found.state != FAILED:
        return found.id, found.job_id if found.state == LOADING else None
    return add_found(store, look_up(hub_id), accepted=accepted)


def is_known(store: Store, hub_id: str) -> bool:
    """Whether a model of the hub is in the catalogue, be it here, on its way or failed."""
    return _known_hub(store, hub.clean_id(hub_id)) is not None


def _known_hub(store: Store, hub_id: str) -> ModelInfo | None:
    with store.read() as session:
        known = models.located(session, "hub", hub_id)
        return describe(session, known) if known else None


def look_up(hub_id: str) -> hub.HubModel:
    """What the hub knows about a model, before it is downloaded.

    Raises:
        hub.GatedModel: its owner asks for a token.
        WorkbenchError: there is no network, no such model, or too little disk space.
    """
    about = hub.look_up(hub_id)
    _check_disk(about)
    return about


def free_bytes() -> int:
    """What is free on the disk of the home."""
    return shutil.disk_usage(files.home()).free


def add_found(store: Store, about: hub.HubModel, *, accepted: bool = False) -> tuple[int, int]:
    """Add a model that was looked up, and start its download; the ids of model and job.

    Raises:
        WorkbenchError: there is too little disk space by now.
    """
    _check_disk(about)
    target = target_of(about.hub_id)
    spec = ImportSpec(
        hub_id=about.hub_id,
        revision=about.revision,
        target=target,
        family=about.facts.family,
        model_type=about.facts.model_type,
    )
    with store.write() as session:
        model = models.located(session, "hub", about.hub_id) or models.add(
            session,
            name=free_name(session, about.hub_id.split("/")[1]),
            source="hub",
            location=about.hub_id,
            kind=about.facts.family,
            facts={},
        )
        before = model.facts or {}
        model.facts = {**about.facts.as_dict(), "path": str(target), **_accepted(about, before)}
        if accepted:
            agreed = {"licence": about.facts.licence, "at": f"{now():%Y-%m-%d}"}
            model.facts = {**model.facts, ACCEPTED: agreed}
        model.revision = about.revision
        job_id = queue.enqueue(session, f"Download of {about.hub_id}", spec)
        return model.id, job_id


def _accepted(about: hub.HubModel, before: dict[str, Any]) -> dict[str, Any]:
    """What was accepted earlier, as long as it is the same licence."""
    agreed = before.get(ACCEPTED)
    same = isinstance(agreed, dict) and agreed.get("licence") == about.facts.licence
    return {ACCEPTED: agreed} if same else {}


def target_of(hub_id: str) -> Path:
    """Where a model of the hub lies."""
    return files.home() / "models" / hub_id.replace("/", "--")


def free_name(session: Session, name: str) -> str:
    """The name, or with a number behind it if there is a model of this name."""
    candidate, number = name, 2
    while models.named(session, candidate):
        candidate, number = f"{name} ({number})", number + 1
    return candidate


def _check_disk(about: hub.HubModel) -> None:
    """What is on its way already needs no more room; what is converted is there twice for a while."""
    here = files.size_of(part_of(target_of(about.hub_id)))
    needed = about.download_bytes * (2 if about.facts.conversions else 1)
    free = free_bytes()
    if needed * 1.1 - here > free:
        raise WorkbenchError(
            f"'{about.hub_id}' needs {size(needed)} but only {size(free)} are free on the disk: "
            "make room, or choose a smaller model."
        )
