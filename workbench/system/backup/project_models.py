"""The base models of a project that is brought here, in the catalogue that is here."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from storage import models
from storage.rows import Row
from storage.tables import BaseModel
from workbench.core import names
from workbench.models.downloads import free_name
from workbench.models.model_info import READY, describe
from workbench.system.backup.renumbering import Renumbering


def find_models(session: Session, rows: Sequence[Row], given: Renumbering) -> list[str]:
    """The project's base models in the catalogue, where an entry is made for each that it lacks."""
    notes: list[str] = []
    for row in rows:
        model = models.located(session, row["source"], row["location"])
        if model is None and row["source"] == "bundled":
            model = models.named(session, row["name"])
        if model is None:
            model = models.add(
                session,
                name=free_name(session, names.shown(row["name"])),
                source=row["source"],
                location=row["location"],
                kind=row["kind"],
                facts=given.value(row.get("facts") or {}),
                revision=row.get("revision", ""),
            )
        given.numbers["base_models"][row["id"]] = model.id
        notes += _about(session, model, row)
    return notes


def _about(session: Session, model: BaseModel, row: Mapping[str, Any]) -> Iterator[str]:
    name, place = model.name, model.location
    if describe(session, model).state != READY:
        how = (
            f"download {place} on the Model page"
            if model.source == "hub"
            else f"bring it to {place}, or add it on the Model page from where it is"
        )
        yield f"The base model '{name}' is not here: {how} before the project's models are used."
    elif model.revision != row.get("revision", ""):
        yield (
            f"The base model '{name}' is here in another revision than the project's models were "
            "trained on: score them again before you rely on them."
        )
