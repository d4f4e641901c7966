"""What a checkup's job is told: the examples, the table that they came from, and the models."""

from pathlib import Path
from typing import Any

from storage import conversions as rows
from storage import files, projects
from storage.database import Store
from storage.tables import SUCCEEDED
from workbench.data.examples.prepare import Source
from workbench.data.files import large as conversions
from workbench.data.readers import ReadOptions, options_from, table_file
from workbench.data.versions import VersionInfo
from workbench.models import bundled, catalogue
from workbench.models.model_info import ModelInfo, can_learn
from workbench.training.presets import preset

ENCODER = "all-MiniLM-L6-v2"


def spec_of(store: Store, version: VersionInfo) -> dict[str, Any]:
    """What `trainer.checkup` wants to know of a version."""
    models = {model.name: model for model in catalogue.list_models(store)}
    encoder = models.get(ENCODER)
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
        "encoder": _base(encoder) if encoder and bundled.is_ready(ENCODER) else None,
        "tokenizer": _base(base) if base else None,
        "max_tokens": _max_tokens(base, version.task, version.rows),
    }


def table_of(store: Store, version: VersionInfo) -> dict[str, Any]:
    """Where a job finds the file that a version came from: `path`, `name` and reading `options`;
    of a large one (`is_large`) also the `folder` with the table that was made of it, or ""."""
    source = Source(version.source_hash, version.source_name)
    read = version.mapping.get("read") or {}
    about = {
        "path": str(files.object_path(source.digest)),
        "name": source.name,
        "options": read,
    }
    if not conversions.is_large(source):
        return about
    folder = _converted(store, version.project_id, source, options_from(read))
    return {**about, "is_large": True, "folder": str(folder or "")}


def _converted(store: Store, project_id: int, source: Source, options: ReadOptions) -> Path | None:
    """Where a job wrote the table of a file down, read in just this way; None if that is gone."""
    with store.read() as session:
        found = rows.of_project(session, project_id, (conversions.CONVERT,))
        done = [
            job.id
            for job in found
            if job.spec.get("digest") == source.digest and job.status == SUCCEEDED
        ]
    folders = (files.home() / "jobs" / str(job_id) for job_id in done)
    return next((folder for folder in folders if table_file.options_in(folder) == options), None)


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
    kind = taught.kind if taught else "encoder" if task == "classification" else "causal"
    wanted = preset("balanced", task=task, kind=kind, rows=rows_).max_length
    context = taught.context_length if taught else None
    return min(wanted, context) if context else wanted
