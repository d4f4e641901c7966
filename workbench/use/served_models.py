"""Writes models.json, the list of what the model server may offer.

The server reads it again whenever it changes. It is a picture of the database: trained runs
with their weights, newest first, then the base models that can be asked untrained.
"""

import json
import threading
from pathlib import Path
from typing import Any

from storage import files, trained
from storage.database import Store
from storage.trained import Trained
from workbench.core.errors import WorkbenchError
from workbench.jobs.process.job_dir import read_json, write_json
from workbench.models import catalogue
from workbench.models.model_info import READY, ModelInfo

BASE = "base:"
RUN = "run-"
UNTRAINED = ":base"
"""`run-3:base` is the base model of run 3, asked just as the run is."""

_writing = threading.Lock()
"""Pages of one web process come here at the same time."""


def registry_path() -> Path:
    """Where models.json lies."""
    return files.folder("serve") / "models.json"


def refresh(store: Store) -> list[dict[str, Any]]:
    """Bring models.json up to date (left alone if nothing changed); its entries."""
    with store.read() as session:
        runs = [entry for row in trained.listing(session) if (entry := _of_run(row))]
    bases = [_of_base(model) for model in catalogue.list_models(store) if _can_chat(model)]
    entries = [*runs, *bases]
    with _writing:
        if read_json(registry_path()) != json.loads(json.dumps(entries)):
            write_json(registry_path(), entries)
    return entries


def entry_of(store: Store, model_id: str) -> dict[str, Any]:
    """The model's entry on the server.

    Raises:
        WorkbenchError: there is none of this id.
    """
    entries = {entry["id"]: entry for entry in refresh(store)}
    found = entries.get(model_id.removesuffix(UNTRAINED))
    if found is None:
        raise WorkbenchError(
            f"There is no model '{model_id}' that could answer: choose one of "
            f"{', '.join(entries) or 'none yet, train one first'}."
        )
    return found


def run_id_of(model_id: str) -> int | None:
    """The run behind a model id such as `run-3` or `run-3:base`; None for a base model."""
    number = model_id.removeprefix(RUN).partition(":")[0]
    return int(number) if model_id.startswith(RUN) and number.isdigit() else None


def _of_run(row: Trained) -> dict[str, Any] | None:
    """The entry of a run, from what was stored with its adapter; None if the folder is gone."""
    folder = Path((row.run.result or {})["adapter"])
    about = read_json(folder / "workbench.json")
    if not isinstance(about, dict):
        return None
    return {
        "id": f"{RUN}{row.run.id}",
        "title": f"{row.run.name} · {row.project.name}",
        "kind": about["kind"],
        "task": about["task"],
        "base": about["base"],
        "adapter": str(folder),
        "labels": about.get("labels") or [],
        "system": about.get("system") or "",
        "quantization": about.get("quantization") or "none",
        "created": int(row.run.created_at.timestamp()),
    }


def _of_base(model: ModelInfo) -> dict[str, Any]:
    return {
        "id": f"{BASE}{model.name}",
        "title": f"{model.name}, untrained",
        "kind": model.kind,
        "task": None,
        "base": {"name": model.name, "path": str(model.path), "revision": model.revision},
        "adapter": None,
        "labels": [],
        "system": "",
        "quantization": "none",
        "created": 0,
    }


def _can_chat(model: ModelInfo) -> bool:
    return model.kind == "causal" and model.state == READY and model.path is not None
