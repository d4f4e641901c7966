"""What a checkup's job is told: the examples, the table that they came from, and the models."""

from typing import Any

from storage import projects
from storage.database import Store
from workbench.data.files.large import table_of
from workbench.data.versions import VersionInfo
from workbench.models import bundled, catalogue
from workbench.models.families import CAUSAL, ENCODER
from workbench.models.model_info import ModelInfo, can_learn
from workbench.training.presets import preset

READER = "all-MiniLM-L6-v2"


def spec_of(store: Store, version: VersionInfo) -> dict[str, Any]:
    """What `trainer.checkup` wants to know of a version."""
    models = {model.name: model for model in catalogue.list_models(store)}
    encoder = models.get(READER)
    with store.read() as session:
        project = projects.get(session, version.project_id)
        base_id = project.base_model_id if project else None
    base = next((model for model in models.values() if model.id == base_id), encoder)
    return {
        "version_id": version.id,
        "data": str(version.path),
        "task": version.task,
        "mapping": version.mapping,
        "seed": version.split_seed,
        "table": table_of(store, version),
        "encoder": _base(encoder) if encoder and bundled.is_ready(READER) else None,
        "tokenizer": _base(base) if base else None,
        "max_tokens": _max_tokens(base, version.task, version.rows),
    }


def _base(model: ModelInfo) -> dict[str, Any]:
    """What the trainer needs to find a model."""
    return {
        "name": model.name,
        "path": str(model.path),
        "kind": model.kind,
        "revision": model.revision,
    }


def _max_tokens(model: ModelInfo | None, task: str, rows_: int) -> int:
    """So many tokens an example may have in a balanced training with this model, or with one that
    can be taught the task where this one cannot."""
    taught = model if model and can_learn(model, task) else None
    able = ENCODER if ENCODER.can_learn(task) else CAUSAL
    kind = taught.kind if taught else able.name
    wanted = preset("balanced", task=task, kind=kind, rows=rows_).max_length
    context = taught.context_length if taught else None
    return min(wanted, context) if context else wanted
